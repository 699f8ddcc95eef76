import type { MetricType } from '../metrics/metric-type';

export const STATISTICS = [
  'count',
  'sum',
  'avg',
  'min',
  'max',
  'latest',
  'median',
  'p95',
  'stddev',
  'duration',
] as const;
export type Statistic = (typeof STATISTICS)[number];

/** The statistic that answers when none is asked for; a sound level's average is its equivalent level. */
export function defaultStatistic(type: MetricType): Statistic {
  return type.defaultStatistic === 'leq' ? 'avg' : type.defaultStatistic;
}

/** Statistics that need every sample, not only sums and extremes. */
export function needsSamples(statistic: Statistic, type: MetricType): boolean {
  if (statistic === 'avg') return type.dimension === 'sound';
  return statistic === 'latest' || statistic === 'median' || statistic === 'p95' || statistic === 'stddev';
}

/**
 * The quantile `q` of ascending values, by linear interpolation between order statistics
 * (Hyndman and Fan 1996, type 7). Null without values.
 */
export function quantile(sorted: ArrayLike<number>, q: number): number | null {
  if (sorted.length === 0) return null;
  const position = (sorted.length - 1) * q;
  const below = sorted[Math.floor(position)] as number;
  const above = sorted[Math.ceil(position)] as number;
  return below + (above - below) * (position - Math.floor(position));
}

/** Sample standard deviation (n − 1), by Welford's method (1962). Null with fewer than two values. */
export function standardDeviation(values: Iterable<number>): number | null {
  let count = 0;
  let mean = 0;
  let squares = 0;
  for (const value of values) {
    count++;
    const delta = value - mean;
    mean += delta / count;
    squares += delta * (value - mean);
  }
  return count < 2 ? null : Math.sqrt(squares / (count - 1));
}

/**
 * Equivalent continuous sound level, L_eq = 10·log10(Σ tᵢ·10^(Lᵢ/10) / Σ tᵢ) (IEC 61672-1): levels in dB weighted by
 * duration; samples without length weigh alike when no sample has one. Null without samples.
 */
export function equivalentLevel(levels: ArrayLike<number>, durations: ArrayLike<number>): number | null {
  if (levels.length === 0) return null;
  const timed = Array.prototype.some.call(durations, (duration: number) => duration > 0);
  let energy = 0;
  let time = 0;
  for (let i = 0; i < levels.length; i++) {
    const weight = timed ? (durations[i] as number) : 1;
    energy += weight * 10 ** ((levels[i] as number) / 10);
    time += weight;
  }
  return 10 * Math.log10(energy / time);
}
