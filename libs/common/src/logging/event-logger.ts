import { Inject, Injectable, type OnApplicationShutdown, Optional } from '@nestjs/common';
import type { Logger } from 'pino';
import { currentContext } from '../context/request-context';
import { ALL_WRITTEN, ErrorRepeats, type RepeatSettings } from './error-repeats';
import type { LogEventName, LogEvents } from './log-events';

/** Injection token of the application's root pino logger. */
export const ROOT_LOGGER = Symbol('ROOT_LOGGER');
/** Injection token of how repeated errors are left out. */
export const REPEAT_SETTINGS = Symbol('REPEAT_SETTINGS');

export type LogEventLevel = 'debug' | 'info' | 'warn' | 'error';

/** How often an event was told of, since the start. */
export interface LogEventCount {
  readonly event: LogEventName;
  readonly level: LogEventLevel;
  readonly count: number;
}

type Listener<E extends LogEventName> = (fields: LogEvents[E]) => void;
/** A warning or an error. */
export interface Trouble {
  readonly level: 'warn' | 'error';
  readonly event: LogEventName;
  readonly fields: object;
}

/** Told of an event that no request is left to be recorded with. */
export type TroubleListener = (trouble: Trouble) => void;

/** What is known of one event. */
interface Told {
  readonly counts: Record<LogEventLevel, number>;
  readonly listeners: Array<(fields: never) => void>;
}

/**
 * Logs typed events: each has a name and the fields that `LogEvents` declares for it. All are counted, recorded with
 * the request they belong to and told to those who listen, whether or not they are written: their level may be off,
 * or they are one of many errors of a kind.
 */
@Injectable()
export class EventLogger implements OnApplicationShutdown {
  private readonly told = new Map<LogEventName, Told>();
  private readonly troubleListeners: TroubleListener[] = [];
  private readonly repeats: ErrorRepeats;

  constructor(
    @Inject(ROOT_LOGGER) private readonly logger: Logger,
    @Optional() @Inject(REPEAT_SETTINGS) repeats: RepeatSettings = ALL_WRITTEN,
  ) {
    this.repeats = new ErrorRepeats(repeats, (level, summary) => this.logger[level](summary, 'errors_repeated'));
  }

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

  /** Calls `listener` with every warning and error that belongs to no request which is still being answered. */
  onTrouble(listener: TroubleListener): void {
    this.troubleListeners.push(listener);
  }

  /** Every event that was told of, by its level. */
  get counts(): LogEventCount[] {
    return [...this.told].flatMap(([event, { counts }]) =>
      (Object.keys(counts) as LogEventLevel[])
        .filter((level) => counts[level] > 0)
        .map((level) => ({ event, level, count: counts[level] })),
    );
  }

  /** Sums up the repeated errors that were left out so far. */
  flush(): void {
    this.repeats.flush();
  }

  /** From here on every error is written. */
  onApplicationShutdown(): void {
    this.repeats.stop();
  }

  // The root logger's message key is `event`: the name is the message.
  private write(level: LogEventLevel, event: LogEventName, fields: object): void {
    if (level === 'warn' || level === 'error') this.writeTrouble(level, event, fields);
    else this.logger[level](fields, event);
    this.record(level, event, fields);
    const { counts, listeners } = this.known(event);
    counts[level] += 1;
    for (const listener of listeners) this.tell(listener, event, fields);
  }

  private writeTrouble(level: 'warn' | 'error', event: LogEventName, fields: object): void {
    // What is not written at all is not left out either.
    const isRepeatable = 'err' in fields && fields.err !== undefined && this.logger.isLevelEnabled(level);
    const line = isRepeatable ? this.repeats.admit(level, event, fields) : fields;
    if (line !== undefined) this.logger[level](line, event);
  }

  private record(level: LogEventLevel, event: LogEventName, fields: object): void {
    const record = currentContext()?.record;
    if (record !== undefined && !record.isClosed) record.noteEvent(level, event, fields);
    else if (level === 'warn' || level === 'error') {
      const told = { level, event, fields };
      for (const listener of this.troubleListeners) this.tell(listener, event, told);
    }
  }

  private tell(listener: (told: never) => void, event: LogEventName, told: object): void {
    try {
      listener(told as never);
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
