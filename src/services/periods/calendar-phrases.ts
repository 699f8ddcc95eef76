import type { Temporal } from 'temporal-polyfill';
import { dateOf, latestDate, MONTH, monthNumber, readYear, YEAR } from './dates';
import { isoInterval } from './iso-interval';
import { addUnits, calendarName, calendarPeriod, type Clock, startOfUnit } from './period';
import { periodError } from './period-error';
import { fixed, type Meaning, type PhraseRule, words } from './phrase';

const OF_YEAR = `(?:(?: of| in|,)? (?<year>${YEAR})(?![-/:]?\\d))?`;
const NO_DAY = '(?! (?:[0-2]?\\d|3[01])(?:st|nd|rd|th)?(?![\\w:]))';
/** "15 October last year" is a day. */
const NO_DAY_BEFORE = '(?<!\\b(?:[0-2]?\\d|3[01])(?:st|nd|rd|th)?(?: of)? )';
const QUARTER_NAMES = ['first', 'second', 'third', 'fourth'];
const ISO_SIDE = '(?:\\d{4}-\\d\\d-\\d\\d[\\dtz:.+-]*|p[\\dymwdths.]+)';
/** A bare number is a year only where the words around it say so: "in 2025", but not "2025 steps". */
const BEFORE_YEAR =
  /(?:^|[(,;])\s*$|\b(?:in|of|for|during|throughout|since|from|to|until|till|through|between|and|or|vs\.?|versus|with|than|year|before|after|all|whole)\s+$/i;
const AFTER_YEAR =
  /^\s*(?:$|[?!.,;)-])|^\s+(?:and|or|to|until|till|through|vs\.?|versus|compared|than|with|did|was|were|is|how|what|which|so|on|in|by|per)\b(?!\s+(?!(?:19|20|21)\d\d\b)\d)/i;

/** Periods that the calendar names: ISO dates, months, quarters, years. */
export const CALENDAR_RULES: readonly PhraseRule[] = [
  { pattern: words(`${ISO_SIDE}/${ISO_SIDE}`), read: (match, clock) => fixed(isoInterval(match[0], clock.timeZone)) },
  { pattern: words('(?<y>\\d{4})-(?<m>\\d\\d)-(?<d>\\d\\d)(?![-/:.\\d])'), read: readIsoDay },
  { pattern: words('(?<y>\\d{4})-(?<m>\\d\\d)(?![-/:.\\d])'), read: readIsoMonth },
  { pattern: words('(?<y>\\d{4})-w(?<w>\\d\\d)'), read: readIsoWeek },
  { pattern: words('(?<y>\\d{4})/(?<m>\\d\\d?)/(?<d>\\d\\d?)(?![-/:.\\d])'), read: readIsoDay },
  { pattern: words('(?<y>\\d{4})(?:-|/| )?q(?<q>[1-4])'), read: readQuarter },
  { pattern: words(`q(?<q>[1-4])${OF_YEAR}`), read: readQuarter },
  { pattern: words(`(?:the )?(?<name>first|second|third|fourth) quarter${OF_YEAR}`), read: readQuarter },
  {
    pattern: words(`${NO_DAY_BEFORE}(?:(?<which>last|this|next) )?(?<month>${MONTH})${NO_DAY}${OF_YEAR}`),
    read: readMonth,
  },
  { pattern: words(`(?<year>(?:19|20|21)\\d\\d) (?<month>${MONTH})${NO_DAY}`), read: readMonth },
  { pattern: words('(?:the year )?(?<year>(?:19|20|21)\\d\\d)(?![-/:]|[.,]\\d)'), read: readYearNumber },
];

/** A month whose year may be missing, and then is the latest whose start is not after the anchor. */
export function monthStart(
  month: number,
  year: number | undefined,
  text: string,
): Pick<Meaning, 'recurs'> & {
  readonly start: (anchor: Temporal.PlainDate) => Temporal.PlainDate;
} {
  if (year === undefined) return { start: (anchor) => latestDate(month, 1, anchor, text), recurs: 'year' };
  const date = dateOf(year, month, 1, text);
  return { start: () => date };
}

function readMonth({ 0: text, groups }: RegExpExecArray, clock: Clock): Meaning | undefined {
  const month = monthNumber(groups?.['month'] ?? '');
  const which = groups?.['which']?.toLowerCase();
  const { today } = clock;
  if (which !== undefined) {
    if (groups?.['year'] !== undefined) return undefined;
    return fixed(calendarPeriod(clock, 'month', whichMonth(which, month, today, text)));
  }
  const { start, recurs } = monthStart(month, readYear(groups?.['year'], today), text);
  return { resolve: (anchor) => calendarPeriod(clock, 'month', start(anchor)), ...(recurs && { recurs }) };
}

function whichMonth(which: string, month: number, today: Temporal.PlainDate, text: string): Temporal.PlainDate {
  if (which === 'this') return dateOf(today.year, month, 1, text);
  if (which === 'last') return latestDate(month, 1, today.with({ day: 1 }).subtract({ days: 1 }), text);
  return dateOf(month > today.month ? today.year : today.year + 1, month, 1, text);
}

function readQuarter({ 0: text, groups }: RegExpExecArray, clock: Clock): Meaning {
  const name = groups?.['name']?.toLowerCase();
  const quarter = name === undefined ? Number(groups?.['q']) : QUARTER_NAMES.indexOf(name) + 1;
  const year = groups?.['y'] === undefined ? readYear(groups?.['year'], clock.today) : Number(groups['y']);
  const { start, recurs } = monthStart(quarter * 3 - 2, year, text);
  return { resolve: (anchor) => calendarPeriod(clock, 'quarter', start(anchor)), ...(recurs && { recurs }) };
}

function readYearNumber(match: RegExpExecArray, clock: Clock): Meaning | undefined {
  const before = match.input.slice(0, match.index);
  const after = match.input.slice(match.index + match[0].length);
  if (!BEFORE_YEAR.test(before) || !AFTER_YEAR.test(after)) return undefined;
  return fixed(calendarPeriod(clock, 'year', dateOf(Number(match.groups?.['year']), 1, 1, match[0])));
}

function readIsoDay({ 0: text, groups }: RegExpExecArray, clock: Clock): Meaning {
  const date = dateOf(Number(groups?.['y']), Number(groups?.['m']), Number(groups?.['d']), text);
  return fixed(calendarPeriod(clock, 'day', date));
}

function readIsoMonth({ 0: text, groups }: RegExpExecArray, clock: Clock): Meaning {
  return fixed(calendarPeriod(clock, 'month', dateOf(Number(groups?.['y']), Number(groups?.['m']), 1, text)));
}

/** ISO weeks start on Monday whatever the user's weeks do; week 1 holds 4 January. */
function readIsoWeek({ 0: text, groups }: RegExpExecArray, clock: Clock): Meaning {
  const year = Number(groups?.['y']);
  const week = Number(groups?.['w']);
  const first = startOfUnit(dateOf(year, 1, 4, text), 'week', 'monday');
  const date = addUnits(first, 'week', week - 1);
  if (week < 1 || date.yearOfWeek !== year) throw periodError(text, `${year} has no week ${week}`);
  const label = calendarName('week', date);
  return fixed(calendarPeriod({ timeZone: clock.timeZone, weekStart: 'monday' }, 'week', date, label));
}
