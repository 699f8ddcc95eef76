import { Temporal } from 'temporal-polyfill';
import { DAY_PART, dayPart, isDayPart } from './day-parts';
import {
  addUnits,
  calendarPeriod,
  type Clock,
  endOfToday,
  FIRST_YEAR,
  instantOf,
  type Period,
  startOfUnit,
  wholeDays,
} from './period';
import { periodError } from './period-error';
import { dateAt, describeDates } from './period-label';
import type { Phrase } from './phrase';
import { COUNT, readCount, readUnit } from './rolling';

/** A period and the stretch of the text that says so. */
export interface FoundPeriod {
  readonly period: Period;
  readonly index: number;
  readonly end: number;
  readonly vague?: true;
}

const RANGE = /^\s*,?\s*(?:(?:up )?to|until|till|thru|through|-)\s*(?:and including\s+)?(?:the\s+)?$/i;
const AND = /^\s*,?\s*and\s+(?:the\s+)?$/i;
const FROM = /\b(?:from|between|since|starting)\s+(?:the\s+)?$/i;
const BETWEEN = /\bbetween\s+(?:the\s+)?$/i;
const COMPARES = /\b(?:compar\w*|differ\w*|chang\w*|improv\w*|versus|vs)\b/i;
const SINCE = /\b(?:(?:ever )?since|starting(?: from| on)?|beginning)\s+(?:the\s+)?$/i;
const ONWARDS = /^\s*,?\s*(?:onwards?|and after|and later)\b/i;
const FROM_ONWARDS = /\bfrom\s+(?:the\s+)?$/i;
const BEFORE_OR_AFTER = /\b(?<word>before|after|until|till|up to)\s+(?:the\s+)?$/i;
const UNIT_BESIDE = new RegExp(
  `\\b(?:the\\s+)?(?:(?<count>${COUNT})\\s+)?(?<unit>day|week|month|year)s?\\s+(?<word>before|after)\\s+$`,
  'i',
);
const WEEK_OF = /\b(?:the\s+)?week\s+(?<word>of|containing|starting|beginning|from)\s+(?:on\s+)?(?:the\s+)?$/i;
const PART_AFTER = new RegExp(`^,?\\s+(?:(?:in|during)\\s+the\\s+)?(?<part>${DAY_PART})\\b`, 'i');
const PART_BEFORE = new RegExp(`\\b(?:the\\s+)?(?<part>${DAY_PART})\\s+of\\s+(?:the\\s+)?$`, 'i');
/** Phrases joined like this mean one period together, and one that is not read. */
const UNREAD_JOIN = /^\s*(?:(?:of|in|on|at)\s+)?(?:the\s+)?$/i;

/**
 * Joins phrases with the words around them: parts of days, "the week of …", ranges, "since …", "before …".
 * @throws ValidationError for what is recognised and can't be a period (an inverted range, two phrases in one).
 */
export function combinePhrases(phrases: readonly Phrase[], text: string, clock: Clock): FoundPeriod[] {
  const parts = phrases
    .filter((phrase, i) => !(phrase.onlyAfterAnother && isFollowed(phrase, phrases[i + 1], text)))
    .map((phrase) => withDayPart(phrase, text, clock));
  const found: FoundPeriod[] = [];
  for (let i = 0; i < parts.length; i++) {
    const phrase = parts[i];
    if (phrase === undefined) break;
    const range = rangeWith(phrase, parts[i + 1], found.at(-1), text, clock);
    if (range !== undefined) i++;
    const next = range ?? alone(phrase, found.at(-1), text, clock);
    if (next !== undefined) found.push(next);
  }
  return found;
}

/** The range of two phrases, where the words between and before them make one. */
function rangeWith(
  phrase: Phrase,
  next: Phrase | undefined,
  earlier: FoundPeriod | undefined,
  text: string,
  clock: Clock,
): FoundPeriod | undefined {
  const offset = earlier?.end ?? 0;
  const before = text.slice(offset, phrase.index);
  if (next === undefined || !joinsRange(before, text.slice(phrase.end, next.index), text)) return undefined;
  const from = FROM.exec(before);
  const index = from === null ? phrase.index : offset + from.index;
  return { period: rangeOf(phrase, next, clock, text.slice(index, next.end)), index, end: next.end };
}

function alone(phrase: Phrase, earlier: FoundPeriod | undefined, text: string, clock: Clock): FoundPeriod | undefined {
  if (phrase.onlyAsEnd || (phrase.onlyAfterAnother && earlier === undefined)) return undefined;
  const before = text.slice(earlier?.end ?? 0, phrase.index);
  if (earlier !== undefined && UNREAD_JOIN.test(before)) {
    throw periodError(text.slice(earlier.index, phrase.end), 'these periods are not read together: give a date range');
  }
  return single(phrase, before, text, clock, earlier);
}

/** "the week before March 3rd" is about March 3rd. */
function isFollowed(phrase: Phrase, next: Phrase | undefined, text: string): boolean {
  return next !== undefined && UNREAD_JOIN.test(text.slice(phrase.end, next.index));
}

function joinsRange(before: string, gap: string, text: string): boolean {
  const isJoined = RANGE.test(gap) || (AND.test(gap) && BETWEEN.test(before));
  // "How did it change from March to April" asks about two periods; a hyphen always joins.
  return isJoined && (gap.trim() === '-' || !COMPARES.test(text));
}

function rangeOf(left: Phrase, right: Phrase, clock: Clock, text: string): Period {
  const [start, end] = resolveBoth(left, right, clock);
  const from = start.from;
  const to = right.moment ? end.from : end.to;
  if (from >= to) throw periodError(text, 'a range ends after it starts');
  const bounds = { from, to, timeZone: clock.timeZone };
  return { ...bounds, label: describeDates(bounds) };
}

/** The end that says less about when it is, is the one that fits the other end. */
function resolveBoth(left: Phrase, right: Phrase, clock: Clock): readonly [Period, Period] {
  if (left.recurs === undefined && right.recurs === 'year') {
    const start = left.resolve(clock.today);
    const within = dateAt(clock.timeZone, start.from).add({ years: 1 }).subtract({ days: 1 });
    return [start, right.resolve(within)];
  }
  const end = right.resolve(clock.today);
  return [left.resolve(left.recurs === undefined ? clock.today : dateAt(clock.timeZone, end.from)), end];
}

/** One phrase with the words before and after it that change its meaning. */
function single(
  phrase: Phrase,
  before: string,
  text: string,
  clock: Clock,
  earlier: FoundPeriod | undefined,
): FoundPeriod {
  const { index, end } = phrase;
  const period = phrase.resolve(clock.today);
  const vague = phrase.vague && ({ vague: true } as const);
  const startingAt = (match: RegExpExecArray): number => index - (before.length - match.index);
  const unit = UNIT_BESIDE.exec(before);
  if (unit !== null) return { period: unitBeside(period, unit, clock), index: startingAt(unit), end };
  const week = WEEK_OF.exec(before);
  if (week !== null) return { period: weekOf(period, week, clock), index: startingAt(week), end };
  const onwards = FROM_ONWARDS.test(before) ? ONWARDS.exec(text.slice(end)) : null;
  const since = SINCE.exec(before) ?? (onwards && FROM_ONWARDS.exec(before));
  if (since !== null) {
    const label = `since ${period.label}`;
    const open = openRange(period.from, endOfToday(clock), label, clock, text.slice(startingAt(since), end));
    return { period: open, index: startingAt(since), end: end + (onwards?.[0].length ?? 0) };
  }
  const side = BEFORE_OR_AFTER.exec(before);
  if (side !== null) return { period: openSide(phrase, period, side, clock), index: startingAt(side), end };
  if (phrase.previous !== undefined && earlier !== undefined) {
    const first = startOfUnit(dateAt(clock.timeZone, earlier.period.from), phrase.previous, clock.weekStart);
    return { period: calendarPeriod(clock, phrase.previous, addUnits(first, phrase.previous, -1)), index, end };
  }
  return { period, index, end, ...vague };
}

function openSide(phrase: Phrase, period: Period, match: RegExpExecArray, clock: Clock): Period {
  const word = match.groups?.['word']?.toLowerCase() ?? '';
  if (phrase.moment) throw periodError(`${word} ${period.label}`, 'a time of day needs a start and an end');
  const label = `${word} ${period.label}`;
  if (word === 'after') return openRange(period.to, endOfToday(clock), label, clock, label);
  const start = instantOf(clock.timeZone, new Temporal.PlainDate(FIRST_YEAR, 1, 1));
  const to = word === 'before' ? period.from : period.to;
  return { ...openRange(start, to, label, clock, label), openStart: true };
}

function openRange(from: number, to: number, label: string, { timeZone }: Clock, text: string): Period {
  if (from >= to) throw periodError(text, 'the period is empty: it starts after it ends');
  return { from, to, timeZone, label };
}

function unitBeside(period: Period, { groups }: RegExpExecArray, { timeZone }: Clock): Period {
  const unit = readUnit(groups?.['unit'] ?? '');
  const count = readCount(groups?.['count'] ?? '1', unit);
  const isBefore = groups?.['word']?.toLowerCase() === 'before';
  const edge = isBefore ? dateAt(timeZone, period.from) : dateAt(timeZone, period.to - 1).add({ days: 1 });
  const other = addUnits(edge, unit, isBefore ? -count : count);
  const [first, end] = isBefore ? [other, edge] : [edge, other];
  const bounds = { from: instantOf(timeZone, first), to: instantOf(timeZone, end), timeZone };
  return { ...bounds, label: describeDates(bounds), step: { unit, count } };
}

function weekOf(period: Period, { groups }: RegExpExecArray, clock: Clock): Period {
  const date = dateAt(clock.timeZone, period.from);
  const word = groups?.['word']?.toLowerCase();
  if (word === 'of' || word === 'containing') return calendarPeriod(clock, 'week', date);
  const bounds = wholeDays(clock.timeZone, date, date.add({ days: 7 }), '', { unit: 'week', count: 1 });
  return { ...bounds, label: describeDates(bounds, 'week') };
}

/** "Friday evening", "October 15th in the morning", "the night of March 3rd". */
function withDayPart(phrase: Phrase, text: string, clock: Clock): Phrase {
  const after = PART_AFTER.exec(text.slice(phrase.end));
  const before = PART_BEFORE.exec(text.slice(0, phrase.index));
  const part = (after ?? before)?.groups?.['part']?.toLowerCase() ?? '';
  if (!isDayPart(part)) return phrase;
  const { unit, part: isPart } = phrase.resolve(clock.today).step ?? {};
  if (unit !== 'day' || isPart) return phrase;
  const resolve = (anchor: Temporal.PlainDate): Period => {
    const day = phrase.resolve(anchor);
    const label = `${part} of ${day.label}`;
    return dayPart(clock.timeZone, dateAt(clock.timeZone, day.from), part, label);
  };
  const index = after === null && before !== null ? before.index : phrase.index;
  return { ...phrase, resolve, index, end: phrase.end + (after?.[0].length ?? 0) };
}
