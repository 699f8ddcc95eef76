import type { HealthMetricsData, MetricData } from '../../tools/get-health-metrics/metrics-data';
import type { Interpretation } from '../language/interpretation';
import type { Plan } from './plan';
import { clockTime, longDate, weekdayDate } from './wording';

/** What the sentences about one metric in one period are made from. */
export interface MetricFacts {
  readonly metric: MetricData;
  readonly data: HealthMetricsData;
  readonly question: Interpretation;
  readonly plan: Plan;
  /** When the period is, as part of a sentence. */
  readonly when: string;
}

/** When a part was, within a sentence. */
export function at(from: string, { data }: MetricFacts): string {
  switch (data.bucket) {
    case 'hour':
      return `on ${weekdayDate(from)} from ${clockTime(from)}`;
    case 'week':
      return `in the week of ${longDate(from)}`;
    case 'month':
      return `in ${longDate(from).replace(/^\d+ /, '')}`;
    case 'year':
      return `in ${from.slice(0, 4)}`;
    default:
      return `on ${weekdayDate(from)}`;
  }
}

/** The part as a name: `Wednesday 15 October 2025`, `September 2025`. */
export function named(from: string, facts: MetricFacts): string {
  return at(from, facts).replace(/^(?:on|in) /, '');
}
