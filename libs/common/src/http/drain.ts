import { setTimeout as sleep } from 'node:timers/promises';

export type DrainPhase = 'serving' | 'leaving' | 'refusing';

/**
 * Where the process is on its way out. `leaving`: readiness says 503 and requests are still served, until load
 * balancers have noticed; `refusing`: new requests get SYSTEM_SHUTTING_DOWN, those in flight are finished.
 */
export class Drain {
  private current: DrainPhase = 'serving';
  private readonly ending = new AbortController();
  private readonly requests = new Set<object>();
  private idle?: () => void;
  private refusals = 0;

  get phase(): DrainPhase {
    return this.current;
  }

  /** Aborts when long-lived responses (event streams) should say goodbye. */
  get signal(): AbortSignal {
    return this.ending.signal;
  }

  get inFlight(): number {
    return this.requests.size;
  }

  leave(): void {
    if (this.current === 'serving') this.current = 'leaving';
  }

  refuse(): void {
    this.current = 'refusing';
  }

  /** Tells those who could go on for long that the time is up. */
  hurry(): void {
    this.ending.abort();
  }

  enter(request: object): void {
    this.requests.add(request);
  }

  exit(request: object): void {
    this.requests.delete(request);
    if (this.requests.size === 0) this.idle?.();
  }

  /** Somebody came who was refused. */
  noteRefusal(): void {
    this.refusals += 1;
  }

  /** Waits until nobody has come to be refused for `quietMs`, at most `limitMs`. */
  async whenQuiet(quietMs: number, limitMs: number): Promise<void> {
    const until = Date.now() + limitMs;
    let seen: number;
    do {
      seen = this.refusals;
      await sleep(quietMs);
    } while (this.refusals !== seen && Date.now() < until);
  }

  /** Waits until no request is in flight, at most `limitMs`; says whether that came to be. */
  async whenIdle(limitMs: number): Promise<boolean> {
    if (this.requests.size === 0) return true;
    return new Promise((resolve) => {
      const settle = (outcome: boolean): void => {
        clearTimeout(timer);
        this.idle = undefined;
        resolve(outcome);
      };
      const timer = setTimeout(() => settle(false), limitMs);
      this.idle = () => settle(true);
    });
  }
}
