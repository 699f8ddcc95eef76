import { type Chunk, chunkRecord } from './chunk';
import type { ChunkSummary } from './chunk-index';
import type { ChunkRepository } from './chunk.repository';
import type { HealthRecord } from './health-record';

export type SortOrder = 'asc' | 'desc';

/** A record's place in a list: its start, its metric's number in the query, and its number among equals of these. */
export interface Position {
  readonly start: number;
  readonly metric: number;
  readonly row: number;
}

export interface PlacedRecord {
  readonly position: Position;
  readonly record: HealthRecord;
}

interface Row {
  readonly chunk: Chunk;
  readonly metric: number;
  readonly index: number;
  readonly position: Position;
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
    for (const month of this.months(after)) {
      const rows = await this.rowsOf(month, after, source);
      for (const { chunk, metric, index, position } of rows) {
        found.push({ position, record: chunkRecord(chunk, index, this.metrics[metric] as string) });
        if (found.length === count) return found;
      }
    }
    return found;
  }

  /** Months with records of the range that are not all before `after`, in the order of the list. */
  private months(after: Position | undefined): string[] {
    const wanted = [...this.index.values()].flat().filter(({ first, last }) => {
      if (first >= this.range.to || last < this.range.from) return false;
      if (after === undefined) return true;
      return this.order === 'asc' ? last >= after.start : first <= after.start;
    });
    const months = [...new Set(wanted.map(({ month }) => month))].sort((a, b) => Number(a) - Number(b));
    return this.order === 'asc' ? months : months.reverse();
  }

  private async rowsOf(month: string, after: Position | undefined, source: string | undefined): Promise<Row[]> {
    const chunks = await this.chunks.read(
      this.userId,
      this.metrics.map((metric) => ({ metric, month })),
    );
    const rows = chunks.flatMap(({ chunk }, metric) => this.select(chunk, metric, source));
    const sign = this.order === 'asc' ? 1 : -1;
    const rest = after === undefined ? rows : rows.filter((row) => sign * comparePositions(row.position, after) > 0);
    return rest.sort((a, b) => sign * comparePositions(a.position, b.position));
  }

  private select(chunk: Chunk, metric: number, source: string | undefined): Row[] {
    const rows: Row[] = [];
    let number = 0;
    for (let index = 0; index < chunk.length; index++) {
      const start = chunk.starts[index] as number;
      number = index > 0 && start === chunk.starts[index - 1] ? number + 1 : 0;
      if (start < this.range.from || start >= this.range.to) continue;
      if (source !== undefined && chunk.sourceTable[chunk.sources[index] as number]?.key !== source) continue;
      rows.push({ chunk, metric, index, position: { start, metric, row: number } });
    }
    return rows;
  }
}

function comparePositions(a: Position, b: Position): number {
  return a.start - b.start || a.metric - b.metric || a.row - b.row;
}
