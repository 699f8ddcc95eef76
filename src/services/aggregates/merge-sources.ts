import type { Samples } from './samples';

/** Receives the parts of a sample that count; `from` equals `to` for a sample without length. */
export type ShareSink = (row: number, from: number, to: number) => void;

/** Disjoint half-open intervals in order of time, as pairs of columns. */
interface Intervals {
  readonly froms: readonly number[];
  readonly tos: readonly number[];
}

const NOTHING: Intervals = { froms: [], tos: [] };

/**
 * Merges sources by time: at each instant only the samples of the best-ranked source that has one there count.
 * Samples of one source add up among themselves. A sample without length covers nothing, and counts unless a better
 * source covers its instant.
 */
export function mergeSources(samples: Samples, sourceCount: number, sink: ShareSink): void {
  let covered = NOTHING;
  for (const rows of groupByRank(samples, sourceCount).values()) {
    shareUncovered(samples, rows, covered, sink);
    covered = unite(covered, intervalsOf(samples, rows));
  }
}

/** Rows of each source that has any, best source first; rows in order of time. */
export function groupByRank(samples: Samples, sourceCount: number): Map<number, number[]> {
  const rows: (number[] | undefined)[] = Array.from({ length: sourceCount });
  for (let row = 0; row < samples.length; row++) (rows[samples.ranks[row] as number] ??= []).push(row);
  return new Map([...rows.entries()].flatMap(([rank, ofRank]) => (ofRank === undefined ? [] : [[rank, ofRank]])));
}

/** `rows` and `covered` are both in order of time, so that the first interval of interest only moves forward. */
function shareUncovered(samples: Samples, rows: readonly number[], covered: Intervals, sink: ShareSink): void {
  let first = 0;
  for (const row of rows) {
    const start = samples.starts[row] as number;
    const end = samples.ends[row] as number;
    while (first < covered.tos.length && (covered.tos[first] as number) <= start) first++;
    let position = start;
    for (let i = first; i < covered.froms.length && (covered.froms[i] as number) < Math.max(end, start + 1); i++) {
      const from = covered.froms[i] as number;
      if (end === start && from > start) break;
      if (from > position) sink(row, position, from);
      position = Math.max(position, covered.tos[i] as number);
    }
    if (end > position || (end === start && position === start)) sink(row, position, end);
  }
}

function intervalsOf(samples: Samples, rows: readonly number[]): Intervals {
  const froms: number[] = [];
  const tos: number[] = [];
  for (const row of rows) append(froms, tos, samples.starts[row] as number, samples.ends[row] as number);
  return { froms, tos };
}

/** Adds an interval that does not start before the last one did. */
function append(froms: number[], tos: number[], from: number, to: number): void {
  if (to <= from) return;
  const last = tos.length - 1;
  if (last >= 0 && from <= (tos[last] as number)) {
    tos[last] = Math.max(tos[last] as number, to);
    return;
  }
  froms.push(from);
  tos.push(to);
}

function unite(a: Intervals, b: Intervals): Intervals {
  const froms: number[] = [];
  const tos: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.froms.length || j < b.froms.length) {
    const takeA = j >= b.froms.length || (i < a.froms.length && (a.froms[i] as number) <= (b.froms[j] as number));
    if (takeA) append(froms, tos, a.froms[i] as number, a.tos[i++] as number);
    else append(froms, tos, b.froms[j] as number, b.tos[j++] as number);
  }
  return { froms, tos };
}
