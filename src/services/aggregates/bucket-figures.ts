import type { MetricType } from '../metrics/metric-type';
import { sourceKey } from '../records/health-record';
import { addMerged, addWhole, isMergeable, type MonthRollup, type Series, SLOT_MS } from './rollup';
import type { RolledUpMonth } from './rollup-store';
import type { Samples } from './samples';
import type { RankedSource } from './source-rank';
import { bucketAt, Tally } from './tally';

/**
 * `merged` counts overlapping sources once, `all` adds them up; any other text is the name of one source, which
 * `name:` may stand before, for a source that is called `all`.
 */
export type SourceSelection = string;

const NAME_PREFIX = 'name:';

/** The key of the one source that is meant, if it is one. */
export function namedSource(selection: SourceSelection = 'merged'): string | undefined {
  if (selection === 'merged' || selection === 'all') return undefined;
  return sourceKey(selection.startsWith(NAME_PREFIX) ? selection.slice(NAME_PREFIX.length) : selection);
}

/** Figures of a row of buckets; `rows` are the samples counted in each, in order, where the samples were at hand. */
export interface BucketFigures {
  readonly tally: Tally;
  readonly rows?: readonly number[][];
}

/** Whether all boundaries fall on slots, so that buckets can be put together from rollups. */
export function fitSlots(boundaries: readonly number[]): boolean {
  return boundaries.every((boundary) => boundary % SLOT_MS === 0);
}

export function figuresFromRollups(
  months: readonly RolledUpMonth[],
  boundaries: readonly number[],
  selection: SourceSelection,
): BucketFigures {
  const tally = new Tally(boundaries.length - 1);
  for (const { span, rollup } of months) {
    for (const series of selectSeries(rollup, selection)) addSeries(tally, boundaries, series, span.from);
  }
  return { tally };
}

function selectSeries(rollup: MonthRollup, selection: SourceSelection): Series[] {
  if (selection === 'merged' && rollup.merged !== null) return [rollup.merged];
  const key = namedSource(selection);
  return rollup.sources.filter(({ source }) => key === undefined || source.key === key).map(({ series }) => series);
}

/** Slots and boundaries both ascend: one pass over each. */
function addSeries(tally: Tally, boundaries: readonly number[], series: Series, monthStart: number): void {
  let bucket = 0;
  const last = boundaries.length - 1;
  for (let i = 0; i < series.slots.length; i++) {
    const time = monthStart + (series.slots[i] as number) * SLOT_MS;
    if (time < (boundaries[0] as number)) continue;
    while (bucket < last && (boundaries[bucket + 1] as number) <= time) bucket++;
    if (bucket === last) return;
    tally.addBucket(bucket, series.tally, i);
  }
}

export function figuresFromSamples(
  samples: Samples,
  type: MetricType,
  sources: readonly RankedSource[],
  boundaries: readonly number[],
  selection: SourceSelection,
): BucketFigures {
  const tally = new Tally(boundaries.length - 1);
  const rows: number[][] = Array.from({ length: tally.length }, () => []);
  if (selection === 'merged' && isMergeable(type)) {
    addMerged(tally, boundaries, samples, sources.length, (row, bucket) => rows[bucket]?.push(row));
    for (const counted of rows) counted.sort((a, b) => a - b);
    return { tally, rows };
  }
  const selected = selectRanks(sources, selection);
  for (let row = 0; row < samples.length; row++) {
    if (!selected.has(samples.ranks[row] as number)) continue;
    addWhole(tally, boundaries, samples, row, isMergeable(type));
    rows[bucketAt(boundaries, samples.starts[row] as number)]?.push(row);
  }
  return { tally, rows };
}

function selectRanks(sources: readonly RankedSource[], selection: SourceSelection): Set<number> {
  const key = namedSource(selection);
  const ranks = sources.map((_, rank) => rank);
  return new Set(ranks.filter((rank) => key === undefined || sources[rank]?.key === key));
}
