import { defaultStatistic } from '../../services/aggregates/statistic';
import type { AggregateBucket, MetricAggregate, Statistic } from '../../services/aggregates/aggregates.service';
import { metricType, type MetricType } from '../../services/metrics/metric-type';
import type { UnitSystem } from '../../services/metrics/units';
import { formatWithOffset } from '../../services/periods/calendar';
import type { Period } from '../../services/periods/period';
import type { HealthRecord } from '../../services/records/health-record';
import type { PushResult } from '../../services/records/push.service';
import type { HeldMetric } from '../../services/records/records.service';
import { answerUnit, answerValue } from './answer-units';
import type {
  BucketAnswer,
  HeldMetricAnswer,
  MetricAnswer,
  PeriodAnswer,
  PushAnswer,
  RecordAnswer,
} from './health-data.answers';

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

export function presentHeldMetric(held: HeldMetric, timeZone: string, units: UnitSystem): HeldMetricAnswer {
  const { metric, count, first, last, sources } = held;
  return {
    metric_type: metric.name,
    identifier: metric.id,
    display_name: metric.displayName,
    unit: answerUnit(metric, units, [defaultStatistic(metric)]),
    kind: metric.kind,
    count,
    first: formatWithOffset(first, timeZone),
    last: formatWithOffset(last, timeZone),
    sources: [...sources],
  };
}

export function presentAggregate(aggregate: MetricAggregate, timeZone: string, units: UnitSystem): MetricAnswer {
  const { metric, buckets } = aggregate;
  const stats = Object.keys(buckets[0]?.stats ?? {}) as Statistic[];
  return {
    metric_type: metric.name,
    unit: answerUnit(metric, units, stats),
    buckets: buckets.map((bucket) => presentBucket(bucket, metric, timeZone, units)),
  };
}

function presentBucket(bucket: AggregateBucket, metric: MetricType, timeZone: string, units: UnitSystem): BucketAnswer {
  const answer: BucketAnswer = {
    from: formatWithOffset(bucket.from, timeZone),
    to: formatWithOffset(bucket.to, timeZone),
    count: bucket.count,
  };
  for (const [stat, value] of Object.entries(bucket.stats) as [Statistic, number | null][]) {
    if (stat !== 'count') answer[stat] = value === null ? null : answerValue(stat, value, metric, units);
  }
  if (bucket.latestAt !== undefined) answer.latest_at = formatWithOffset(bucket.latestAt, timeZone);
  return answer;
}

export function presentPush({ errorsOmitted, ...result }: PushResult): PushAnswer {
  return { ...result, errors_omitted: errorsOmitted };
}
