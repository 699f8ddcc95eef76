import type { AvailableMetricsData } from '../../tools/list-available-metrics/list-available-metrics.tool';
import { dateRange, formatNumber } from './wording';

const MOST_LISTED = 30;

/** What the user has, the most first. */
export function inventoryAnswer({ metrics }: AvailableMetricsData): string {
  if (metrics.length === 0) return 'You have no health data yet: import an Apple Health export first.';
  const lines = metrics
    .slice(0, MOST_LISTED)
    .map(
      ({ name, count, first, last }) =>
        `- ${name}: ${formatNumber(count, 0)} records, ${dateRange(first.slice(0, 10), last.slice(0, 10))}`,
    );
  const rest = metrics.length > MOST_LISTED ? `\nThese are the ones with the most records.` : '';
  return `This is what you have data for:\n${lines.join('\n')}${rest}`;
}
