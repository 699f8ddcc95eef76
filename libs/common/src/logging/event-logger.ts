import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import type { LogEventName, LogEvents } from './log-events';

/** Injection token of the application's root pino logger. */
export const ROOT_LOGGER = Symbol('ROOT_LOGGER');

export type LogEventLevel = 'debug' | 'info' | 'warn' | 'error';

/** How often an event was told of, since the start. */
export interface LogEventCount {
  readonly event: LogEventName;
  readonly level: LogEventLevel;
  readonly count: number;
}

type Listener<E extends LogEventName> = (fields: LogEvents[E]) => void;

/** What is known of one event. */
interface Told {
  readonly counts: Record<LogEventLevel, number>;
  readonly listeners: Array<(fields: never) => void>;
}

/**
 * Logs typed events: each has a name and the fields that `LogEvents` declares for it. All are counted, and told to
 * those who listen, whether or not their level is written.
 */
@Injectable()
export class EventLogger {
  private readonly told = new Map<LogEventName, Told>();

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

  /** Calls `listener` with the fields of each `event` from now on. One that throws changes nothing: that is logged. */
  on<E extends LogEventName>(event: E, listener: Listener<E>): void {
    this.known(event).listeners.push(listener);
  }

  /** Every event that was told of, by its level. */
  get counts(): LogEventCount[] {
    return [...this.told].flatMap(([event, { counts }]) =>
      (Object.keys(counts) as LogEventLevel[])
        .filter((level) => counts[level] > 0)
        .map((level) => ({ event, level, count: counts[level] })),
    );
  }

  // The root logger's message key is `event`: the name is the message.
  private write(level: LogEventLevel, event: LogEventName, fields: object): void {
    this.logger[level](fields, event);
    const { counts, listeners } = this.known(event);
    counts[level] += 1;
    for (const listener of listeners) this.tell(listener, event, fields);
  }

  private tell(listener: (fields: never) => void, event: LogEventName, fields: object): void {
    try {
      listener(fields as never);
    } catch (err) {
      // What is said of a listener must not come to a listener.
      this.logger.error({ err, of: event }, 'event_listener_failed' satisfies LogEventName);
    }
  }

  private known(event: LogEventName): Told {
    let told = this.told.get(event);
    if (told === undefined) {
      told = { counts: { debug: 0, info: 0, warn: 0, error: 0 }, listeners: [] };
      this.told.set(event, told);
    }
    return told;
  }
}
