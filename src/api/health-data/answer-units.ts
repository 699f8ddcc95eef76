import type { Statistic } from '../../services/aggregates/statistic';
import type { MetricType } from '../../services/metrics/metric-type';
import { differenceFromCanonical, fromCanonical, unitIn, type UnitSystem } from '../../services/metrics/units';

/** What statistics of a category can tell: how often it was, and how long, in minutes. */
const OF_CATEGORIES: readonly Statistic[] = ['count', 'duration'];

/**
 * The unit that answers about a metric are in, in HealthKit's spelling: the canonical one, or the one of the user's
 * unit system where that differs. `%` is a percentage here, not HealthKit's fraction. Categories that are only counted
 * have none, unless their duration is among the statistics.
 */
export function answerUnit(metric: MetricType, units: UnitSystem, stats: readonly Statistic[]): string {
  if (isOnlyCounted(metric)) return stats.includes('duration') ? 'min' : '';
  return unitIn(metric, units);
}

/** A canonical statistic in the unit of {@link answerUnit}; null where it has no meaning. */
export function answerValue(stat: Statistic, value: number, metric: MetricType, units: UnitSystem): number | null {
  if (stat === 'count') return value;
  if (isOnlyCounted(metric)) return OF_CATEGORIES.includes(stat) ? value : null;
  // Where the scales have different zeros, a total converts only together with the number of its parts.
  if (stat === 'sum' && fromCanonical(0, metric, units).value !== 0) return null;
  const convert = stat === 'stddev' ? differenceFromCanonical : fromCanonical;
  return convert(value, metric, units).value;
}

function isOnlyCounted({ kind, unit }: MetricType): boolean {
  return kind === 'category' && unit === '';
}
