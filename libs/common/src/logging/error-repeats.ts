import { currentCorrelationId, runOutsideContext } from '../context/request-context';
import { identityOf } from './error-identity';
import type { LogEventName, LogEvents } from './log-events';

export interface RepeatSettings {
  /** Of so many identical errors one is written, after the first; 1 writes all. */
  readonly every: number;
  /** How long they are taken together. */
  readonly windowMs: number;
  /** How many different errors are told apart at a time. */
  readonly maxKinds: number;
}

type TroubleLevel = 'warn' | 'error';
export type RepeatSummary = LogEvents['errors_repeated'];
/** Writes a summary to the log, at the level of what it sums up. */
export type WriteSummary = (level: TroubleLevel, summary: RepeatSummary) => void;

/** Identical errors since the first of them. */
interface Window {
  readonly level: TroubleLevel;
  readonly event: LogEventName;
  readonly named: Pick<RepeatSummary, 'error_code' | 'route' | 'operation'>;
  readonly sampleCorrelationId: string | undefined;
  readonly firstAt: number;
  lastAt: number;
  count: number;
  written: number;
}

export const ALL_WRITTEN: RepeatSettings = { every: 1, windowMs: 60_000, maxKinds: 1 };

/**
 * Keeps an outage from flooding the log: of errors that are the same (`identityOf`) the first is written, then one in
 * so many, and when their window ends one line that says how many there were. Nothing is lost from the count: lines
 * written and lines left out add up to what happened.
 */
export class ErrorRepeats {
  /** In the order in which they began, and so end. */
  private readonly windows = new Map<string, Window>();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly settings: RepeatSettings,
    private readonly write: WriteSummary,
  ) {}

  /** How many different errors are told apart now. */
  get size(): number {
    return this.windows.size;
  }

  /** The fields to write for an error that has happened, or nothing when it is left out. */
  admit(level: TroubleLevel, event: LogEventName, fields: object): object | undefined {
    if (this.settings.every <= 1 || this.stopped) return fields;
    const key = identityOf(event, { ...fields });
    const window = this.current(key);
    if (window === undefined) {
      this.open(key, level, event, fields);
      return fields;
    }
    window.count++;
    window.lastAt = Date.now();
    if ((window.count - 1) % this.settings.every !== 0) return undefined;
    window.written++;
    return { ...fields, occurrence: window.count };
  }

  /** Sums up what was left out so far; what comes next begins anew. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const key of [...this.windows.keys()]) this.close(key);
  }

  /** Sums up, and leaves nothing out from now on: nobody would be there to sum it up. */
  stop(): void {
    this.flush();
    this.stopped = true;
  }

  private current(key: string): Window | undefined {
    const window = this.windows.get(key);
    if (window === undefined || !this.isOver(window)) return window;
    this.close(key);
    return undefined;
  }

  private open(key: string, level: TroubleLevel, event: LogEventName, fields: object): void {
    const oldest = this.windows.size >= this.settings.maxKinds ? this.windows.keys().next().value : undefined;
    if (oldest !== undefined) this.close(oldest);
    const now = Date.now();
    this.windows.set(key, {
      level,
      event,
      named: namesIn(fields),
      sampleCorrelationId: currentCorrelationId(),
      firstAt: now,
      lastAt: now,
      count: 1,
      written: 1,
    });
    this.schedule();
  }

  private close(key: string): void {
    const window = this.windows.get(key);
    this.windows.delete(key);
    if (window === undefined || window.count === window.written) return;
    // Whoever's request it was that happened to bring this about: the summary is of all of them.
    runOutsideContext(() => this.write(window.level, summaryOf(window)));
  }

  private sweep(): void {
    this.timer = undefined;
    for (const [key, window] of this.windows) {
      if (!this.isOver(window)) break;
      this.close(key);
    }
    this.schedule();
  }

  private schedule(): void {
    if (this.timer !== undefined) return;
    const [oldest] = this.windows.values();
    if (oldest === undefined) return;
    const inMs = Math.max(1, oldest.firstAt + this.settings.windowMs - Date.now());
    this.timer = runOutsideContext(() => setTimeout(() => this.sweep(), inMs));
    this.timer.unref();
  }

  private isOver({ firstAt }: Window): boolean {
    return Date.now() >= firstAt + this.settings.windowMs;
  }
}

function namesIn(fields: object): Window['named'] {
  const { error_code, route, operation } = fields as Partial<Window['named']>;
  return {
    ...(error_code !== undefined && { error_code }),
    ...(route !== undefined && { route }),
    ...(operation !== undefined && { operation }),
  };
}

function summaryOf({ event, named, count, written, firstAt, lastAt, sampleCorrelationId }: Window): RepeatSummary {
  return {
    of: event,
    ...named,
    count,
    left_out: count - written,
    first_at: new Date(firstAt).toISOString(),
    last_at: new Date(lastAt).toISOString(),
    ...(sampleCorrelationId !== undefined && { sample_correlation_id: sampleCorrelationId }),
  };
}
