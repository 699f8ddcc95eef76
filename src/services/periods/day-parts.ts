import type { Temporal } from 'temporal-polyfill';
import { instantOf, type Period } from './period';

export type DayPart = 'morning' | 'afternoon' | 'evening' | 'night';

/** Local hours. A night begins in the evening of the day it is named after and ends at noon, as `last_night` does. */
const HOURS: Record<DayPart, readonly [number, number]> = {
  morning: [5, 12],
  afternoon: [12, 18],
  evening: [18, 24],
  night: [18, 36],
};

export const DAY_PART = Object.keys(HOURS).join('|');

export function dayPart(timeZone: string, date: Temporal.PlainDate, part: DayPart, label: string): Period {
  const [start, end] = HOURS[part];
  return {
    from: instantOf(timeZone, date, start),
    to: end <= 24 ? instantOf(timeZone, date, end) : instantOf(timeZone, date.add({ days: 1 }), end - 24),
    timeZone,
    label,
    step: { unit: 'day', count: 1, part: true },
  };
}

export function isDayPart(word: string): word is DayPart {
  return word in HOURS;
}
