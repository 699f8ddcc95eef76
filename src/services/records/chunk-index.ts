import type { Chunk } from './chunk';
import { type SourceKind, sourceKey } from './health-record';

/** What is known of one source's records in one chunk. */
export interface SourceSummary {
  readonly name: string;
  readonly key: string;
  readonly kind: SourceKind;
  readonly count: number;
  /** Seconds during which at least one of its records runs. */
  readonly coveredSeconds: number;
}

/** What is known of a chunk without reading it; kept beside it in the metric's index, written in the same step. */
export interface ChunkSummary {
  /** UTC month of the records' starts: `202511`. */
  readonly month: string;
  /** Counts the changes of the chunk; a writer that saw another version must read again. */
  readonly version: number;
  readonly count: number;
  /** Start of the first and of the last record, epoch milliseconds. */
  readonly first: number;
  readonly last: number;
  /** Latest end of a record; may lie in a later month. */
  readonly maxEnd: number;
  readonly units: readonly (string | null)[];
  readonly sources: readonly SourceSummary[];
}

type Packed = [number, number, number, number, number, (string | null)[], [string, SourceKind, number, number][]];

export function summarise(chunk: Chunk, month: string, version: number): ChunkSummary {
  return {
    month,
    version,
    count: chunk.length,
    first: chunk.starts[0] as number,
    last: chunk.starts[chunk.length - 1] as number,
    maxEnd: chunk.ends.reduce((latest, end) => Math.max(latest, end), Number.NEGATIVE_INFINITY),
    units: chunk.unitTable,
    sources: summariseSources(chunk),
  };
}

/** The version comes first: the script that swaps chunks compares it without parsing the rest. */
export function encodeSummary(summary: ChunkSummary): string {
  const packed: Packed = [
    summary.version,
    summary.count,
    summary.first,
    summary.last,
    summary.maxEnd,
    [...summary.units],
    summary.sources.map(({ name, kind, count, coveredSeconds }) => [name, kind, count, coveredSeconds]),
  ];
  return JSON.stringify(packed);
}

export function decodeSummary(month: string, text: string): ChunkSummary {
  const [version, count, first, last, maxEnd, units, sources] = JSON.parse(text) as Packed;
  return {
    month,
    version,
    count,
    first,
    last,
    maxEnd,
    units,
    sources: sources.map(([name, kind, held, coveredSeconds]) => ({
      name,
      key: sourceKey(name),
      kind,
      count: held,
      coveredSeconds,
    })),
  };
}

/** Rows are in order of start, so that a source's covered time is found in one pass. */
function summariseSources(chunk: Chunk): SourceSummary[] {
  const summaries = new Map<
    string,
    { name: string; key: string; kind: SourceKind; count: number; covered: number; end: number }
  >();
  const bySource = chunk.sourceTable.map(({ name, key, kind }) => {
    const id = `${kind} ${key}`;
    const summary = summaries.get(id) ?? { name, key, kind, count: 0, covered: 0, end: Number.NEGATIVE_INFINITY };
    if (name < summary.name) summary.name = name;
    summaries.set(id, summary);
    return summary;
  });
  for (let row = 0; row < chunk.length; row++) {
    const summary = bySource[chunk.sources[row] as number];
    if (summary === undefined) continue;
    const end = chunk.ends[row] as number;
    summary.count++;
    summary.covered += Math.max(0, end - Math.max(chunk.starts[row] as number, summary.end));
    summary.end = Math.max(summary.end, end);
  }
  return [...summaries.values()]
    .map(({ name, key, kind, count, covered }) => ({ name, key, kind, count, coveredSeconds: covered / 1000 }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.kind < b.kind ? -1 : 1));
}
