import { type MetricType } from '../metrics/metric-type';
import { toCanonical } from '../metrics/units';
import { type Chunk, chunkValue } from '../records/chunk';
import { type RankedSource, sourceId } from './source-rank';

/** Samples of one metric as columns, in order of start; values in the metric's canonical unit. */
export interface Samples {
  readonly length: number;
  /** Epoch milliseconds. */
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  readonly values: Float64Array;
  /** Rank of the source: 0 is the best. */
  readonly ranks: Int32Array;
}

const MINUTE_MS = 60_000;

/**
 * What the chunks, given in order of month, say of a metric. A category's value is its duration in minutes. Left out
 * are records that carry no number, whose unit measures something else, or whose category value says it was not so.
 */
export function samplesOf(chunks: readonly Chunk[], type: MetricType, sources: readonly RankedSource[]): Samples {
  const capacity = chunks.reduce((total, chunk) => total + chunk.length, 0);
  const starts = new Float64Array(capacity);
  const ends = new Float64Array(capacity);
  const values = new Float64Array(capacity);
  const ranks = new Int32Array(capacity);
  const rankOf = new Map(sources.map((source, rank) => [sourceId(source), rank]));
  let length = 0;
  for (const chunk of chunks) {
    const chunkRanks = chunk.sourceTable.map((source) => rankOf.get(sourceId(source)) ?? sources.length);
    for (let row = 0; row < chunk.length; row++) {
      const value = sampleValue(chunk, row, type);
      if (Number.isNaN(value)) continue;
      starts[length] = chunk.starts[row] as number;
      ends[length] = chunk.ends[row] as number;
      values[length] = value;
      ranks[length++] = chunkRanks[chunk.sources[row] as number] as number;
    }
  }
  return {
    length,
    starts: starts.subarray(0, length),
    ends: ends.subarray(0, length),
    values: values.subarray(0, length),
    ranks: ranks.subarray(0, length),
  };
}

function sampleValue(chunk: Chunk, row: number, type: MetricType): number {
  const value = chunkValue(chunk, row);
  if (type.kind === 'category') {
    if (typeof value === 'string' && type.valuesNotCounted?.includes(value)) return Number.NaN;
    return ((chunk.ends[row] as number) - (chunk.starts[row] as number)) / MINUTE_MS;
  }
  // A decimal with more digits than a double holds is stored as text.
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) return Number.NaN;
  const { value: converted, incompatible } = toCanonical(
    number,
    chunk.unitTable[chunk.units[row] as number] ?? null,
    type,
  );
  return incompatible ? Number.NaN : converted;
}
