import { HealthDataNotFoundError } from '@app/common/core';
import type { MetricType } from '../metrics/metric-type';
import { parsePeriod } from '../periods/parse-period';
import { localDate } from '../periods/calendar';
import type { Period, PeriodOptions } from '../periods/period';
import type { ChunkSummary } from './chunk-index';

const RECENT = ['today', 'last_7_days', 'last_30_days', 'last_3_months', 'last_12_months'];
const MOST_YEARS = 5;
const MOST_MONTHS = 3;

/** Starts of a first and a last record. */
type Span = Pick<ChunkSummary, 'first' | 'last'>;

/**
 * Periods that would have an answer, as `time_period` takes them: recent ones that hold the newest record, then the
 * newest years and months with records. Each chunk's first and last record tell of its month.
 */
function availablePeriods(spans: readonly Span[], options: PeriodOptions): string[] {
  const known = spans.flatMap(({ first, last }) => [first, last]);
  const holds = (period: Period): boolean => known.some((time) => time >= period.from && time < period.to);
  const recent = RECENT.filter((token) => holds(parsePeriod(token, options)));
  const dates = known.map((time) => localDate(time, options.timeZone)).sort();
  const newest = (length: number, most: number): string[] =>
    [...new Set(dates.map((date) => date.slice(0, length)))].slice(-most).reverse();
  return [...recent, ...newest('YYYY'.length, MOST_YEARS), ...newest('YYYY-MM'.length, MOST_MONTHS)];
}

/**
 * The error for a period in which none of the metrics has anything; it says which periods would have an answer.
 * @param source key of the one source that was asked for
 */
export function noDataError(
  metrics: readonly MetricType[],
  period: Period,
  index: ReadonlyMap<string, readonly ChunkSummary[]>,
  source?: string,
): HealthDataNotFoundError {
  const summaries = [...index.values()].flat();
  const spans =
    source === undefined ? summaries : summaries.flatMap(({ sources }) => sources.filter(({ key }) => key === source));
  const available = availablePeriods(spans, { now: Date.now(), timeZone: period.timeZone });
  const names = metrics.map(({ name }) => name);
  const from = source === undefined ? '' : ` from the source asked for`;
  const nothing = `No ${names.join(', ')} data${from} is held`;
  return new HealthDataNotFoundError(
    { time_period: period.label, metric_types: names, available_periods: available },
    available.length === 0 ? nothing : `No ${names.join(', ')} data${from} found for ${period.label}`,
  );
}
