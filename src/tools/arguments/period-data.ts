import { formatWithOffset, localDate } from '../../services/periods/calendar';
import type { Period } from '../../services/periods/period';

/** A period as a tool states it. The last day is the last one inside, for people and models that read "to" as that. */
export interface PeriodData {
  readonly from: string;
  readonly to: string;
  readonly time_zone: string;
  readonly label: string;
  readonly first_day: string;
  readonly last_day: string;
  readonly unbounded?: true;
}

export function periodData(period: Period): PeriodData {
  const { from, to, timeZone, label, unbounded } = period;
  return {
    from: formatWithOffset(from, timeZone),
    to: formatWithOffset(to, timeZone),
    time_zone: timeZone,
    label,
    first_day: localDate(from, timeZone),
    last_day: localDate(to - 1, timeZone),
    ...(unbounded && { unbounded }),
  };
}
