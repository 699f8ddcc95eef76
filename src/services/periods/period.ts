import type { Temporal } from 'temporal-polyfill';
import { firstInstantAt } from './zone-offsets';

export type WeekStart = 'monday' | 'sunday';
export type PeriodUnit = 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';

/** How far away the next period of the same kind starts. */
export interface PeriodStep {
  readonly unit: PeriodUnit;
  readonly count: number;
  /** The period is only a part of its step, as a night of its day or a weekend of its week. */
  readonly part?: true;
}

/** A stretch of time as people and calendars name it, in one time zone. */
export interface Period {
  /** Epoch ms, inclusive. */
  readonly from: number;
  /** Epoch ms, exclusive. */
  readonly to: number;
  readonly timeZone: string;
  /** English, for answers: `last 7 days`, `September 2025`, `3 March 2025 to 10 March 2025`. */
  readonly label: string;
  /** Only for `all`: the period stands for everything there is, and its ends mean nothing. */
  readonly unbounded?: true;
  /** Nobody named a start ("before 2026"): `from` is the first moment that is read, and stands for the first record. */
  readonly openStart?: true;
  /** What "the one before" means; without it `shiftPeriod` derives it from the length. */
  readonly step?: PeriodStep;
}

export interface PeriodOptions {
  /** Epoch ms. */
  readonly now: number;
  /** A name that `isTimeZone` accepts. */
  readonly timeZone: string;
  readonly weekStart?: WeekStart;
}

/** What every reading of a period depends on. */
export interface Clock {
  readonly now: number;
  readonly timeZone: string;
  readonly weekStart: WeekStart;
  readonly today: Temporal.PlainDate;
}

export type CalendarUnit = Exclude<PeriodUnit, 'hour'>;

export const FIRST_YEAR = 1900;
export const LAST_YEAR = 2199;
export const MONTHS = [
  'January', 'February', 'March', 'April', 'May', 'June',
  'July', 'August', 'September', 'October', 'November', 'December',
] as const; // prettier-ignore

const MINUTE = 60_000;

/** The instant a wall-clock time of a date is first reached; hour 24 is the start of the next day. */
export function instantOf(timeZone: string, date: Temporal.PlainDate, hour = 0, minute = 0): number {
  return firstInstantAt(timeZone, Date.UTC(date.year, date.month - 1, date.day) + (hour * 60 + minute) * MINUTE);
}

export function endOfToday(clock: Clock): number {
  return instantOf(clock.timeZone, clock.today.add({ days: 1 }));
}

/** Whole local days, from the start of `first` to the start of `end`. */
export function wholeDays(
  timeZone: string,
  first: Temporal.PlainDate,
  end: Temporal.PlainDate,
  label: string,
  step?: PeriodStep,
): Period {
  return { from: instantOf(timeZone, first), to: instantOf(timeZone, end), timeZone, label, ...(step && { step }) };
}

/** The first day of the calendar unit that holds a date. */
export function startOfUnit(date: Temporal.PlainDate, unit: CalendarUnit, weekStart: WeekStart): Temporal.PlainDate {
  switch (unit) {
    case 'day':
      return date;
    case 'week':
      return date.subtract({ days: weekStart === 'monday' ? date.dayOfWeek - 1 : date.dayOfWeek % 7 });
    case 'month':
      return date.with({ day: 1 });
    case 'quarter':
      return date.with({ month: date.month - ((date.month - 1) % 3), day: 1 });
    case 'year':
      return date.with({ month: 1, day: 1 });
  }
}

export function addUnits(date: Temporal.PlainDate, unit: CalendarUnit, count: number): Temporal.PlainDate {
  switch (unit) {
    case 'day':
      return date.add({ days: count });
    case 'week':
      return date.add({ days: 7 * count });
    case 'month':
      return date.add({ months: count });
    case 'quarter':
      return date.add({ months: 3 * count });
    case 'year':
      return date.add({ years: count });
  }
}

/** The whole calendar day, week, month, quarter or year that holds a date, labelled by its name. */
export function calendarPeriod(
  clock: Pick<Clock, 'timeZone' | 'weekStart'>,
  unit: CalendarUnit,
  date: Temporal.PlainDate,
  label?: string,
): Period {
  const first = startOfUnit(date, unit, clock.weekStart);
  const name = label ?? calendarName(unit, first);
  return wholeDays(clock.timeZone, first, addUnits(first, unit, 1), name, { unit, count: 1 });
}

/** What people call a calendar unit by its first day. */
export function calendarName(unit: CalendarUnit, first: Temporal.PlainDate): string {
  switch (unit) {
    case 'day':
      return dayName(first);
    case 'week':
      return `week of ${dayName(first)}`;
    case 'month':
      return `${monthName(first.month)} ${first.year}`;
    case 'quarter':
      return `Q${Math.ceil(first.month / 3)} ${first.year}`;
    case 'year':
      return String(first.year);
  }
}

export function dayName(date: Temporal.PlainDate): string {
  return `${date.day} ${monthName(date.month)} ${date.year}`;
}

export function monthName(month: number): string {
  return MONTHS[month - 1] ?? String(month);
}
