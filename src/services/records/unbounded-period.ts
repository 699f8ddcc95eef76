import { instantOf, type Period } from '../periods/period';
import { dateAt } from '../periods/period-label';
import type { ChunkSummary } from './chunk-index';

/** `all`, from the local day of the first record to that of the last, or to today; any other period as it is. */
export function resolveUnbounded(period: Period, index: readonly ChunkSummary[]): Period {
  if (period.unbounded !== true || index.length === 0) return period;
  const first = index.reduce((earliest, summary) => Math.min(earliest, summary.first), Number.POSITIVE_INFINITY);
  const latest = index.reduce((end, summary) => Math.max(end, summary.maxEnd), Number.NEGATIVE_INFINITY);
  const { timeZone, label } = period;
  const from = instantOf(timeZone, dateAt(timeZone, first));
  const to = instantOf(timeZone, dateAt(timeZone, latest).add({ days: 1 }));
  return { from, to: Math.max(period.to, to), timeZone, label };
}
