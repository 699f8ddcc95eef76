import { Temporal } from 'temporal-polyfill';

/** Seconds since 1970-01-01T00:00:00Z: the unit of every instant in this folder. */
export type Instant = number;

export interface Span {
  readonly start: Instant;
  readonly end: Instant;
}

/** One local day; `end − start` is 23, 24 or 25 hours. */
export interface CalendarDay extends Span {
  /** `YYYY-MM-DD` */
  readonly date: string;
  /** Days since 1970-01-01, of the local date. */
  readonly epochDay: number;
  /** ISO: Monday is 1, Sunday 7. */
  readonly weekday: number;
  readonly dayOfYear: number;
}

export interface ExportMoment {
  readonly instant: Instant;
  /** The phone's offset from UTC at that moment, in seconds: every time in an export is written with it. */
  readonly offset: number;
}

export const MINUTE = 60;
export const HOUR = 3600;
export const DAY = 86_400;
/** Daylight saving begins and ends before this second of the local day in the zones offered. */
const CLOCK_CHANGE_OVER = 3 * HOUR;

/**
 * The `count` local days that end with `lastDate`, oldest first.
 * @throws RangeError when the date or the zone does not exist
 */
export function calendarDays(lastDate: string, count: number, timeZone: string): CalendarDay[] {
  const last = Temporal.PlainDate.from(lastDate);
  const epoch = Temporal.PlainDate.from('1970-01-01');
  const days: CalendarDay[] = [];
  let date = last.subtract({ days: count - 1 });
  let start = dayStart(date, timeZone);
  for (let i = 0; i < count; i += 1) {
    const next = date.add({ days: 1 });
    const end = dayStart(next, timeZone);
    const epochDay = epoch.until(date, { largestUnit: 'day' }).days;
    days.push({ date: date.toString(), epochDay, weekday: date.dayOfWeek, dayOfYear: date.dayOfYear, start, end });
    date = next;
    start = end;
  }
  return days;
}

/**
 * When the phone exported: `wallTime` (`HH:MM` or `HH:MM:SS`) on `date`.
 * @throws RangeError when the date, the time or the zone does not exist
 */
export function exportMoment(date: string, wallTime: string, timeZone: string): ExportMoment {
  const zoned = Temporal.PlainDate.from(date).toZonedDateTime({
    timeZone,
    plainTime: Temporal.PlainTime.from(wallTime),
  });
  return {
    instant: Math.floor(zoned.epochMilliseconds / 1000),
    offset: Math.round(zoned.offsetNanoseconds / 1_000_000_000),
  };
}

function dayStart(date: Temporal.PlainDate, timeZone: string): Instant {
  return Math.floor(date.toZonedDateTime(timeZone).epochMilliseconds / 1000);
}

/**
 * The instant at which the clock shows `second` (0 = midnight; 86,400 and more run on into the night after).
 * Before the clock change it counts from the day's start, after it from the day's end; in between it
 * stands still, so the order of times is kept on days of 23 and 25 hours too.
 */
export function instantAt(day: CalendarDay, second: number): Instant {
  const afterChange = day.end - (DAY - Math.max(second, CLOCK_CHANGE_OVER));
  return Math.round(second >= CLOCK_CHANGE_OVER ? afterChange : Math.min(day.start + second, afterChange));
}

/** What `instantAt` turns round: the clock's second of the day; in the repeated hour, the first of its two readings. */
export function clockAt(day: CalendarDay, instant: Instant): number {
  const fromEnd = DAY - (day.end - instant);
  return fromEnd >= CLOCK_CHANGE_OVER ? fromEnd : Math.min(instant - day.start, CLOCK_CHANGE_OVER - 1);
}

export function overlaps(a: Span, b: Span): boolean {
  return a.start < b.end && b.start < a.end;
}

/** From start to end in parts of `seconds`; the last one may be shorter, but not under `least`. */
export function partsOf({ start, end }: Span, seconds: number, least = seconds): Span[] {
  const parts: Span[] = [];
  for (let at = start; end - at >= least; at += seconds) parts.push({ start: at, end: Math.min(at + seconds, end) });
  return parts;
}

/** The 23, 24 or 25 hours of a day. */
export function hoursOf(day: CalendarDay): Span[] {
  return partsOf(day, HOUR, 1);
}
