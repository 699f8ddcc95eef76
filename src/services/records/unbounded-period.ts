import { instantOf, type Period } from '../periods/period';
import { dateAt } from '../periods/period-label';
import type { ChunkSummary } from './chunk-index';

/**
 * `all`, from the local day of the first record to that of the last, or to today; a period nobody named the start of,
 * from the local day of the first record in it; any other period as it is.
 */
export function resolveUnbounded(period: Period, index: readonly ChunkSummary[]): Period {
  if (index.length === 0 || (period.unbounded !== true && period.openStart !== true)) return period;
  const first = index.reduce((earliest, summary) => Math.min(earliest, summary.first), Number.POSITIVE_INFINITY);
  const { timeZone, label } = period;
  const from = instantOf(timeZone, dateAt(timeZone, first));
  // Nothing in the period: its own start serves to say so.
  if (period.openStart === true) return { ...period, from: from < period.to ? from : period.from };
  const latest = index.reduce((end, summary) => Math.max(end, summary.maxEnd), Number.NEGATIVE_INFINITY);
  const to = instantOf(timeZone, dateAt(timeZone, latest).add({ days: 1 }));
  return { from, to: Math.max(period.to, to), timeZone, label };
}
