import { type DynamicModule, Global, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { ALL_WRITTEN } from './error-repeats';
import { EventLogger, REPEAT_SETTINGS, ROOT_LOGGER } from './event-logger';
import { LogLevels } from './log-levels';
import { ProcessFaults } from './process-faults';
import { createRootLogger, type LoggingSettings } from './root-logger';

/**
 * `EventLogger`, `LogLevels`, `ROOT_LOGGER` and `ProcessFaults` for everybody, and nestjs-pino's `Logger` for what the framework
 * itself has to say.
 */
@Global()
@Module({})
export class LoggingModule {
  static forRoot(settings: LoggingSettings): DynamicModule {
    const logger = createRootLogger(settings);
    return {
      module: LoggingModule,
      // No routes for its middleware: the one line per request is written when the response has been sent.
      // Nor any serializers of its own: those of the root logger leave out what errors carry.
      imports: [
        LoggerModule.forRoot({ pinoHttp: { logger, autoLogging: false, wrapSerializers: false }, forRoutes: [] }),
      ],
      providers: [
        { provide: ROOT_LOGGER, useValue: logger },
        { provide: REPEAT_SETTINGS, useValue: settings.repeats ?? ALL_WRITTEN },
        EventLogger,
        LogLevels,
        ProcessFaults,
      ],
      exports: [ROOT_LOGGER, EventLogger, LogLevels, ProcessFaults, LoggerModule],
    };
  }
}
