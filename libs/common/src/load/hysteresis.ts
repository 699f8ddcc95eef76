/** Below this share of the limit a measure has recovered: one that hovers at its limit does not flap. */
const RECOVERED = 0.8;

/**
 * Whether a sampled measure is beyond its limit: from two samples in a row above it, until two in a row below four
 * fifths of it. A single long task, or a single quiet moment, is no trend.
 */
export class Hysteresis {
  private over = false;
  private previous = 0;

  /** @param limit 0 for a measure that is never beyond it */
  constructor(readonly limit: number) {}

  get isOver(): boolean {
    return this.over;
  }

  /** @returns whether this sample has changed `isOver` */
  note(value: number): boolean {
    const wasOver = this.over;
    const bound = this.limit * (wasOver ? RECOVERED : 1);
    const bothOver = Math.min(value, this.previous) > bound;
    const bothUnder = Math.max(value, this.previous) <= bound;
    if (this.limit > 0) this.over = wasOver ? !bothUnder : bothOver;
    this.previous = value;
    return this.over !== wasOver;
  }
}
