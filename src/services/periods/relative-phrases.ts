import { Temporal } from 'temporal-polyfill';
import { DAY_PART, dayPart, isDayPart } from './day-parts';
import {
  addUnits,
  type CalendarUnit,
  calendarPeriod,
  type Clock,
  endOfToday,
  FIRST_YEAR,
  instantOf,
  type Period,
  startOfUnit,
  wholeDays,
} from './period';
import { dateAt } from './period-label';
import { fixed, type Meaning, type PhraseRule, words } from './phrase';
import { COUNT, COUNTED, readCount, readUnit, rollingHours, rollingPeriod } from './rolling';

const UNIT = 'week|month|quarter|year';
const RECENT_DAYS = 30;

/** Periods that are told from now: days, rolling periods, "this", "last" and "next" units, "ago", everything. */
export const RELATIVE_RULES: readonly PhraseRule[] = [
  { pattern: words('today|yesterday|tomorrow|the day before yesterday|day before yesterday'), read: readDay },
  { pattern: words(`last night|tonight|this (?:${DAY_PART})`), read: readDayPart },
  {
    pattern: words(`(?:the )?(?:last|past|previous|trailing) (?:(?<count>${COUNT}) hours?|hour)`),
    read: readRollingHours,
  },
  {
    pattern: words(`(?:the )?(?:last|past|previous|trailing) (?<count>${COUNT}) (?<unit>${COUNTED})s?`),
    read: readRolling,
  },
  {
    pattern: words(`(?:the )?past (?<unit>day|${UNIT})`),
    read: ({ groups }, clock) => fixed(rollingPeriod(clock, readUnit(groups?.['unit'] ?? ''), 1)),
  },
  {
    pattern: words(`(?:(?:this|the current|current) (?<this>${UNIT})(?: so far| to date)?)`),
    read: ({ groups }, clock) => fixed(unitToDate(clock, readUnit(groups?.['this'] ?? ''))),
  },
  {
    pattern: words(`(?<unit>${UNIT})(?: |-)to(?: |-)date|(?<letter>[wmqy])td`),
    read: readToDate,
  },
  {
    pattern: words(`(?:the )?last (?<unit>${UNIT})`),
    read: ({ groups }, clock) => fixed(unitAway(clock, readUnit(groups?.['unit'] ?? ''), -1, 'last')),
  },
  {
    pattern: words(`(?:the )?(?:previous|preceding|prior) (?<unit>day|${UNIT})`),
    read: ({ groups }, clock) => readPrevious(clock, readUnit(groups?.['unit'] ?? '')),
  },
  { pattern: words(`(?:the )?(?<unit>day|${UNIT}) before(?! last)`), read: readBefore },
  {
    pattern: words(`(?:the )?(?:next|coming) (?<unit>${UNIT})`),
    read: ({ groups }, clock) => fixed(unitAway(clock, readUnit(groups?.['unit'] ?? ''), 1, 'next')),
  },
  {
    pattern: words(`(?:the )?(?<unit>${UNIT}) before last`),
    read: ({ groups }, clock) => fixed(unitAway(clock, readUnit(groups?.['unit'] ?? ''), -2)),
  },
  {
    pattern: words(`(?<count>${COUNT}) (?<unit>${COUNTED})s? ago`),
    read: readAgo,
  },
  { pattern: words('recent(?:ly)?|lately'), read: (_match, clock) => ({ ...fixed(recentPeriod(clock)), vague: true }) },
  { pattern: words('all(?: |-)time|ever'), read: (_match, clock) => ({ ...fixed(allTime(clock)), vague: true }) },
  { pattern: /^\s*(?:all|all data|everything)\s*$/gi, read: (_match, clock) => fixed(allTime(clock)) },
  {
    pattern: words('now|present|the present|date'),
    read: (_match, clock) => ({ ...readToday(clock), onlyAsEnd: true }),
  },
];

/** `recent`, and what an omitted period means. */
export function recentPeriod(clock: Clock): Period {
  return rollingPeriod(clock, 'day', RECENT_DAYS);
}

function allTime(clock: Clock): Period {
  const from = instantOf(clock.timeZone, new Temporal.PlainDate(FIRST_YEAR, 1, 1));
  return { from, to: endOfToday(clock), timeZone: clock.timeZone, label: 'all time', unbounded: true };
}

function readToday(clock: Clock): Meaning {
  return fixed(calendarPeriod(clock, 'day', clock.today, 'today'));
}

function readDay(match: RegExpExecArray, clock: Clock): Meaning {
  const word = match[0].toLowerCase();
  if (word === 'today') return readToday(clock);
  if (word === 'tomorrow') return fixed(calendarPeriod(clock, 'day', clock.today.add({ days: 1 }), word));
  if (word === 'yesterday') {
    // Not today minus one: a zone may have left that day out.
    const yesterday = dateAt(clock.timeZone, instantOf(clock.timeZone, clock.today) - 1);
    return fixed(calendarPeriod(clock, 'day', yesterday, word));
  }
  return fixed(calendarPeriod(clock, 'day', clock.today.subtract({ days: 2 })));
}

function readDayPart(match: RegExpExecArray, clock: Clock): Meaning {
  const text = match[0].toLowerCase().replaceAll(/\s+/g, ' ');
  const part = text.split(' ').at(-1) ?? '';
  if (text.startsWith('last')) {
    return fixed(dayPart(clock.timeZone, clock.today.subtract({ days: 1 }), 'night', 'last night'));
  }
  if (part === 'night' || !isDayPart(part)) return fixed(dayPart(clock.timeZone, clock.today, 'evening', 'tonight'));
  return fixed(dayPart(clock.timeZone, clock.today, part, text));
}

function readRollingHours({ groups }: RegExpExecArray, clock: Clock): Meaning {
  return fixed(rollingHours(clock, readCount(groups?.['count'] ?? 'one', 'hour')));
}

function readRolling({ groups }: RegExpExecArray, clock: Clock): Meaning {
  const unit = readUnit(groups?.['unit'] ?? '');
  return fixed(rollingPeriod(clock, unit, readCount(groups?.['count'] ?? '', unit)));
}

/** The whole calendar unit that many units ago: "2 weeks ago" is a week. */
function readAgo({ groups }: RegExpExecArray, clock: Clock): Meaning {
  const unit = readUnit(groups?.['unit'] ?? '');
  return fixed(calendarPeriod(clock, unit, addUnits(clock.today, unit, -readCount(groups?.['count'] ?? '', unit))));
}

/** "Month to date", "mtd". */
function readToDate({ groups }: RegExpExecArray, clock: Clock): Meaning {
  const letter = groups?.['letter']?.toLowerCase() ?? '';
  const unit = groups?.['unit'] ?? UNIT.split('|').find((name) => name.startsWith(letter)) ?? '';
  return fixed(unitToDate(clock, readUnit(unit)));
}

/** `this_…`: from the start of the calendar unit to the end of today. */
function unitToDate(clock: Clock, unit: CalendarUnit): Period {
  const first = startOfUnit(clock.today, unit, clock.weekStart);
  return wholeDays(clock.timeZone, first, clock.today.add({ days: 1 }), `this ${unit}`, { unit, count: 1 });
}

function unitAway(clock: Clock, unit: CalendarUnit, count: number, word?: string): Period {
  const date = addUnits(startOfUnit(clock.today, unit, clock.weekStart), unit, count);
  return calendarPeriod(clock, unit, date, word && `${word} ${unit}`);
}

function readPrevious(clock: Clock, unit: CalendarUnit): Meaning {
  return { ...fixed(unitAway(clock, unit, -1, unit === 'day' ? undefined : 'last')), previous: unit };
}

/** "the week before" means nothing by itself: only after another period. */
function readBefore({ groups }: RegExpExecArray, clock: Clock): Meaning {
  const unit = readUnit(groups?.['unit'] ?? '');
  return { ...readPrevious(clock, unit), onlyAfterAnother: true };
}
