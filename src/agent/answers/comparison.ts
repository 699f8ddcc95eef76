import type { HealthMetricsData, MetricData } from '../../tools/get-health-metrics/metrics-data';
import type { Statistic } from '../../services/aggregates/statistic';
import type { ToolCall } from '../responder/responder';
import type { Interpretation } from '../language/interpretation';
import type { Plan } from './plan';
import { isPlural } from './wording';

interface Side {
  readonly label: string;
  readonly value: number;
}

/** Which of two periods had more, by the values that were just told; nothing when they can't be set side by side. */
export function comparisonOf(
  question: Interpretation,
  answered: ReadonlyArray<{ readonly plan: Plan; readonly call: ToolCall }>,
): string[] {
  if (question.periods.length !== 2 || question.statistics.length > 1 || question.which) return [];
  return question.metrics.flatMap((name) => {
    const sides = answered.flatMap((each) => sideOf(name, question, each));
    const [a, b] = sides;
    if (a === undefined || b === undefined || sides.length !== 2) return [];
    const metric = displayName(name, answered);
    if (a.value === b.value) return [`Your ${metric} came to the same in both.`];
    return [`That is ${differenceWord(a.value > b.value, metric, question)} ${metric} ${a.label} than ${b.label}.`];
  });
}

function sideOf(name: string, question: Interpretation, { plan, call }: { plan: Plan; call: ToolCall }): Side[] {
  if (!call.result.success) return [];
  const data = call.result.data as HealthMetricsData;
  const metric = data.metrics.find(({ metric_type }) => metric_type === name);
  const value = metric && valueOf(metric, question, plan);
  return typeof value === 'number' ? [{ label: data.period.label, value }] : [];
}

function valueOf(
  metric: MetricData,
  { statistics }: Interpretation,
  { aggregations }: Plan,
): number | null | undefined {
  const [asked] = statistics;
  const [computed] = aggregations ?? (['latest', 'avg'] as const).filter((each) => each in (metric.buckets[0] ?? {}));
  if (computed === undefined) return undefined;
  const summary = metric.summary?.[computed];
  if (summary === undefined) return wholeOf(metric, computed);
  if (asked === 'max') return summary.highest.value;
  if (asked === 'min') return summary.lowest.value;
  return asked === 'avg' ? summary.mean : summary.total;
}

function wholeOf({ buckets }: MetricData, statistic: Statistic): number | null | undefined {
  const [whole] = buckets;
  return statistic === 'count' ? whole?.count : whole?.[statistic];
}

function displayName(name: string, answered: ReadonlyArray<{ readonly plan: Plan }>): string {
  return answered.flatMap(({ plan }) => plan.metrics).find((metric) => metric.name === name)?.displayName ?? name;
}

/** Amounts are more or less, measured values higher or lower. */
function differenceWord(isMore: boolean, metric: string, { statistics }: Interpretation): string {
  if (statistics.length > 0 && !statistics.includes('sum')) return isMore ? 'higher' : 'lower';
  if (isMore) return 'more';
  return isPlural(metric) ? 'fewer' : 'less';
}
