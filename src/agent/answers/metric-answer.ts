import type { HealthMetricsData, MetricData, StatisticSummary } from '../../tools/get-health-metrics/metrics-data';
import type { Statistic } from '../../services/aggregates/statistic';
import type { AskedStatistic, Interpretation } from '../language/interpretation';
import { at, type MetricFacts, named } from './metric-facts';
import { listing } from './listing';
import { isSleep, type Plan } from './plan';
import { clockTime, formatNumber, periodPhrase, quantity, wasOrWere, weekdayDate } from './wording';

/** What is to be said of one metric in one period. All numbers are those of the tool. */
export function answerMetric(
  data: HealthMetricsData,
  metric: MetricData,
  question: Interpretation,
  plan: Plan,
): string {
  const facts: MetricFacts = { metric, data, question, plan, when: periodPhrase(data.period) };
  if (metric.buckets.every(({ count }) => count === 0) && !hasValues(metric)) {
    return `There is no ${metric.name} data ${facts.when}.`;
  }
  if (isSleep({ name: metric.metric_type })) return sleepAnswer(facts);
  const sentences = plan.aggregations?.[0] === 'count' ? [countAnswer(facts)] : measuredAnswers(facts);
  return [...sentences, isOfOneMoment(plan, metric) ? '' : coverage(metric), question.listing ? listing(facts) : '']
    .filter(Boolean)
    .join(' ');
}

/** A sum can be there without a count: a sample that began before the period reaches into it. */
function hasValues({ buckets }: MetricData): boolean {
  return buckets.some(({ sum, duration }) => (sum ?? 0) !== 0 || (duration ?? 0) !== 0);
}

function measuredAnswers(facts: MetricFacts): string[] {
  const { metric, question, plan } = facts;
  const adding = plan.aggregations?.[0];
  if (adding === 'sum' || adding === 'duration') return amountAnswers(facts, adding);
  if (question.which && metric.summary !== undefined) return [whichAnswer(facts)];
  const statistics = (plan.aggregations ?? statisticsIn(metric)) as readonly AskedStatistic[];
  return statistics.map((statistic) => valueAnswer(facts, statistic));
}

function statisticsIn({ buckets }: MetricData): AskedStatistic[] {
  const [first] = buckets;
  return (['latest', 'avg', 'sum', 'max', 'min', 'median'] as const).filter(
    (statistic) => first !== undefined && statistic in first,
  );
}

/** Steps, distances, energy, durations: totals, and what stands out among the parts. */
function amountAnswers(facts: MetricFacts, statistic: 'sum' | 'duration'): string[] {
  const { metric, question, when, data } = facts;
  const summary = metric.summary?.[statistic];
  const asked = question.statistics;
  if (summary === undefined) return [wholeTotal(facts, statistic)];
  if (question.which) return [whichAnswer(facts)];
  const part = data.bucket;
  const amount = (value: number): string => quantity(value, metric.unit);
  const answers: Partial<Record<AskedStatistic, () => string>> = {
    avg: () => `Your average ${metric.name} per ${part} ${when} ${wasOrWere(metric.name)} ${amount(summary.mean)}${over(summary, facts)}.`,
    median: () => `Your median ${metric.name} per ${part} ${when} ${wasOrWere(metric.name)} ${amount(summary.median)}.`,
    max: () => `Your highest ${metric.name} in one ${part} ${when} ${wasOrWere(metric.name)} ${amount(summary.highest.value)}, ${at(summary.highest.from, facts)}.`,
    min: () => `Your lowest ${metric.name} in one ${part} ${when} ${wasOrWere(metric.name)} ${amount(summary.lowest.value)}, ${at(summary.lowest.from, facts)}.`,
    sum: () => totalWithMean(facts, summary),
  }; // prettier-ignore
  const said = asked.flatMap((each) => answers[each]?.() ?? []);
  return said.length > 0 ? said : [totalWithMean(facts, summary)];
}

function totalWithMean(facts: MetricFacts, summary: StatisticSummary): string {
  const { metric, data } = facts;
  const mean = `${quantity(summary.mean, metric.unit)} per ${data.bucket} on average${over(summary, facts)}`;
  return total(facts, summary.total ?? 0).replace(/\.$/, `: ${mean}.`);
}

function wholeTotal(facts: MetricFacts, statistic: 'sum' | 'duration'): string {
  const { metric, data, when } = facts;
  const value = data.bucket === 'none' ? metric.buckets[0]?.[statistic] : undefined;
  if (typeof value === 'number') return total(facts, value);
  return `The ${metric.name} data ${when} adds up to no number that I could tell you.`;
}

function total({ metric, when }: MetricFacts, value: number): string {
  return `Your total ${metric.name} ${when} ${wasOrWere(metric.name)} ${quantity(value, metric.unit)}.`;
}

/** Over how many parts a mean was taken, where that is not all of them. */
function over(summary: StatisticSummary, { metric, data }: MetricFacts): string {
  if (data.bucket === 'day') return overDays(summary, metric);
  const whole = summary.mean_over < metric.buckets.length ? ' whole' : '';
  return ` (over ${formatNumber(summary.mean_over, 0)}${whole} ${data.bucket}${summary.mean_over === 1 ? '' : 's'})`;
}

/** Of what happens now and then, nothing else says how few days its mean was taken over. */
function overDays({ mean_over: held }: StatisticSummary, { kind, days_in_period: all }: MetricData): string {
  if (kind !== 'category' || all === undefined || held >= all) return '';
  return ` (over the ${formatNumber(held, 0)} of ${formatNumber(all, 0)} days with data)`;
}

function whichAnswer(facts: MetricFacts): string {
  const { metric, question, data, when } = facts;
  const lowest = question.statistics.includes('min') && !question.statistics.includes('max');
  const entries = Object.entries(metric.summary ?? {}) as Array<[Statistic, StatisticSummary | undefined]>;
  const [statistic, summary] = entries.find(([name]) => name === (lowest ? 'min' : 'max')) ?? entries[0] ?? [];
  if (statistic === undefined || summary === undefined) return `There is no ${metric.name} data ${when}.`;
  const best = lowest ? summary.lowest : summary.highest;
  const kind = { avg: 'average ', latest: 'latest ', median: 'median ' }[statistic as string] ?? '';
  const value = statistic === 'count' ? formatNumber(best.value, 0) : quantity(best.value, metric.unit);
  return `The ${data.bucket} with your ${lowest ? 'lowest' : 'highest'} ${kind}${metric.name} ${when} was ${named(best.from, facts)}: ${value}.`;
}

const NAMES: Partial<Record<AskedStatistic, string>> = {
  avg: 'average',
  median: 'median',
  p95: '95th percentile of',
  stddev: 'standard deviation of',
  latest: 'latest',
  max: 'highest',
  min: 'lowest',
};

/** A measured value: heart rate, weight, temperature. */
function valueAnswer(facts: MetricFacts, statistic: AskedStatistic): string {
  const { metric, when } = facts;
  const name = NAMES[statistic] ?? statistic;
  const summary = metric.summary?.[statistic];
  if (summary === undefined) return wholeAnswer(facts, statistic, name);
  if (statistic !== 'max' && statistic !== 'min') return groupedAnswer(facts, name, summary);
  const best = statistic === 'max' ? summary.highest : summary.lowest;
  return `Your ${name} ${metric.name} ${when} was ${quantity(best.value, metric.unit)}, ${at(best.from, facts)}.`;
}

/** The value of the period as a whole. */
function wholeAnswer({ metric, when, question }: MetricFacts, statistic: AskedStatistic, name: string): string {
  const [whole] = metric.buckets;
  const value = whole?.[statistic];
  if (typeof value !== 'number') {
    return `There is too little ${metric.name} data ${when} for its ${name.replace(/ of$/, '')}.`;
  }
  const latestAt = statistic === 'latest' ? whole?.latest_at : undefined;
  const moment = latestAt === undefined ? '' : `, measured on ${weekdayDate(latestAt)} at ${clockTime(latestAt)}`;
  const within = statistic === 'latest' && question.periodAssumed ? '' : ` ${when}`;
  return `Your ${name} ${metric.name}${within} was ${quantity(value, metric.unit)}${moment}.`;
}

function groupedAnswer(facts: MetricFacts, name: string, summary: StatisticSummary): string {
  const { metric, when, data } = facts;
  const highest = `${quantity(summary.highest.value, metric.unit)} (${named(summary.highest.from, facts)})`;
  const lowest = `${quantity(summary.lowest.value, metric.unit)} (${named(summary.lowest.from, facts)})`;
  return `By ${data.bucket}, your ${name} ${metric.name} ${when} was between ${lowest} and ${highest}.`;
}

function countAnswer({ metric, when, question }: MetricFacts): string {
  const count = metric.buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  const number = formatNumber(count, 0);
  if (metric.kind === 'category' && !question.statistics.includes('count')) {
    return `Your records show ${metric.name} ${number} ${count === 1 ? 'time' : 'times'} ${when}.`;
  }
  return `There ${count === 1 ? 'is' : 'are'} ${number} ${metric.name} ${count === 1 ? 'record' : 'records'} ${when}.`;
}

function sleepAnswer({ metric, when }: MetricFacts): string {
  const count = metric.buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  return (
    `I cannot add up hours of sleep yet: the records of several devices overlap. ` +
    `There ${count === 1 ? 'is' : 'are'} ${formatNumber(count, 0)} sleep ${count === 1 ? 'record' : 'records'} ${when}.`
  );
}

/** The latest value is as good as it is, however few days have one; and what happens now and then has no gaps. */
function isOfOneMoment({ aggregations }: Plan, metric: MetricData): boolean {
  const isLatest =
    aggregations === undefined
      ? 'latest' in (metric.buckets[0] ?? {})
      : aggregations.every((each) => each === 'latest');
  return isLatest || metric.kind === 'category';
}

/** Days without data are said: an average of five days is not one of a week. */
function coverage({ days_with_data: held, days_in_period: all }: MetricData): string {
  if (held === undefined || all === undefined || held === all) return '';
  return `There is data on ${formatNumber(held, 0)} of ${formatNumber(all, 0)} days.`;
}
