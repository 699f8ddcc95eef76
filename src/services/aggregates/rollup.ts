import type { MetricType } from '../metrics/metric-type';
import type { MonthSpan } from '../records/months';
import { groupByRank, mergeSources } from './merge-sources';
import type { Samples } from './samples';
import type { RankedSource } from './source-rank';
import { bucketAt, spread, Tally } from './tally';

/** Every time zone in use is a multiple of this from UTC, so that the days of each can be formed from slots. */
export const SLOT_MS = 15 * 60_000;

/** Figures per slot, for slots where there are any. */
export interface Series {
  /** Slot number within the month, ascending. */
  readonly slots: Int32Array;
  readonly tally: Tally;
}

/** One metric's figures in one UTC month, by source, and merged over sources where that differs from adding up. */
export interface MonthRollup {
  readonly sources: ReadonlyArray<{ readonly source: RankedSource; readonly series: Series }>;
  readonly merged: Series | null;
}

/**
 * Whether samples add up over time: then overlapping sources would count the same thing twice, and a sample that spans
 * a boundary belongs to both sides of it.
 */
export function isMergeable(type: MetricType): boolean {
  return type.kind !== 'discrete';
}

/**
 * Rolls up what falls into `month`. `samples` are those that start in it, earlier ones that reach into it, and later
 * ones that may cover the rest of those that start in it.
 */
export function buildRollup(
  samples: Samples,
  type: MetricType,
  sources: readonly RankedSource[],
  month: MonthSpan,
): MonthRollup {
  const boundaries = slotBoundaries(month);
  const tally = new Tally(boundaries.length - 1);
  const rowsByRank = groupByRank(samples, sources.length);
  const bySource = [...rowsByRank].map(([rank, rows]) => {
    tally.clear();
    for (const row of rows) addWhole(tally, boundaries, samples, row, isMergeable(type));
    return { source: sources[rank] as RankedSource, series: compact(tally) };
  });
  // A better source covers with samples that add nothing here themselves, such as a zero from the month before.
  const merged = isMergeable(type) && rowsByRank.size > 1 ? mergedSeries(samples, sources.length, boundaries) : null;
  return { sources: bySource.filter(({ series }) => series.slots.length > 0), merged };
}

function mergedSeries(samples: Samples, sourceCount: number, boundaries: Float64Array): Series {
  const tally = new Tally(boundaries.length - 1);
  addMerged(tally, boundaries, samples, sourceCount);
  return compact(tally);
}

/** Adds a sample as if it were the only one: shared out by duration when `splits`, else where it starts. */
export function addWhole(
  tally: Tally,
  boundaries: ArrayLike<number>,
  samples: Samples,
  row: number,
  splits: boolean,
): void {
  const start = samples.starts[row] as number;
  const end = splits ? (samples.ends[row] as number) : start;
  const value = samples.values[row] as number;
  const bucket = bucketAt(boundaries, start);
  if (bucket >= 0) tally.addSample(bucket, value);
  spread(tally, boundaries, value, { start, end, from: start, to: end });
}

/** Adds what is left of each sample once better sources have had their say; a sample of which nothing is left does not count. */
export function addMerged(
  tally: Tally,
  boundaries: ArrayLike<number>,
  samples: Samples,
  sourceCount: number,
  onCounted: (row: number, bucket: number) => void = () => undefined,
): void {
  let lastRow = -1;
  mergeSources(samples, sourceCount, (row, from, to) => {
    const start = samples.starts[row] as number;
    const value = samples.values[row] as number;
    if (row !== lastRow) {
      lastRow = row;
      const bucket = bucketAt(boundaries, start);
      if (bucket >= 0) {
        tally.addSample(bucket, value);
        onCounted(row, bucket);
      }
    }
    spread(tally, boundaries, value, { start, end: samples.ends[row] as number, from, to });
  });
}

function slotBoundaries({ from, to }: MonthSpan): Float64Array {
  return Float64Array.from({ length: (to - from) / SLOT_MS + 1 }, (_, slot) => from + slot * SLOT_MS);
}

function compact(tally: Tally): Series {
  const slots: number[] = [];
  for (let slot = 0; slot < tally.length; slot++) {
    if (tally.count[slot] !== 0 || tally.sum[slot] !== 0) slots.push(slot);
  }
  const packed = new Tally(slots.length);
  slots.forEach((slot, i) => packed.addBucket(i, tally, slot));
  return { slots: Int32Array.from(slots), tally: packed };
}
