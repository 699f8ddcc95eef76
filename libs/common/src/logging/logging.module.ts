import { type DynamicModule, Global, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { EventLogger, ROOT_LOGGER } from './event-logger';
import { ProcessFaults } from './process-faults';
import { createRootLogger, type LoggingSettings } from './root-logger';

/**
 * `EventLogger`, `ROOT_LOGGER` and `ProcessFaults` for everybody, and nestjs-pino's `Logger` for what the framework
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
      imports: [LoggerModule.forRoot({ pinoHttp: { logger, autoLogging: false }, forRoutes: [] })],
      providers: [{ provide: ROOT_LOGGER, useValue: logger }, EventLogger, ProcessFaults],
      exports: [ROOT_LOGGER, EventLogger, ProcessFaults, LoggerModule],
    };
  }
}
