import { Temporal } from 'temporal-polyfill';
import { FIRST_YEAR, LAST_YEAR } from './period';
import { periodError } from './period-error';

/** The source of a pattern for the name of a month, in full or abbreviated. */
export const MONTH =
  '(?:jan(?:uary|\\.)?|feb(?:ruary|\\.)?|mar(?:ch|\\.)?|apr(?:il|\\.)?|may|june?|july?|aug(?:ust|\\.)?|' +
  'sep(?:t(?:ember|\\.)?|\\.)?|oct(?:ober|\\.)?|nov(?:ember|\\.)?|dec(?:ember|\\.)?)';
/** The source of a pattern for a year as people add it to a month or a quarter. */
export const YEAR = '(?:(?:19|20|21)\\d\\d|(?:last|this|next) year)';

const MONTH_KEYS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** Two 29 Februaries are at most eight years apart. */
const LONGEST_WAIT = 8;

export function monthNumber(name: string): number {
  return MONTH_KEYS.indexOf(name.slice(0, 3).toLowerCase()) + 1;
}

/** The year that a match of {@link YEAR} means, or undefined when there was none. */
export function readYear(text: string | undefined, today: Temporal.PlainDate): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d/.test(text)) return Number(text);
  return today.year + { last: -1, this: 0, next: 1 }[text.slice(0, 4).toLowerCase() as 'last' | 'this' | 'next'];
}

/** @throws ValidationError for a date that is in no calendar, or outside the years that are read. */
export function dateOf(year: number, month: number, day: number, text: string): Temporal.PlainDate {
  if (year < FIRST_YEAR || year > LAST_YEAR) {
    throw periodError(text, `years are read from ${FIRST_YEAR} to ${LAST_YEAR}`);
  }
  try {
    return Temporal.PlainDate.from({ year, month, day }, { overflow: 'reject' });
  } catch (error) {
    throw periodError(text, `${text} is not a date of the calendar`, error);
  }
}

/**
 * The latest date with a month and day that is not after `anchor`.
 * @throws ValidationError when no year has such a date.
 */
export function latestDate(month: number, day: number, anchor: Temporal.PlainDate, text: string): Temporal.PlainDate {
  for (let year = anchor.year; year >= anchor.year - LONGEST_WAIT; year--) {
    if (day > Temporal.PlainYearMonth.from({ year, month }).daysInMonth) continue;
    const date = new Temporal.PlainDate(year, month, day);
    if (Temporal.PlainDate.compare(date, anchor) <= 0) return date;
  }
  throw periodError(text, `${text} is not a date of the calendar`);
}
