import { Injectable } from '@nestjs/common';
import {
  type AggregateBucket,
  type AggregateQuery,
  AggregatesService,
  type MetricAggregate,
} from '../../services/aggregates/aggregates.service';
import type { Statistic } from '../../services/aggregates/statistic';
import type { MetricType } from '../../services/metrics/metric-type';
import { differenceFromCanonical, fromCanonical, type UnitSystem } from '../../services/metrics/units';
import { bucketBoundaries, type BucketSize, formatWithOffset } from '../../services/periods/calendar';
import { type HealthArguments, HealthArgumentsReader } from '../arguments/health-arguments.service';
import { periodData } from '../arguments/period-data';
import { Tool, type ToolContext } from '../registry/tool';
import { GetHealthMetricsArguments } from './get-health-metrics.dto';
import type { BucketData, HealthMetricsData, MetricData } from './metrics-data';
import { type Calendar, summarize } from './summarize';

const ADDS_UP: readonly Statistic[] = ['sum', 'duration', 'count'];

type Day = Pick<AggregateBucket, 'from' | 'count' | 'stats'>;

@Injectable()
export class GetHealthMetricsTool extends Tool<GetHealthMetricsArguments, HealthMetricsData> {
  readonly name = 'get_health_metrics';
  readonly description =
    'Statistics of health metrics over a time period: totals, averages, extremes, latest values. With a bucket also ' +
    'per hour, day, week, month or year, and a summary of the parts (highest, lowest, mean). Steps and other ' +
    'amounts that several devices count at once are counted once.';
  readonly argumentsType = GetHealthMetricsArguments;

  constructor(
    private readonly read: HealthArgumentsReader,
    private readonly aggregates: AggregatesService,
  ) {
    super();
  }

  async run(args: GetHealthMetricsArguments, { userId, signal }: ToolContext): Promise<HealthMetricsData> {
    const asked = await this.read.read(userId, args.metric_types, args.time_period);
    const bucket = args.bucket ?? 'none';
    const query = queryOf(asked, bucket, args.aggregations);
    signal.throwIfAborted();
    const { period, metrics } = await this.aggregates.aggregate(userId, query);
    signal.throwIfAborted();
    const days = await this.days(userId, { ...query, period }, asked.now);
    return {
      period: periodData(period),
      bucket,
      metrics: metrics.map((each) => metricData(each, { ...asked, period }, bucket, days?.get(each.metric.id))),
    };
  }

  /** The days there were so far, by metric; undefined where coverage in days says nothing. */
  private async days(userId: string, query: AggregateQuery, now: number): Promise<Map<string, Day[]> | undefined> {
    const { period, weekStart, stats, ...asked } = query;
    if (period.unbounded || bucketBoundaries(period, 'day', period.timeZone, weekStart).length <= 2) return undefined;
    // A day that holds only a share of a sample begun the day before has no count of its own, but it has an amount.
    const adding = stats?.filter((statistic) => ADDS_UP.includes(statistic));
    const dayStats = adding === undefined ? {} : { stats: adding.length > 0 ? adding : (['count'] as const) };
    const daily: AggregateQuery = { ...asked, period, weekStart, bucket: 'day', ...dayStats };
    const { metrics } = await this.aggregates.aggregate(userId, daily);
    return new Map(metrics.map(({ metric, buckets }) => [metric.id, buckets.filter(({ from }) => from <= now)]));
  }
}

function queryOf(asked: HealthArguments, bucket: BucketSize, stats: readonly Statistic[] | undefined): AggregateQuery {
  const { metrics, period, preferences } = asked;
  return { metrics, period, bucket, weekStart: preferences.weekStart, ...(stats?.length && { stats }) };
}

function metricData(
  aggregate: MetricAggregate,
  { preferences, period, now }: HealthArguments,
  bucket: BucketSize,
  days: readonly Day[] | undefined,
): MetricData {
  const { metric, buckets } = aggregate;
  const { units } = preferences;
  const { timeZone } = period;
  const shown = buckets.map((each) => ({ ...each, stats: shownStats(each, metric, units) }));
  return {
    metric_type: metric.name,
    name: metric.displayName,
    kind: metric.kind,
    unit: fromCanonical(0, metric, units).unit,
    ...(days && { days_with_data: days.filter(hasData).length, days_in_period: days.length }),
    ...(bucket !== 'none' && { summary: summaryOf(shown, { bucket, timeZone, now }) }),
    buckets: shown.map((each) => bucketData(each, timeZone)),
  };
}

function shownStats(
  { stats }: AggregateBucket,
  metric: MetricType,
  units: UnitSystem,
): Partial<Record<Statistic, number | null>> {
  const entries = Object.entries(stats) as Array<[Statistic, number | null]>;
  return Object.fromEntries(
    entries.map(([statistic, value]) => [
      statistic,
      value === null ? null : finite(shownValue(statistic, value, metric, units)),
    ]),
  );
}

function hasData({ count, stats }: Day): boolean {
  return count > 0 || ADDS_UP.some((statistic) => (stats[statistic] ?? 0) !== 0);
}

/** A sum can grow beyond what a number holds: then there is no value to tell. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function shownValue(statistic: Statistic, value: number, metric: MetricType, units: UnitSystem): number {
  if (statistic === 'count') return value;
  // A spread is a difference: 1 °C of it is 1.8 °F.
  const convert = statistic === 'stddev' ? differenceFromCanonical : fromCanonical;
  return convert(value, metric, units).value;
}

function summaryOf(
  buckets: readonly AggregateBucket[],
  calendar: Omit<Calendar, 'addsUp'>,
): NonNullable<MetricData['summary']> {
  const statistics = Object.keys(buckets[0]?.stats ?? {}) as Statistic[];
  return Object.fromEntries(
    statistics.map((statistic) => [
      statistic,
      summarize(
        buckets.map(({ from, to, count, stats }) => ({ from, to, count, value: stats[statistic] })),
        { ...calendar, addsUp: ADDS_UP.includes(statistic) },
      ),
    ]),
  );
}

function bucketData({ from, to, count, stats, latestAt }: AggregateBucket, timeZone: string): BucketData {
  const { count: _counted, ...measured } = stats;
  return {
    from: formatWithOffset(from, timeZone),
    to: formatWithOffset(to, timeZone),
    count,
    ...measured,
    ...(latestAt !== undefined && 'latest' in stats && { latest_at: formatWithOffset(latestAt, timeZone) }),
  };
}
