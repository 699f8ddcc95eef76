import type { Chunk } from './chunk';
import { type SourceKind, sourceKey } from './health-record';

/** What is known of one source's records in one chunk. */
export interface SourceSummary {
  readonly name: string;
  readonly key: string;
  readonly kind: SourceKind;
  readonly count: number;
  /** Start of its first and of its last record. */
  readonly first: number;
  readonly last: number;
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

type Packed = [number, number, number, number, number, (string | null)[], PackedSource[]];
type PackedSource = [
  name: string,
  kind: SourceKind,
  count: number,
  coveredSeconds: number,
  first: number,
  last: number,
];

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
    summary.sources.map((source) => [
      source.name,
      source.kind,
      source.count,
      source.coveredSeconds,
      source.first,
      source.last,
    ]),
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
    sources: sources.map(([name, kind, held, coveredSeconds, from, to]) => ({
      name,
      key: sourceKey(name),
      kind,
      count: held,
      coveredSeconds,
      first: from,
      last: to,
    })),
  };
}

/** A source's summary while its rows are gone through. */
interface Running {
  name: string;
  readonly key: string;
  readonly kind: SourceKind;
  count: number;
  covered: number;
  first: number;
  last: number;
  end: number;
}

/** Rows are in order of start, so that a source's covered time is found in one pass. */
function summariseSources(chunk: Chunk): SourceSummary[] {
  const summaries = new Map<string, Running>();
  const bySource = chunk.sourceTable.map(({ name, key, kind }) => {
    const id = `${kind} ${key}`;
    const summary = summaries.get(id) ?? { name, key, kind, count: 0, covered: 0, first: 0, last: 0, end: -Infinity };
    if (name < summary.name) summary.name = name;
    summaries.set(id, summary);
    return summary;
  });
  for (let row = 0; row < chunk.length; row++) {
    const summary = bySource[chunk.sources[row] as number];
    if (summary !== undefined) extend(summary, chunk.starts[row] as number, chunk.ends[row] as number);
  }
  return [...summaries.values()]
    .map(({ covered, end: _end, ...summary }) => ({ ...summary, coveredSeconds: covered / 1000 }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.kind < b.kind ? -1 : 1));
}

function extend(summary: Running, start: number, end: number): void {
  if (summary.count++ === 0) summary.first = start;
  summary.last = start;
  summary.covered += Math.max(0, end - Math.max(start, summary.end));
  summary.end = Math.max(summary.end, end);
}
