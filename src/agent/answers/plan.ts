import { type MetricType, resolveMetric, metricType } from '../../services/metrics/metric-type';
import type { Statistic } from '../../services/aggregates/statistic';
import type { AskedPeriod, AskedStatistic, Grouping, Interpretation } from '../language/interpretation';

/** One call of `get_health_metrics`: metrics that are computed alike share it. */
export interface Plan {
  readonly metrics: readonly MetricType[];
  readonly period: AskedPeriod;
  readonly bucket: Grouping | 'none';
  /** Absent: what suits the metric. */
  readonly aggregations?: readonly Statistic[];
}

const DAY_MS = 25 * 3_600_000;

/** The calls that a question needs, in the order of its metrics and periods. */
export function plansOf(question: Interpretation): Plan[] {
  const metrics = question.metrics.map((name) => resolveMetric(name) ?? metricType(name));
  return question.periods.flatMap((period) => {
    const plans = new Map<string, { metrics: MetricType[] } & Omit<Plan, 'metrics'>>();
    for (const metric of metrics) {
      const need = needOf(metric, question, period);
      const key = JSON.stringify(need);
      const plan = plans.get(key);
      if (plan === undefined) plans.set(key, { metrics: [metric], period, ...need });
      else plan.metrics.push(metric);
    }
    return [...plans.values()];
  });
}

/** Amounts are looked at by day (their total, their mean, their best day), other values as a whole. */
function needOf(
  metric: MetricType,
  question: Interpretation,
  period: AskedPeriod,
): Pick<Plan, 'bucket' | 'aggregations'> {
  const isShort = !period.unbounded && period.to - period.from <= DAY_MS;
  const parts = question.grouping ?? (isShort ? 'none' : 'day');
  if (isSleep(metric) || question.statistics.includes('count')) return { bucket: 'none', aggregations: ['count'] };
  if (metric.kind === 'cumulative') return { bucket: parts, aggregations: ['sum'] };
  if (metric.defaultStatistic === 'duration') return { bucket: parts, aggregations: ['duration'] };
  if (metric.kind === 'category') return { bucket: question.grouping ?? 'none', aggregations: ['count'] };
  return measuredNeed(question, parts);
}

function measuredNeed(
  { statistics, grouping, which, listing }: Interpretation,
  parts: Plan['bucket'],
): Pick<Plan, 'bucket' | 'aggregations'> {
  const measured = statistics.filter((statistic) => statistic !== 'sum');
  // Extremes are told with their day, unless an average of the whole is asked for beside them.
  const isExtreme = measured.length > 0 && measured.every((statistic) => statistic === 'max' || statistic === 'min');
  const bucket = isExtreme || which || listing ? parts : (grouping ?? 'none');
  return { bucket, ...(measured.length > 0 && { aggregations: aggregationsFor(measured, which) }) };
}

// "Which day was my average heart rate highest": the days are told apart by their average, not by their peak.
function aggregationsFor(statistics: readonly AskedStatistic[], which: boolean): Statistic[] {
  return which && statistics.includes('avg') ? ['avg'] : [...statistics];
}

/** Nights need more than adding up records of devices that overlap. */
export function isSleep(metric: Pick<MetricType, 'name'>): boolean {
  return metric.name === 'SleepAnalysis';
}

export function toolArguments({ metrics, period, bucket, aggregations }: Plan): Record<string, unknown> {
  return {
    metric_types: metrics.map(({ name }) => name),
    time_period: period.text,
    ...(aggregations && { aggregations }),
    ...(bucket !== 'none' && { bucket }),
  };
}
