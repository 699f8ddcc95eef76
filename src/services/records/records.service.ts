import { EventLogger, LastKnownGood } from '@app/common';
import { Injectable } from '@nestjs/common';
import { metricType, type MetricType } from '../metrics/metric-type';
import type { Period } from '../periods/period';
import { noDataError } from './available-periods';
import type { ChunkSummary } from './chunk-index';
import { ChunkRepository } from './chunk.repository';
import { readHealthData } from './health-data-read';
import { type HealthRecord, sourceKey } from './health-record';
import { RecordPages, type SortOrder } from './record-pages';
import { decodeCursor, encodeCursor } from './record-cursor';
import { resolveUnbounded } from './unbounded-period';

export interface RecordsQuery {
  readonly metrics: readonly MetricType[];
  readonly period: Period;
  /** Only records of this source, whatever its spaces and apostrophes. */
  readonly source?: string;
  readonly order?: SortOrder;
  readonly limit: number;
  readonly cursor?: string;
}

export interface RecordPage {
  readonly period: Period;
  readonly records: readonly HealthRecord[];
  readonly nextCursor: string | null;
}

/** What a user has of one metric; times are epoch milliseconds. */
export interface HeldMetric {
  readonly metric: MetricType;
  readonly count: number;
  /** Start of the first and of the last record. */
  readonly first: number;
  readonly last: number;
  /** Units as given in the records. */
  readonly units: readonly string[];
  readonly sources: readonly string[];
}

/** Reads single records and says what is there. */
@Injectable()
export class RecordsService {
  constructor(
    private readonly chunks: ChunkRepository,
    private readonly lastKnownGood: LastKnownGood,
    private readonly events: EventLogger,
  ) {}

  /**
   * The records that start in the period, exactly as they were given, in order of start.
   * @throws HealthDataNotFoundError when none of the metrics has a record there
   * @throws ValidationError when the cursor is not one this query gave out
   * @throws InfrastructureError HEALTH_DATA_UNAVAILABLE
   */
  list(userId: string, query: RecordsQuery): Promise<RecordPage> {
    const read = { userId, operation: 'list_records', key: keyOf(query), weigh: weighPage };
    return readHealthData('list_records', () => this.lastKnownGood.read(read, () => this.page(userId, query)));
  }

  private async page(userId: string, query: RecordsQuery): Promise<RecordPage> {
    const started = performance.now();
    const order = query.order ?? 'asc';
    const key = query.source === undefined ? undefined : sourceKey(query.source);
    const scope = { metrics: query.metrics.map(({ id }) => id), source: key, order };
    const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, scope);
    const index = await this.chunks.index(
      userId,
      query.metrics.map(({ id }) => id),
    );
    const period = resolveUnbounded(query.period, [...index.values()].flat());
    const pages = new RecordPages(this.chunks, userId, index, { from: period.from, to: period.to }, order);
    const found = await pages.take(query.limit + 1, after, key);
    if (found.length === 0 && after === undefined) throw noDataError(query.metrics, period, index, key);
    const page = found.slice(0, query.limit);
    this.events.debug('health_data_retrieved', {
      operation: 'list',
      metrics: query.metrics.length,
      records: page.length,
      duration_ms: Math.round(performance.now() - started),
    });
    const last = page.at(-1);
    return {
      period,
      records: page.map(({ record }) => record),
      nextCursor: found.length > query.limit && last !== undefined ? encodeCursor(last.position, scope) : null,
    };
  }

  /** Everything a user has, by metric, in order of name. @throws InfrastructureError HEALTH_DATA_UNAVAILABLE */
  metrics(userId: string): Promise<HeldMetric[]> {
    const read = { userId, operation: 'list_metrics', key: '', weigh: weighMetrics };
    return readHealthData('list_metrics', () => this.lastKnownGood.read(read, () => this.held(userId)));
  }

  private async held(userId: string): Promise<HeldMetric[]> {
    const ids = await this.chunks.metrics(userId);
    const index = await this.chunks.index(userId, ids);
    return ids.map((id) => heldMetric(id, index.get(id) ?? [])).filter(({ count }) => count > 0);
  }
}

const METRIC_BYTES = 400;
const RECORD_BYTES = 200;

function keyOf({ metrics, ...query }: RecordsQuery): string {
  return JSON.stringify({ ...query, metrics: metrics.map(({ id }) => id) });
}

function weighPage({ records }: RecordPage): number {
  return records.length * RECORD_BYTES;
}

function weighMetrics(metrics: readonly HeldMetric[]): number {
  return metrics.length * METRIC_BYTES;
}

function heldMetric(id: string, index: readonly ChunkSummary[]): HeldMetric {
  const units = distinct(index.flatMap((summary) => summary.units.filter((unit) => unit !== null)));
  const names = new Map<string, string>();
  for (const { key, name } of index.flatMap(({ sources }) => sources)) {
    const known = names.get(key);
    if (known === undefined || name < known) names.set(key, name);
  }
  return {
    metric: metricType(id, units[0] ?? null),
    count: index.reduce((total, { count }) => total + count, 0),
    first: Math.min(...index.map(({ first }) => first)),
    last: Math.max(...index.map(({ last }) => last)),
    units,
    sources: [...names.values()].sort(),
  };
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
