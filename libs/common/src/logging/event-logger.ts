import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import type { LogEventName, LogEvents } from './log-events';

/** Injection token of the application's root pino logger. */
export const ROOT_LOGGER = Symbol('ROOT_LOGGER');

type Level = 'debug' | 'info' | 'warn' | 'error';

/** Logs typed events: each has a name and the fields that `LogEvents` declares for it. */
@Injectable()
export class EventLogger {
  constructor(@Inject(ROOT_LOGGER) private readonly logger: Logger) {}

  debug<E extends LogEventName>(event: E, fields: LogEvents[E]): void {
    this.write('debug', event, fields);
  }

  info<E extends LogEventName>(event: E, fields: LogEvents[E]): void {
    this.write('info', event, fields);
  }

  warn<E extends LogEventName>(event: E, fields: LogEvents[E]): void {
    this.write('warn', event, fields);
  }

  error<E extends LogEventName>(event: E, fields: LogEvents[E]): void {
    this.write('error', event, fields);
  }

  // The root logger's message key is `event`: the name is the message.
  private write(level: Level, event: string, fields: object): void {
    this.logger[level](fields, event);
  }
}
