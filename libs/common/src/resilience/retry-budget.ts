const SLOT_MS = 1_000;
const SLOTS = 10;
/** One more than the window has: a sliding window of ten seconds can touch eleven slots. */
const HELD = SLOTS + 1;

export interface RetryBudgetOptions {
  /** Retries per call. */
  readonly ratio?: number;
  /** Retries that are always allowed, so that little traffic can retry at all. */
  readonly perSecond?: number;
}

/**
 * Bounds retries to a share of the calls of the last ten seconds, so that they never multiply an outage. Counted in
 * slots of a second: retries over a little more than the window, calls over a little less, so that no window of ten
 * seconds, wherever it begins, holds more than it may.
 */
export class RetryBudget {
  private readonly ratio: number;
  private readonly floor: number;
  private readonly calls = new Uint32Array(HELD);
  private readonly retries = new Uint32Array(HELD);
  private slot = 0;

  /** @param now monotonic milliseconds */
  constructor(
    { ratio = 0.1, perSecond = 1 }: RetryBudgetOptions = {},
    private readonly now: () => number = () => performance.now(),
  ) {
    this.ratio = ratio;
    this.floor = perSecond * SLOTS;
    this.slot = this.currentSlot();
  }

  noteCall(): void {
    this.calls[this.turn()]!++;
  }

  /** Whether one more retry may be made; it counts as made. */
  take(): boolean {
    const index = this.turn();
    if (sum(this.retries) + 1 > this.allowance(index)) return false;
    this.retries[index]!++;
    return true;
  }

  /** Retries that could be made now. */
  get left(): number {
    return Math.max(0, Math.floor(this.allowance(this.turn()) - sum(this.retries)));
  }

  private allowance(index: number): number {
    const oldest = (index + 1) % HELD;
    return this.ratio * (sum(this.calls) - this.calls[oldest]!) + this.floor;
  }

  /** Clears the slots that time has passed over, and says which is current. */
  private turn(): number {
    const slot = this.currentSlot();
    const passed = Math.min(HELD, slot - this.slot);
    for (let step = 1; step <= passed; step++) {
      const index = (slot - passed + step) % HELD;
      this.calls[index] = 0;
      this.retries[index] = 0;
    }
    if (slot > this.slot) this.slot = slot;
    return this.slot % HELD;
  }

  private currentSlot(): number {
    return Math.floor(this.now() / SLOT_MS);
  }
}

function sum(slots: Uint32Array): number {
  let total = 0;
  for (const count of slots) total += count;
  return total;
}
