import type { MetricType } from '../metrics/metric-type';
import type { BucketFigures } from './bucket-figures';
import type { Samples } from './samples';
import { equivalentLevel, quantile, standardDeviation, type Statistic } from './statistic';

/** Times are epoch milliseconds, end exclusive; statistics are in the metric's canonical unit, null where there are none. */
export interface AggregateBucket {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly stats: Partial<Record<Statistic, number | null>>;
  /** Start of the sample that `latest` tells. */
  readonly latestAt?: number;
}

type Figures = BucketFigures & { readonly samples?: Samples };

/** The statistics asked for, bucket by bucket. */
export function bucketStatistics(
  figures: Figures,
  metric: MetricType,
  stats: readonly Statistic[],
  boundaries: readonly number[],
): AggregateBucket[] {
  return Array.from({ length: figures.tally.length }, (_, bucket) => {
    const rows = figures.rows?.[bucket] ?? [];
    const newest = rows.at(-1);
    const showsLatest = stats.includes('latest') && newest !== undefined;
    return {
      from: boundaries[bucket] as number,
      to: boundaries[bucket + 1] as number,
      count: figures.tally.count[bucket] as number,
      stats: Object.fromEntries(stats.map((stat) => [stat, FORMULAS[stat](figures, bucket, metric)])),
      ...(showsLatest ? { latestAt: figures.samples?.starts[newest] } : {}),
    };
  });
}

const SUM_DIGITS = 13;

type Formula = (figures: Figures, bucket: number, metric: MetricType) => number | null;

const FORMULAS: Readonly<Record<Statistic, Formula>> = {
  count: ({ tally }, bucket) => tally.count[bucket] as number,
  sum: ({ tally }, bucket) => withoutNoise(tally.sum[bucket] as number),
  duration: ({ tally }, bucket, metric) =>
    metric.kind === 'category' ? withoutNoise(tally.sum[bucket] as number) : null,
  avg: (figures, bucket, metric) =>
    metric.dimension === 'sound' ? soundLevel(figures, bucket) : mean(figures, bucket),
  min: ({ tally }, bucket) => (tally.count[bucket] === 0 ? null : (tally.min[bucket] as number)),
  max: ({ tally }, bucket) => (tally.count[bucket] === 0 ? null : (tally.max[bucket] as number)),
  latest: (figures, bucket) => valuesOf(figures, bucket).at(-1) ?? null,
  median: (figures, bucket) => quantile(valuesOf(figures, bucket).sort(), 0.5),
  p95: (figures, bucket) => quantile(valuesOf(figures, bucket).sort(), 0.95),
  stddev: (figures, bucket) => standardDeviation(valuesOf(figures, bucket)),
};

/**
 * Shares of a sample that were computed apart add up to 11692.999999999998; no sum is known to more than 13 digits.
 * Null for a sum beyond what a double holds.
 */
function withoutNoise(sum: number): number | null {
  if (!Number.isFinite(sum)) return null;
  return Number.isInteger(sum) ? sum : Number(sum.toPrecision(SUM_DIGITS));
}

function mean({ tally }: Figures, bucket: number): number | null {
  const count = tally.count[bucket] as number;
  const total = tally.total[bucket] as number;
  return count === 0 || !Number.isFinite(total) ? null : total / count;
}

function valuesOf({ samples, rows }: Figures, bucket: number): Float64Array {
  return Float64Array.from(rows?.[bucket] ?? [], (row) => samples?.values[row] as number);
}

function soundLevel({ samples, rows }: Figures, bucket: number): number | null {
  const counted = rows?.[bucket] ?? [];
  const levels = counted.map((row) => samples?.values[row] as number);
  const durations = counted.map((row) => (samples?.ends[row] as number) - (samples?.starts[row] as number));
  return equivalentLevel(levels, durations);
}
