import type { EventLogger } from '../logging/event-logger';
import { LIMIT_TRIAL_KEY } from '../redis/keys';
import type { SharedCounts, SharedLease } from './shared-counts';

/** How long this process counts by itself before it tries the shared count again. */
const PAUSE_MS = 1_000;
/**
 * Everybody who was counted alone is to be reported. A Redis that has just come back would have all of them at once: they
 * come back one after the other, in this time.
 */
const RETURN_MS = 2_000;
/** Written like every other count, so that a Redis that refuses writes fails it. */
const TRIAL: SharedLease = {
  key: LIMIT_TRIAL_KEY,
  limit: Number.MAX_SAFE_INTEGER,
  windowMs: PAUSE_MS,
  needed: 1,
  ahead: 0,
  report: 0,
  known: { used: 0, msLeft: 0 },
};

/**
 * Whether the shared counts can be relied on. When they could not, they are tried again once a second, if there are
 * requests, by a call of its own that nobody waits for; and trusted again once that was answered in time, by one caller
 * after the other.
 */
export class Sharing {
  /** Calls to the shared counts, those that failed or were late, and what this process decided by itself. */
  readonly figures = { leases: 0, failures: 0, decided_alone: 0 };
  private pausedUntil?: number;
  private trustedSince = Number.NEGATIVE_INFINITY;
  private isTrying = false;

  constructor(
    private readonly shared: SharedCounts,
    private readonly events: EventLogger,
    private readonly waitMs: number,
  ) {}

  /** @param turn of the counter that asks: when it comes back after a pause, from 0 (first) to 1 (last) */
  isOn(now: number, turn: number): boolean {
    if (this.pausedUntil === undefined) return now >= this.trustedSince + turn * RETURN_MS;
    if (now >= this.pausedUntil && !this.isTrying) void this.attempt(now);
    return false;
  }

  /** A call that was begun at `begunAt` failed with `error`, or was not answered in time. */
  lost(begunAt: number, error?: unknown): void {
    this.figures.failures += 1;
    // News of an outage that is over says nothing about now.
    if (begunAt < this.trustedSince) return;
    if (this.pausedUntil === undefined) this.events.warn('rate_limits_unshared', { err: error ?? null });
    this.pausedUntil = performance.now() + PAUSE_MS;
  }

  private async attempt(begunAt: number): Promise<void> {
    this.isTrying = true;
    try {
      await this.shared.lease([TRIAL]);
      if (performance.now() - begunAt <= this.waitMs) this.regain();
      else this.lost(begunAt);
    } catch (error) {
      this.lost(begunAt, error);
    } finally {
      this.isTrying = false;
    }
  }

  private regain(): void {
    this.pausedUntil = undefined;
    this.trustedSince = performance.now();
    this.events.info('rate_limits_shared', {});
  }
}
