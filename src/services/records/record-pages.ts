import { type Chunk, chunkRecord } from './chunk';
import type { ChunkSummary } from './chunk-index';
import type { ChunkRepository } from './chunk.repository';
import { type HealthRecord, sourceKey } from './health-record';
import { digest } from './digest';

const IDENTITY_LENGTH = 11;

export type SortOrder = 'asc' | 'desc';

/** A record's place in a list: its start, its metric's number in the query, and which it is among equals of these. */
export interface Position {
  readonly start: number;
  readonly metric: number;
  /** Fingerprint of the rest of its identity. */
  readonly identity: string;
}

export interface PlacedRecord {
  readonly position: Position;
  readonly record: HealthRecord;
}

interface Row {
  readonly chunk: Chunk;
  readonly metric: number;
  readonly index: number;
  readonly start: number;
}

/** Walks the records of several metrics, month by month, in order of start. */
export class RecordPages {
  private readonly metrics: readonly string[];

  constructor(
    private readonly chunks: ChunkRepository,
    private readonly userId: string,
    private readonly index: ReadonlyMap<string, readonly ChunkSummary[]>,
    private readonly range: { readonly from: number; readonly to: number },
    private readonly order: SortOrder,
  ) {
    this.metrics = [...index.keys()];
  }

  /** At most `count` records after `after`; only those of `source` (a source key) when given. */
  async take(count: number, after: Position | undefined, source: string | undefined): Promise<PlacedRecord[]> {
    const found: PlacedRecord[] = [];
    for (const month of this.months(after, source)) {
      const rows = await this.rowsOf(month, source);
      const first = after === undefined ? 0 : this.firstAfter(rows, after);
      for (const row of rows.slice(first, first + count - found.length)) found.push(this.place(row));
      if (found.length === count) return found;
    }
    return found;
  }

  /** Months with records of the range, and of the source, that are not all before `after`, in the order of the list. */
  private months(after: Position | undefined, source: string | undefined): string[] {
    const wanted = [...this.index.values()].flat().filter(({ first, last, sources }) => {
      if (first >= this.range.to || last < this.range.from) return false;
      if (source !== undefined && !sources.some(({ key }) => key === source)) return false;
      if (after === undefined) return true;
      return this.order === 'asc' ? last >= after.start : first <= after.start;
    });
    const months = [...new Set(wanted.map(({ month }) => month))].sort((a, b) => Number(a) - Number(b));
    return this.order === 'asc' ? months : months.reverse();
  }

  private async rowsOf(month: string, source: string | undefined): Promise<Row[]> {
    const chunks = await this.chunks.read(
      this.userId,
      this.metrics.map((metric) => ({ metric, month })),
    );
    const rows = chunks.flatMap(({ chunk }, metric) => this.select(chunk, metric, source));
    rows.sort(compareRows);
    return this.order === 'asc' ? rows : rows.reverse();
  }

  private select(chunk: Chunk, metric: number, source: string | undefined): Row[] {
    const rows: Row[] = [];
    for (let index = 0; index < chunk.length; index++) {
      const start = chunk.starts[index] as number;
      if (start < this.range.from || start >= this.range.to) continue;
      if (source !== undefined && chunk.sourceTable[chunk.sources[index] as number]?.key !== source) continue;
      rows.push({ chunk, metric, index, start });
    }
    return rows;
  }

  /** Where the list goes on: after the record itself, or, should it be gone, after what came before it. */
  private firstAfter(rows: readonly Row[], after: Position): number {
    const sign = this.order === 'asc' ? 1 : -1;
    const isBefore = ({ start, metric }: Row): boolean => sign * (start - after.start || metric - after.metric) < 0;
    const isEqual = ({ start, metric }: Row): boolean => start === after.start && metric === after.metric;
    const first = rows.findIndex((row) => !isBefore(row));
    if (first === -1) return rows.length;
    for (let i = first; i < rows.length && isEqual(rows[i] as Row); i++) {
      if (this.place(rows[i] as Row).position.identity === after.identity) return i + 1;
    }
    return first;
  }

  private place({ chunk, metric, index, start }: Row): PlacedRecord {
    const record = chunkRecord(chunk, index, this.metrics[metric] as string);
    const rest = [record.end, record.value, sourceKey(record.source), record.unit];
    return { record, position: { start, metric, identity: digest(rest, IDENTITY_LENGTH) } };
  }
}

/** By start, then metric; the rows of a chunk are in order already. */
function compareRows(a: Row, b: Row): number {
  return a.start - b.start || a.metric - b.metric || a.index - b.index;
}
