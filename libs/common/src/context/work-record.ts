import type { CallEnd } from '../resilience/policy-listener';

/** One event as it was told to the log, whether or not its level was written. */
export interface RecordedEvent {
  readonly kind: 'event';
  /** As `performance.now()` tells. */
  readonly at: number;
  readonly level: string;
  readonly event: string;
  readonly fields: object;
}

/** One call to a dependency, when it ended. */
export interface RecordedCall {
  readonly kind: 'call';
  readonly at: number;
  readonly end: CallEnd;
}

/** Beyond these the ordinary is left out, and beyond the others the troubles, too. */
const MAX_ORDINARY = 200;
const MAX_TROUBLES = 100;
/** Places that one entry takes: when, its level (none for a call), its name, what was said. */
const STRIDE = 4;

/**
 * What one request has done, in the order it did it. Most of them are thrown away unread, so an entry is four slots of
 * an array and nothing else; what is told is referred to, not copied.
 */
export class WorkRecord {
  private slots: unknown[] | undefined;
  private warned = 0;
  private ordinary = 0;
  private dropped = 0;
  private closed = false;

  /** @param startedAt as `performance.now()` tells */
  constructor(readonly startedAt: number) {}

  /** Whether the work is over: what comes now belongs to nobody who waits. */
  get isClosed(): boolean {
    return this.closed;
  }

  /** Warnings and errors so far. */
  get troubles(): number {
    return this.warned;
  }

  /** Entries for which there was no room. */
  get leftOut(): number {
    return this.dropped;
  }

  noteEvent(level: string, event: string, fields: object): void {
    const isTrouble = level === 'warn' || level === 'error';
    if (isTrouble ? this.warned++ >= MAX_TROUBLES : this.ordinary++ >= MAX_ORDINARY) this.dropped++;
    else (this.slots ??= []).push(performance.now(), level, event, fields);
  }

  noteCall(end: CallEnd): void {
    if (this.ordinary++ >= MAX_ORDINARY) this.dropped++;
    else (this.slots ??= []).push(performance.now(), undefined, '', end);
  }

  close(): void {
    this.closed = true;
  }

  *entries(): Generator<RecordedEvent | RecordedCall> {
    const slots = this.slots ?? [];
    for (let index = 0; index < slots.length; index += STRIDE) {
      const [at, level, event, told] = slots.slice(index, index + STRIDE) as [
        number,
        string | undefined,
        string,
        object,
      ];
      if (level === undefined) yield { kind: 'call', at, end: told as CallEnd };
      else yield { kind: 'event', at, level, event, fields: told };
    }
  }
}
