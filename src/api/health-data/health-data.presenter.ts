import type { AggregateBucket, MetricAggregate, Statistic } from '../../services/aggregates/aggregates.service';
import type { MetricType } from '../../services/metrics/metric-type';
import { differenceFromCanonical, fromCanonical, type UnitSystem } from '../../services/metrics/units';
import { formatWithOffset } from '../../services/periods/calendar';
import type { Period } from '../../services/periods/period';
import { metricType } from '../../services/metrics/metric-type';
import type { HealthRecord } from '../../services/records/health-record';
import type { HeldMetric } from '../../services/records/records.service';
import type { BucketAnswer, HeldMetricAnswer, MetricAnswer, PeriodAnswer, RecordAnswer } from './health-data.answers';

export function presentPeriod({ from, to, timeZone, label }: Period): PeriodAnswer {
  return { from: formatWithOffset(from, timeZone), to: formatWithOffset(to, timeZone), time_zone: timeZone, label };
}

export function presentRecord(record: HealthRecord, timeZone: string): RecordAnswer {
  return {
    metric_type: metricType(record.metric).name,
    value: record.value,
    unit: record.unit,
    start: formatWithOffset(record.start, timeZone),
    end: formatWithOffset(record.end, timeZone),
    source: record.source,
  };
}

export function presentHeldMetric(held: HeldMetric, timeZone: string): HeldMetricAnswer {
  const { metric, count, first, last, sources } = held;
  return {
    metric_type: metric.name,
    identifier: metric.id,
    display_name: metric.displayName,
    unit: metric.unit,
    kind: metric.kind,
    count,
    first: formatWithOffset(first, timeZone),
    last: formatWithOffset(last, timeZone),
    sources: [...sources],
  };
}

export function presentAggregate(aggregate: MetricAggregate, timeZone: string, units: UnitSystem): MetricAnswer {
  const { metric } = aggregate;
  return {
    metric_type: metric.name,
    unit: converts(metric, units) ? fromCanonical(0, metric, units).unit : metric.unit,
    buckets: aggregate.buckets.map((bucket) => presentBucket(bucket, metric, timeZone, units)),
  };
}

function presentBucket(bucket: AggregateBucket, metric: MetricType, timeZone: string, units: UnitSystem): BucketAnswer {
  const answer: BucketAnswer = {
    from: formatWithOffset(bucket.from, timeZone),
    to: formatWithOffset(bucket.to, timeZone),
    count: bucket.count,
  };
  for (const [stat, value] of Object.entries(bucket.stats) as [Statistic, number | null][]) {
    if (stat === 'count') continue;
    answer[stat] = value === null || !converts(metric, units) ? value : convertStatistic(stat, value, metric, units);
  }
  if (bucket.latestAt !== undefined) answer.latest_at = formatWithOffset(bucket.latestAt, timeZone);
  return answer;
}

/** Metric answers are in the canonical unit, but for fractions, which people read as percentages. */
function converts(metric: MetricType, units: UnitSystem): boolean {
  return metric.kind !== 'category' && (units === 'imperial' || metric.dimension === 'fraction');
}

function convertStatistic(stat: Statistic, value: number, metric: MetricType, units: UnitSystem): number {
  const convert = stat === 'stddev' ? differenceFromCanonical : fromCanonical;
  return convert(value, metric, units).value;
}
