import { Inject, Injectable } from '@nestjs/common';
import { newContext, runInContext } from '../context/request-context';
import { EventLogger } from '../logging/event-logger';
import { LimitWindow, type PendingLease } from './limit-window';
import { type NamedPolicy, RATE_LIMIT_SETTINGS, type RateLimitSettings } from './rate-limit-settings';
import { type SharedCount, SharedCounts } from './shared-counts';
import { Sharing } from './sharing';

type Waiter = (admitted: boolean) => void;

/** One caller's use of one limit. */
export class LeasedCounter {
  readonly window: LimitWindow;
  /** Requests that wait for permits, in the order they came. */
  readonly waiters: Waiter[] = [];
  /** The lease that is on its way, unless it was given up. */
  errand?: Errand;
  /** When it may ask again after an outage, compared with others: from 0 to 1. */
  readonly turn = Math.random();

  /**
   * @param companion another count of the same caller, in the same slot, which is brought up to date with each lease
   */
  constructor(
    readonly key: string,
    readonly policy: NamedPolicy,
    readonly companion?: LeasedCounter,
  ) {
    this.window = new LimitWindow(policy);
  }
}

/** A lease on its way, and that of the companion which rides along. */
interface Errand {
  readonly counter: LeasedCounter;
  readonly lease: PendingLease;
  readonly companion?: { readonly counter: LeasedCounter; readonly lease: PendingLease };
  timer?: NodeJS.Timeout;
  isSettled: boolean;
}

/**
 * Counts requests against limits that all processes share. Permits are leased from the shared count and used here, so
 * that most requests cost no call. A shared count that is away, slow or full of other people's data is never waited
 * for longer than agreed: this process then goes on counting by itself, at the same limits, from what it knows.
 */
@Injectable()
export class LeasedCounters {
  private readonly sharing: Sharing;
  private readonly waitMs: number;
  /** A lease serves several requests: it must not end with the one that happened to start it. */
  private readonly context = newContext();

  constructor(
    private readonly shared: SharedCounts,
    events: EventLogger,
    @Inject(RATE_LIMIT_SETTINGS) { sharedWaitMs }: RateLimitSettings,
  ) {
    this.waitMs = sharedWaitMs;
    this.sharing = new Sharing(shared, events, sharedWaitMs);
  }

  /** How often the shared counts were asked, failed, and were done without, since the start. */
  get figures(): Sharing['figures'] {
    return this.sharing.figures;
  }

  /** Whether one more request is within the limit; it is counted if so. At once, unless the shared count is asked. */
  take(counter: LeasedCounter): boolean | Promise<boolean> {
    const now = performance.now();
    const { window } = counter;
    window.roll(now);
    const isReporting = window.hasUnreported && this.isSharing(counter, now);
    const isHere = window.takeLeased();
    if (isHere || window.isSpent) {
      // Others should hear of what was counted here alone, also when this request needs nothing of them.
      if (isReporting) this.lease(counter);
      return isHere;
    }
    if (!isReporting && !this.isSharing(counter, now)) return this.takeAlone(counter, now);
    return new Promise((resolve) => {
      counter.waiters.push(resolve);
      this.lease(counter);
    });
  }

  /** Counts something that has happened, at once here and soon in the shared count. */
  count(counter: LeasedCounter): void {
    const now = performance.now();
    counter.window.roll(now);
    counter.window.count(now);
    if (this.isSharing(counter, now)) this.lease(counter);
  }

  private isSharing({ turn }: LeasedCounter, now: number): boolean {
    return runInContext(this.context, () => this.sharing.isOn(now, turn));
  }

  private takeAlone({ window }: LeasedCounter, now: number): boolean {
    this.sharing.figures.decided_alone += 1;
    return window.takeAlone(now);
  }

  private lease(counter: LeasedCounter): void {
    if (counter.errand !== undefined) return;
    const errand = begin(counter, performance.now());
    counter.errand = errand;
    const requests = errand.companion ? [errand.lease.request, errand.companion.lease.request] : [errand.lease.request];
    errand.timer = setTimeout(() => this.onTimer(errand), this.waitMs).unref();
    this.sharing.figures.leases += 1;
    void runInContext(this.context, () =>
      this.shared.lease(requests).then(
        (answers) => this.onAnswer(errand, answers),
        (error: unknown) => this.onFailure(errand, error),
      ),
    );
  }

  /** The answer may have come while this process was busy: what the socket holds is read before anybody gives up. */
  private onTimer(errand: Errand): void {
    setImmediate(() => {
      if (errand.isSettled) return;
      this.sharing.lost(errand.lease.sentAt);
      // What it brings, if it comes at all, is still welcome; but nobody waits for it any more.
      errand.counter.errand = undefined;
      this.serveAlone(errand.counter);
    });
  }

  private onAnswer(errand: Errand, [own, other]: SharedCount[]): void {
    const now = performance.now();
    settle(errand);
    if (own !== undefined) errand.counter.window.endLease(errand.lease, own, now);
    if (other !== undefined) errand.companion?.counter.window.endLease(errand.companion.lease, other, now);
    this.serve(errand.counter);
  }

  private onFailure(errand: Errand, error: unknown): void {
    const now = performance.now();
    const wasAwaited = settle(errand);
    errand.counter.window.failLease(errand.lease, now);
    errand.companion?.counter.window.failLease(errand.companion.lease, now);
    this.sharing.lost(errand.lease.sentAt, error);
    if (wasAwaited) this.serveAlone(errand.counter);
  }

  private serve(counter: LeasedCounter): void {
    const { waiters, window } = counter;
    while (waiters.length > 0) {
      const admitted = window.takeLeased();
      if (!admitted && !window.isSpent) break;
      waiters.shift()?.(admitted);
    }
    // Those who came since, and what was counted since.
    if (waiters.length === 0 && !window.hasUnreported) return;
    if (this.isSharing(counter, performance.now())) this.lease(counter);
    else this.serveAlone(counter);
  }

  private serveAlone(counter: LeasedCounter): void {
    const now = performance.now();
    counter.window.roll(now);
    for (const waiter of counter.waiters.splice(0)) waiter(this.takeAlone(counter, now));
  }
}

function begin(counter: LeasedCounter, now: number): Errand {
  const { key, window, waiters, companion } = counter;
  window.roll(now);
  const lease = window.beginLease(key, waiters.length, now);
  if (companion === undefined) return { counter, lease, isSettled: false };
  companion.window.roll(now);
  const riding = companion.window.beginLease(companion.key, 0, now);
  return { counter, lease, companion: { counter: companion, lease: riding }, isSettled: false };
}

/** False when it was given up before. */
function settle(errand: Errand): boolean {
  clearTimeout(errand.timer);
  errand.isSettled = true;
  const wasAwaited = errand.counter.errand === errand;
  if (wasAwaited) errand.counter.errand = undefined;
  return wasAwaited;
}
