import { addUnits, type CalendarUnit, type Clock, type Period, wholeDays } from './period';
import { periodError } from './period-error';

const HOUR = 3_600_000;
const NUMBER_WORDS = [
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
];
/** How far rolling periods and "ago" reach. */
const MOST = { hour: 1000, day: 1000, week: 1000, month: 1000, quarter: 400, year: 100 } as const;

/** The source of a pattern for a number as people write it. */
export const COUNT = `\\d{1,6}|${NUMBER_WORDS.join('|')}|an?|(?:a )?couple(?: of)?|(?:a )?few`;
/** The source of a pattern for the units that are counted; a night counts as the day it ends on. */
export const COUNTED = 'day|night|week|month|quarter|year';

/**
 * "3", "three", "a", "a couple of" (two), "a few" (three).
 * @throws ValidationError outside 1 to the most that is read of the unit.
 */
export function readCount(text: string, unit: CalendarUnit | 'hour'): number {
  const count = countOf(text.toLowerCase());
  if (count >= 1 && count <= MOST[unit]) return count;
  throw periodError(text, `the number of ${unit}s must be from 1 to ${MOST[unit]}`);
}

function countOf(word: string): number {
  if (/^\d+$/.test(word)) return Number(word);
  if (word.includes('couple')) return 2;
  if (word.includes('few')) return 3;
  return /^an?$/.test(word) ? 1 : NUMBER_WORDS.indexOf(word) + 1;
}

export function readUnit(word: string): CalendarUnit {
  const unit = word.toLowerCase();
  if (unit === 'week' || unit === 'month' || unit === 'quarter' || unit === 'year') return unit;
  return 'day';
}

/** `last_N_…`: whole local days that end with today, by calendar arithmetic (a week is seven days). */
export function rollingPeriod(clock: Clock, unit: CalendarUnit, count: number): Period {
  const end = clock.today.add({ days: 1 });
  const label = count === 1 && unit === 'day' ? 'last day' : `last ${count} ${unit}${count === 1 ? '' : 's'}`;
  const step = unit === 'week' ? ({ unit: 'day', count: 7 * count } as const) : { unit, count };
  return wholeDays(clock.timeZone, addUnits(end, unit, -count), end, label, step);
}

/** The hours that end now. */
export function rollingHours(clock: Clock, count: number): Period {
  const label = count === 1 ? 'last hour' : `last ${count} hours`;
  const { now, timeZone } = clock;
  return { from: now - count * HOUR, to: now, timeZone, label, step: { unit: 'hour', count } };
}
