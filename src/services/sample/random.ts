/**
 * A small seeded generator: mulberry32 by Tommy Ettinger (public domain),
 * https://github.com/bryc/code/blob/master/jshash/PRNGs.md#mulberry32.
 * Good enough for plausible data and a few nanoseconds per number; never for secrets.
 */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 0;
  }

  /** Uniform in [0, 1). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** Uniform in [from, to). */
  between(from: number, to: number): number {
    return from + this.next() * (to - from);
  }

  /** Uniform among the integers from…to, both included. */
  int(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Bell-shaped around `mean`, never further than ~3.5 `deviation` away (sum of four uniforms, Irwin–Hall). */
  bell(mean: number, deviation: number): number {
    const sum = this.next() + this.next() + this.next() + this.next();
    return mean + (sum - 2) * 1.7320508 * deviation;
  }
}

/** The finaliser of MurmurHash3 (Austin Appleby, public domain): spreads neighbouring inputs over all 32 bits. */
function mix(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * An own generator per purpose and day, so that a day looks the same whatever span it is part of,
 * and can be made again for another record type without being kept in memory.
 */
export function randomFor(seed: number, purpose: string, epochDay: number): Random {
  let hash = mix(seed | 0);
  for (let i = 0; i < purpose.length; i += 1) {
    hash = Math.imul(hash ^ purpose.charCodeAt(i), 0x01000193);
  }
  return new Random(mix(hash ^ mix(epochDay + 0x9e3779b9)));
}
