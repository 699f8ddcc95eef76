import { setTimeout as sleep } from 'node:timers/promises';
import { InfrastructureError, type RedisGateway } from '@app/common/core';
import { type Chunk, chunkOf, type MergedChunk, mergeChunks } from './chunk';
import { type ChunkAddress, ChunkRepository, type VersionedChunk, versionAfter } from './chunk.repository';
import type { HealthRecord } from './health-record';
import { type MonthSpan, monthSpan } from './months';

/** What came of the records that were added; times are epoch milliseconds. */
export interface WriteSummary {
  /** Records added, whether new or not. */
  readonly records: number;
  /** Records the store did not have. */
  readonly stored: number;
  readonly duplicates: number;
  /** Per metric: records added, start of the first and of the last. */
  readonly metrics: readonly MetricSummary[];
}

export interface MetricSummary {
  readonly metric: string;
  readonly count: number;
  readonly first: number;
  readonly last: number;
}

export interface RecordWriterOptions {
  /** Records held back before `full` asks for `drain`. */
  readonly bufferSize?: number;
}

interface Pending extends ChunkAddress {
  readonly records: HealthRecord[];
  /** A replacement whose outcome is not known: the reply may have been lost after it was done. */
  attempt?: { readonly version: number; readonly added: number };
}

const DEFAULT_BUFFER_SIZE = 40_000;
const CHUNKS_PER_ROUND = 16;
const MAX_ATTEMPTS = 200;
const CONFLICT_PAUSE_MS = 5;

/**
 * Adds records to a user's chunks. Records are held back and written chunk by chunk; a chunk that another writer
 * changed meanwhile is read and merged again, so that concurrent writers never lose a record.
 */
export class RecordWriter {
  private readonly repository: ChunkRepository;
  private readonly bufferSize: number;
  private readonly pending = new Map<string, Pending>();
  private readonly metrics = new Map<string, { count: number; first: number; last: number }>();
  private readonly touched = new Map<string, ChunkAddress>();
  private span: MonthSpan = { month: '', from: 0, to: 0 };
  private current: Pending | undefined;
  private buffered = 0;
  private records = 0;
  private stored = 0;

  constructor(
    redis: RedisGateway,
    private readonly userId: string,
    options: RecordWriterOptions = {},
  ) {
    this.repository = new ChunkRepository(redis);
    this.bufferSize = options.bufferSize ?? DEFAULT_BUFFER_SIZE;
  }

  /** Whether enough is held back that `drain` should be awaited before adding more. */
  get full(): boolean {
    return this.buffered >= this.bufferSize;
  }

  get summary(): WriteSummary {
    return {
      records: this.records,
      stored: this.stored,
      duplicates: this.records - this.buffered - this.stored,
      metrics: [...this.metrics].map(([metric, seen]) => ({ metric, ...seen })),
    };
  }

  /** The chunks that were changed so far, or may have been. */
  get changedChunks(): readonly ChunkAddress[] {
    return [...this.touched.values()];
  }

  add(record: HealthRecord): void {
    this.pendingOf(record).records.push(record);
    this.note(record);
    this.buffered++;
    this.records++;
  }

  /**
   * Writes everything held back, a round of chunks at a time, and calls `onRound` after each. Throws the errors of
   * `RedisGateway`; what was not written is still held back.
   */
  async drain(onRound?: () => void): Promise<void> {
    while (this.pending.size > 0) {
      const round = this.pending.values().take(CHUNKS_PER_ROUND).toArray();
      await this.writeRound(round);
      onRound?.();
    }
    this.current = undefined;
  }

  /** Writes the rest and says what came of it all. */
  async finish(): Promise<WriteSummary> {
    await this.drain();
    return this.summary;
  }

  private pendingOf(record: HealthRecord): Pending {
    const { start, metric } = record;
    const sameMonth = start >= this.span.from && start < this.span.to;
    if (sameMonth && this.current?.metric === metric) return this.current;
    if (!sameMonth) this.span = monthSpan(start);
    const id = idOf({ metric, month: this.span.month });
    let pending = this.pending.get(id);
    if (pending === undefined) {
      pending = { metric, month: this.span.month, records: [] };
      this.pending.set(id, pending);
    }
    this.current = pending;
    return pending;
  }

  private note({ metric, start }: HealthRecord): void {
    const seen = this.metrics.get(metric);
    if (seen === undefined) {
      this.metrics.set(metric, { count: 1, first: start, last: start });
      return;
    }
    seen.count++;
    if (start < seen.first) seen.first = start;
    if (start > seen.last) seen.last = start;
  }

  private async writeRound(round: readonly Pending[]): Promise<void> {
    let left = round.map((pending) => ({ pending, chunk: chunkOf(pending.records) }));
    for (let attempt = 1; left.length > 0; attempt++) {
      if (attempt > MAX_ATTEMPTS) {
        throw new InfrastructureError('REDIS_OPERATION_TIMEOUT', { details: { operation: 'replace_chunks' } });
      }
      // Every conflict means that another writer got on; a random pause keeps two of them out of step.
      if (attempt > 1) await sleep(Math.random() * CONFLICT_PAUSE_MS);
      left = await this.tryRound(left);
    }
  }

  /** Merges and replaces; returns what was changed by another writer in between. */
  private async tryRound(round: { pending: Pending; chunk: Chunk }[]): Promise<{ pending: Pending; chunk: Chunk }[]> {
    const held = await this.repository.read(
      this.userId,
      round.map(({ pending }) => pending),
    );
    const merges = round.map((entry, i) => {
      const { chunk: existing, version } = held[i] as VersionedChunk;
      return { ...entry, version, merged: mergeChunks(existing, entry.chunk) };
    });
    const changes = merges.filter(({ merged }) => merged.changed);
    const replacements = changes.map(({ pending, version, merged }) => {
      const nextVersion = versionAfter(version);
      pending.attempt = { version: nextVersion, added: merged.added };
      this.touched.set(idOf(pending), { metric: pending.metric, month: pending.month });
      return { metric: pending.metric, month: pending.month, version, nextVersion, chunk: merged.chunk };
    });
    const outcomes = await this.repository.replace(this.userId, replacements);
    const conflicts = new Set(changes.filter((_, i) => outcomes[i] !== true));
    for (const merge of merges) {
      if (conflicts.has(merge)) continue;
      this.settle(merge.pending, merge.version, merge.merged);
    }
    return [...conflicts];
  }

  private settle(pending: Pending, version: number, { added, changed }: MergedChunk): void {
    const { attempt } = pending;
    // All there already, in the version an earlier attempt would have made: that attempt was done, and not told of.
    const wasDone = !changed && attempt !== undefined && attempt.version === version;
    this.pending.delete(idOf(pending));
    if (this.current === pending) this.current = undefined;
    this.buffered -= pending.records.length;
    this.stored += wasDone ? attempt.added : added;
  }
}

function idOf({ metric, month }: ChunkAddress): string {
  return `${metric} ${month}`;
}
