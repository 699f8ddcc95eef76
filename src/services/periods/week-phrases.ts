import type { Temporal } from 'temporal-polyfill';
import { addUnits, calendarName, calendarPeriod, type Clock, type Period, startOfUnit, wholeDays } from './period';
import { fixed, type Meaning, type PhraseRule, words } from './phrase';

const WEEKDAY =
  'mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?';
const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const WEEKDAY_NAMES = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const SATURDAY = 6;

/** Days of the week and weekends: the latest one that is not in the future unless the words say another. */
export const WEEK_RULES: readonly PhraseRule[] = [
  { pattern: words(`(?:(?<which>this|last|past|next) )?(?<day>${WEEKDAY})`), read: readWeekday },
  { pattern: words(`(?<day>${WEEKDAY}),?(?: of)? (?<week>this|last) week`), read: readWeekdayOfWeek },
  { pattern: words(`(?<week>this|last) week,?(?: on)? (?<day>${WEEKDAY})`), read: readWeekdayOfWeek },
  { pattern: words(`(?:(?<which>this|the|last|past|previous|next) )?weekend`), read: readWeekend },
  {
    pattern: words('(?:the )?weekend before last'),
    read: (_match, clock) => fixed(weekendOf(clock, lastWeekend(clock).subtract({ days: 7 }))),
  },
];

/** The weekday's name with its date, for labels. */
export function weekdayName(date: Temporal.PlainDate): string {
  return `${WEEKDAY_NAMES[date.dayOfWeek - 1] ?? ''} ${calendarName('day', date)}`;
}

function readWeekday({ groups }: RegExpExecArray, clock: Clock): Meaning {
  const weekday = weekdayNumber(groups?.['day'] ?? '');
  const which = groups?.['which']?.toLowerCase();
  const { today } = clock;
  if (which === 'next') return fixed(dayPeriod(clock, latestWeekday(weekday, today).add({ days: 7 })));
  if (which === 'last' || which === 'past') {
    return fixed(dayPeriod(clock, latestWeekday(weekday, today.subtract({ days: 1 }))));
  }
  return { resolve: (anchor) => dayPeriod(clock, latestWeekday(weekday, anchor)), recurs: 'week' };
}

function readWeekdayOfWeek({ groups }: RegExpExecArray, clock: Clock): Meaning {
  const weekday = weekdayNumber(groups?.['day'] ?? '');
  const offset = groups?.['week']?.toLowerCase() === 'last' ? -1 : 0;
  const first = addUnits(startOfUnit(clock.today, 'week', clock.weekStart), 'week', offset);
  return fixed(dayPeriod(clock, latestWeekday(weekday, first.add({ days: 6 }))));
}

function readWeekend({ groups }: RegExpExecArray, clock: Clock): Meaning {
  const which = groups?.['which']?.toLowerCase();
  const latest = latestWeekday(SATURDAY, clock.today);
  if (which === 'next') return fixed(weekendOf(clock, latest.add({ days: 7 })));
  if (which === 'last' || which === 'past' || which === 'previous') return fixed(weekendOf(clock, lastWeekend(clock)));
  return { resolve: (anchor) => weekendOf(clock, latestWeekday(SATURDAY, anchor)), recurs: 'week' };
}

/** The Saturday of the latest weekend that is over. */
function lastWeekend(clock: Clock): Temporal.PlainDate {
  const latest = latestWeekday(SATURDAY, clock.today);
  return clock.today.dayOfWeek >= SATURDAY ? latest.subtract({ days: 7 }) : latest;
}

function weekendOf(clock: Clock, saturday: Temporal.PlainDate): Period {
  const label = `weekend of ${calendarName('day', saturday)}`;
  const step = { unit: 'week', count: 1, part: true } as const;
  return wholeDays(clock.timeZone, saturday, saturday.add({ days: 2 }), label, step);
}

function dayPeriod(clock: Clock, date: Temporal.PlainDate): Period {
  return calendarPeriod(clock, 'day', date, weekdayName(date));
}

/** The latest date with a day of the week (Monday is 1) that is not after another date. */
export function latestWeekday(weekday: number, latest: Temporal.PlainDate): Temporal.PlainDate {
  return latest.subtract({ days: (latest.dayOfWeek - weekday + 7) % 7 });
}

function weekdayNumber(name: string): number {
  return WEEKDAYS.indexOf(name.slice(0, 3).toLowerCase()) + 1;
}
