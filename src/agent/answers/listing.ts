import type { BucketData } from '../../tools/get-health-metrics/metrics-data';
import { type MetricFacts, named } from './metric-facts';
import { formatNumber, quantity } from './wording';

const MOST_LISTED = 31;

/** The value of every part, one line each; of long lists only the newest. */
export function listing(facts: MetricFacts): string {
  const { metric, data } = facts;
  if (data.bucket === 'none') return '';
  const shown = metric.buckets.slice(-MOST_LISTED);
  const lines = shown.map((bucket) => `- ${named(bucket.from, facts)}: ${valueOf(bucket, facts)}`);
  const left = metric.buckets.length - shown.length;
  const rest = left > 0 ? `\n(the newest ${formatNumber(shown.length, 0)} of them)` : '';
  return `\n${lines.join('\n')}${rest}`;
}

function valueOf(bucket: BucketData, { metric, plan }: MetricFacts): string {
  const [statistic] = plan.aggregations ?? (['latest', 'avg'] as const).filter((each) => each in bucket);
  const value = statistic === undefined || statistic === 'count' ? bucket.count : bucket[statistic];
  if (bucket.count === 0 && !value) return 'no data';
  if (value === null || value === undefined) return 'no data';
  return statistic === 'count' ? formatNumber(value, 0) : quantity(value, metric.unit);
}
