import { localDate } from '../periods/calendar';
import { parsePeriod } from '../periods/parse-period';
import type { Period } from '../periods/period';
import type { ChunkSummary } from './chunk-index';

/** `all`, from the local day of the first record on; any other period as it is. */
export function resolveUnbounded(period: Period, index: readonly ChunkSummary[]): Period {
  if (period.unbounded !== true || index.length === 0) return period;
  const first = index.reduce((earliest, summary) => Math.min(earliest, summary.first), Number.POSITIVE_INFINITY);
  const latest = index.reduce((end, summary) => Math.max(end, summary.maxEnd), Number.NEGATIVE_INFINITY);
  const { timeZone, label } = period;
  const firstDay = parsePeriod(localDate(first, timeZone), { now: first, timeZone });
  const lastDay = parsePeriod(localDate(latest, timeZone), { now: latest, timeZone });
  return { from: firstDay.from, to: Math.max(period.to, lastDay.to), timeZone, label };
}
