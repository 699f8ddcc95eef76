import { currentContext, EventLogger, LastKnownGood } from '@app/common';
import { Injectable } from '@nestjs/common';
import { metricType, type MetricType } from '../metrics/metric-type';
import { bucketBoundaries, type BucketSize } from '../periods/calendar';
import type { Period, WeekStart } from '../periods/period';
import { noDataError } from '../records/available-periods';
import type { ChunkSummary } from '../records/chunk-index';
import { ChunkRepository } from '../records/chunk.repository';
import { readHealthData } from '../records/health-data-read';
import { resolveUnbounded } from '../records/unbounded-period';
import { type AggregateBucket, bucketStatistics } from './bucket-statistics';
import {
  type BucketFigures,
  figuresFromRollups,
  figuresFromSamples,
  fitSlots,
  namedSource,
  type SourceSelection,
} from './bucket-figures';
import { assertFigures } from './figure-limit';
import { inputsOf, RollupStore } from './rollup-store';
import { samplesOf } from './samples';
import { rankSources } from './source-rank';
import { defaultStatistic, needsSamples, type Statistic } from './statistic';

export type { AggregateBucket, Statistic };

export interface AggregateQuery {
  readonly metrics: readonly MetricType[];
  readonly period: Period;
  readonly bucket: BucketSize;
  /** Omitted: each metric's own default. */
  readonly stats?: readonly Statistic[];
  /** `merged` (default), `all`, or the name of one source. */
  readonly sources?: SourceSelection;
  readonly weekStart?: WeekStart;
}

export interface MetricAggregate {
  readonly metric: MetricType;
  readonly unit: string;
  readonly buckets: readonly AggregateBucket[];
}

export interface Aggregates {
  readonly period: Period;
  readonly metrics: readonly MetricAggregate[];
}

/** Statistics of health data over calendar buckets. */
@Injectable()
export class AggregatesService {
  constructor(
    private readonly chunks: ChunkRepository,
    private readonly rollups: RollupStore,
    private readonly lastKnownGood: LastKnownGood,
    private readonly events: EventLogger,
  ) {}

  /**
   * Aggregates each metric over the buckets of the period; buckets without data are there, with count 0.
   * @throws HealthDataNotFoundError when none of the metrics has anything in the period
   * @throws ValidationError when the period has too many buckets
   * @throws InfrastructureError HEALTH_DATA_UNAVAILABLE
   */
  aggregate(userId: string, query: AggregateQuery): Promise<Aggregates> {
    const read = { userId, operation: 'aggregate', key: keyOf(query), weigh };
    return readHealthData('aggregate', () => this.lastKnownGood.read(read, () => this.compute(userId, query)));
  }

  private async compute(userId: string, query: AggregateQuery): Promise<Aggregates> {
    const started = performance.now();
    const index = await this.chunks.index(
      userId,
      query.metrics.map(({ id }) => id),
    );
    const period = resolveUnbounded(query.period, [...index.values()].flat());
    assertFigures(period, query.bucket, query.metrics, query.stats);
    const boundaries = bucketBoundaries(period, query.bucket, period.timeZone, query.weekStart);
    const metrics: Awaited<ReturnType<typeof this.aggregateMetric>>[] = [];
    // One after another: others get their turn in between, and nobody holds all the data at once.
    for (const metric of query.metrics) {
      currentContext()?.signal?.throwIfAborted();
      metrics.push(await this.aggregateMetric(userId, metric, index.get(metric.id) ?? [], boundaries, query));
    }
    const found = metrics.filter(({ hasData }) => hasData).length;
    if (found === 0) throw noDataError(query.metrics, period, index, namedSource(query.sources));
    this.events.debug('health_data_retrieved', {
      operation: 'aggregate',
      metrics: found,
      records: metrics.reduce((total, { records }) => total + records, 0),
      duration_ms: Math.round(performance.now() - started),
    });
    return { period, metrics: metrics.map(({ aggregate }) => aggregate) };
  }

  private async aggregateMetric(
    userId: string,
    requested: MetricType,
    index: readonly ChunkSummary[],
    boundaries: readonly number[],
    query: AggregateQuery,
  ): Promise<{ aggregate: MetricAggregate; hasData: boolean; records: number }> {
    const metric = requested.known ? requested : metricType(requested.id, index[0]?.units[0] ?? null);
    const stats = query.stats ?? [defaultStatistic(metric)];
    const selection = query.sources ?? 'merged';
    const exact = !fitSlots(boundaries) || stats.some((stat) => needsSamples(stat, metric));
    const figures = exact
      ? await this.fromSamples(userId, metric, index, boundaries, selection)
      : await this.fromRollups(userId, metric, index, boundaries, selection);
    const buckets = bucketStatistics(figures, metric, stats, boundaries);
    const records = buckets.reduce((total, { count }) => total + count, 0);
    const hasData = records > 0 || figures.tally.sum.some((sum) => sum !== 0);
    return { aggregate: { metric, unit: metric.unit, buckets }, hasData, records };
  }

  private async fromRollups(
    userId: string,
    metric: MetricType,
    index: readonly ChunkSummary[],
    boundaries: readonly number[],
    selection: SourceSelection,
  ): Promise<BucketFigures> {
    const months = await this.rollups.months(userId, metric, index, rangeOf(boundaries));
    return figuresFromRollups(months, boundaries, selection);
  }

  private async fromSamples(
    userId: string,
    metric: MetricType,
    index: readonly ChunkSummary[],
    boundaries: readonly number[],
    selection: SourceSelection,
  ): Promise<BucketFigures & { samples: ReturnType<typeof samplesOf> }> {
    const sources = rankSources(index);
    const inputs = inputsOf(rangeOf(boundaries), metric, index);
    const read = await this.chunks.read(
      userId,
      inputs.map(({ month }) => ({ metric: metric.id, month })),
    );
    const samples = samplesOf(
      read.map(({ chunk }) => chunk),
      metric,
      sources,
    );
    return { ...figuresFromSamples(samples, metric, sources, boundaries, selection), samples };
  }
}

const BUCKET_BYTES = 150;
const FIGURE_BYTES = 40;

function keyOf({ metrics, ...query }: AggregateQuery): string {
  return JSON.stringify({ ...query, metrics: metrics.map(({ id }) => id) });
}

function weigh({ metrics }: Aggregates): number {
  return metrics.reduce((total, { buckets }) => {
    const figures = Object.keys(buckets[0] ?? {}).length;
    return total + buckets.length * (BUCKET_BYTES + figures * FIGURE_BYTES);
  }, 0);
}

function rangeOf(boundaries: readonly number[]): { from: number; to: number } {
  return { from: boundaries[0] as number, to: boundaries[boundaries.length - 1] as number };
}
