import { Temporal } from 'temporal-polyfill';
import { type CalendarUnit, calendarName, dayName, instantOf, type Period, startOfUnit } from './period';
import { wallClock } from './zone-offsets';

const DAY = 86_400_000;

/** The local date of an instant. */
export function dateAt(timeZone: string, epochMs: number): Temporal.PlainDate {
  const wall = new Date(wallClock(timeZone, epochMs));
  return new Temporal.PlainDate(wall.getUTCFullYear(), wall.getUTCMonth() + 1, wall.getUTCDate());
}

/** The first and the last local day of a period of whole local days, or undefined for any other period. */
export function wholeDaysOf(
  period: Pick<Period, 'from' | 'to' | 'timeZone'>,
): { first: Temporal.PlainDate; last: Temporal.PlainDate; end: Temporal.PlainDate } | undefined {
  const { from, to, timeZone } = period;
  const first = dateAt(timeZone, from);
  const last = dateAt(timeZone, to - 1);
  const end = last.add({ days: 1 });
  if (instantOf(timeZone, first) !== from || instantOf(timeZone, end) !== to) return undefined;
  return { first, last, end };
}

/**
 * A period in dates, for answers: `September 2025` where it is a calendar unit, else `3 March 2025`, `3 March 2025 to
 * 10 March 2025` (last day included), or with times where it is not made of whole days.
 */
export function describeDates(period: Pick<Period, 'from' | 'to' | 'timeZone'>, unit?: CalendarUnit): string {
  const days = wholeDaysOf(period);
  if (days === undefined) return describeTimes(period);
  const { first, last, end } = days;
  if (unit === 'week' && first.until(end).days === 7) return calendarName('week', first);
  if (first.equals(last)) return dayName(first);
  for (const candidate of unit === 'quarter' ? (['year', 'quarter'] as const) : (['year', 'month'] as const)) {
    if (startOfUnit(first, candidate, 'monday').equals(first) && isUnit(first, end, candidate)) {
      return calendarName(candidate, first);
    }
  }
  return `${dayName(first)} to ${dayName(last)}`;
}

function isUnit(first: Temporal.PlainDate, end: Temporal.PlainDate, unit: 'year' | 'quarter' | 'month'): boolean {
  const months = { year: 12, quarter: 3, month: 1 }[unit];
  return first.add({ months }).equals(end);
}

function describeTimes({ from, to, timeZone }: Pick<Period, 'from' | 'to' | 'timeZone'>): string {
  const start = dateAt(timeZone, from);
  const end = dateAt(timeZone, to);
  const until = start.equals(end) ? timeAt(timeZone, to) : `${dayName(end)} ${timeAt(timeZone, to)}`;
  return `${dayName(start)} ${timeAt(timeZone, from)} to ${until}`;
}

function timeAt(timeZone: string, epochMs: number): string {
  const wall = wallClock(timeZone, epochMs);
  return new Date(((wall % DAY) + DAY) % DAY).toISOString().slice(11, 16);
}
