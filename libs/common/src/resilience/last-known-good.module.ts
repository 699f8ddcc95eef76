import { type DynamicModule, Global, Module } from '@nestjs/common';
import { EventLogger } from '../logging/event-logger';
import { LastKnownGood, type LastKnownGoodSettings } from './last-known-good';

/** `LastKnownGood` for the whole application. Needs `LoggingModule`. */
@Global()
@Module({})
export class LastKnownGoodModule {
  static forRoot(settings: LastKnownGoodSettings): DynamicModule {
    const useFactory = (events: EventLogger): LastKnownGood => new LastKnownGood(settings, events);
    return {
      module: LastKnownGoodModule,
      providers: [{ provide: LastKnownGood, inject: [EventLogger], useFactory }],
      exports: [LastKnownGood],
    };
  }
}
