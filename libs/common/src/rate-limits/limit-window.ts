import type { NamedPolicy } from './rate-limit-settings';
import type { SharedCount, SharedLease } from './shared-counts';

/** Limits below are counted exactly over all processes; others may be leased ahead, in batches. */
const LEASED_AHEAD_FROM = 100;
/** Most of a limit that one process holds without having used it: 1/40, so that two leave no more than 5 % unused. */
const BATCH_FRACTION = 40;
const MOST_AHEAD = 1_000;

/** How many permits beyond those that are needed now a process may take from the shared count. */
export function leasedAhead({ limit }: NamedPolicy): number {
  return limit < LEASED_AHEAD_FROM ? 0 : Math.min(MOST_AHEAD, Math.floor(limit / BATCH_FRACTION));
}

/** What was told to the shared count, and when; its answer, or failure, is for this very window. */
export interface PendingLease {
  readonly request: SharedLease;
  readonly sentAt: number;
  readonly generation: number;
}

/**
 * What this process knows of one caller's use of one limit, in the window that runs. Every permit is counted before it
 * is used: in the shared count when it is leased, or here (`unreported`) when this process decides alone. So what all
 * processes admit never exceeds the limit while the shared count can be had, whatever their calls are interleaved with.
 * Times are milliseconds of one monotonic clock.
 */
export class LimitWindow {
  /** Leased from the shared count and not used yet. */
  private permits = 0;
  /** The shared count, as last told: all that was leased or reported by any process. */
  private used = 0;
  /** Counted by this process alone, and not told to the shared count yet. */
  private unreported = 0;
  /** On its way to the shared count. */
  private reporting = 0;
  private endsAt = 0;
  private generation = 0;
  private rejected = false;

  constructor(private readonly policy: NamedPolicy) {}

  get hasUnreported(): boolean {
    return this.unreported > 0;
  }

  /** Of the limit, what is left to this process. */
  get remaining(): number {
    return Math.max(0, this.policy.limit - this.total + this.permits);
  }

  /** Nothing is left, and nothing will come before the window turns. */
  get isSpent(): boolean {
    return this.permits === 0 && this.total >= this.policy.limit;
  }

  /** Milliseconds until the window turns; the whole window when none runs. */
  msLeft(now: number): number {
    return this.endsAt === 0 ? this.policy.windowMs : Math.max(0, this.endsAt - now);
  }

  /** Forgets a window that is over. To be called before anything else is asked. */
  roll(now: number): void {
    if (this.endsAt === 0 || now < this.endsAt) return;
    this.permits = 0;
    this.used = 0;
    this.unreported = 0;
    this.reporting = 0;
    this.endsAt = 0;
    this.generation += 1;
    this.rejected = false;
  }

  /** Uses a permit that is here already. */
  takeLeased(): boolean {
    if (this.permits === 0) return false;
    this.permits -= 1;
    return true;
  }

  /** Uses a permit on this process's own authority, if the limit has one left as far as is known. */
  takeAlone(now: number): boolean {
    if (this.takeLeased()) return true;
    if (this.isSpent) return false;
    this.count(now);
    return true;
  }

  /** Counts what has happened already. */
  count(now: number): void {
    if (this.endsAt === 0) this.endsAt = now + this.policy.windowMs;
    this.unreported += 1;
  }

  /** True for the first rejection in the window. */
  markRejected(): boolean {
    const isFirst = !this.rejected;
    this.rejected = true;
    return isFirst;
  }

  /** What to ask of the shared count: `needed` permits, and to add what this process counted alone. */
  beginLease(key: string, needed: number, now: number): PendingLease {
    const report = this.unreported;
    this.unreported = 0;
    this.reporting += report;
    const { limit, windowMs } = this.policy;
    const ahead = needed === 0 ? 0 : leasedAhead(this.policy);
    const known = { used: this.used, msLeft: this.endsAt === 0 ? 0 : Math.floor(this.msLeft(now)) };
    return {
      request: { key, limit, windowMs, needed, ahead, report, known },
      sentAt: now,
      generation: this.generation,
    };
  }

  /** Takes over what the shared count answered. */
  endLease(lease: PendingLease, { granted, used, msLeft }: SharedCount, now: number): void {
    this.roll(now);
    if (lease.generation === this.generation) this.reporting -= lease.request.report;
    // Counted from when it was asked: a window ends here no later than where the count is kept.
    const endsAt = lease.sentAt + msLeft;
    if (endsAt <= now) return;
    this.endsAt = endsAt;
    this.used = used;
    this.permits += granted;
  }

  /** The shared count could not be had: what should have been told to it is still to be told. */
  failLease(lease: PendingLease, now: number): void {
    this.roll(now);
    if (lease.generation !== this.generation) return;
    this.reporting -= lease.request.report;
    this.unreported += lease.request.report;
  }

  private get total(): number {
    return this.used + this.reporting + this.unreported;
  }
}
