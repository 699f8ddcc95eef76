import { Chrono, en, type ParsedComponents, type ParsedResult } from 'chrono-node';
import type { Temporal } from 'temporal-polyfill';
import { dateOf, latestDate, readYear } from './dates';
import { calendarPeriod, type Clock, instantOf, type Period, wholeDays } from './period';
import { periodError } from './period-error';
import { describeDates } from './period-label';
import type { Meaning, Phrase } from './phrase';
import { latestWeekday, weekdayName } from './week-phrases';

/**
 * Only what names a day or a time of day: everything about weeks, months and "last" is read otherwise by chrono than
 * the API promises ("last week" as one day, "March" as its first day), and its ranges don't know the past bias.
 */
const PARSERS = new Set([
  'ENMonthNameLittleEndianParser',
  'ENMonthNameMiddleEndianParser',
  'ENWeekdayParser',
  'ENCasualDateParser',
]);
const REFINERS = new Set([
  'OverlapRemovalRefiner',
  'MergeWeekdayComponentRefiner',
  'ENMergeDateTimeRefiner',
  'ENExtractYearSuffixRefiner',
]);
const TIME = '\\s+\\d{1,2}(?::\\d\\d)?(?:\\s*[ap]\\.?m\\.?)?';
const BETWEEN_TIMES = new RegExp(`\\bbetween(?<from>${TIME}\\s+)and(?=${TIME})`, 'gi');
const CLEAR_TIME = /\d\s*[ap]\.?m\b|\d:\d\d|o.?clock/i;

/** chrono does not take this year from the words behind a date. */
const YEAR_AFTER = /^,?\s+(?:of\s+)?(?<year>(?:last|this)\s+year)\b/i;

const chrono = createChrono();

/** The named days, day ranges of one month, and times of day in a text. */
export function findDates(text: string, clock: Clock): Phrase[] {
  // chrono reads "from 3pm to 5pm", and joins times and dates by small letters only; every index stays what it was.
  const readable = withClockTimes(text)
    .replaceAll(BETWEEN_TIMES, (_match, from: string) => `from   ${from}to `)
    .replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
  const { year, month, day } = clock.today;
  // Noon as if in UTC, so that no clock change of the process's own zone moves the date.
  const reference = { instant: new Date(Date.UTC(year, month - 1, day, 12)), timezone: 0 };
  return chrono.parse(readable, reference).flatMap((result) => {
    const end = result.index + result.text.trimEnd().length;
    const takesNoYear = result.start.isCertain('year') || !result.start.isCertain('day');
    const after = takesNoYear ? null : YEAR_AFTER.exec(text.slice(end));
    const meaning = readResult(result, clock, readYear(after?.groups?.['year'], clock.today));
    return meaning === undefined ? [] : [{ ...meaning, index: result.index, end: end + (after?.[0].length ?? 0) }];
  });
}

/** Noon and midnight as times of the clock of the same length, so that every index stays what it was. */
function withClockTimes(text: string): string {
  return text
    .replaceAll(/\bnoon\b/gi, '12pm')
    .replaceAll(/\bmidday\b/gi, '12  pm')
    .replaceAll(/\bmidnight\b/gi, '12:00 am');
}

function createChrono(): Chrono {
  const casual = en.configuration.createCasualConfiguration();
  const strict = en.configuration.createConfiguration(true);
  return new Chrono({
    parsers: [
      ...casual.parsers.filter((parser) => PARSERS.has(parser.constructor.name)),
      ...strict.parsers.filter((parser) => parser.constructor.name === 'ENTimeExpressionParser'),
    ],
    refiners: casual.refiners.filter((refiner) => REFINERS.has(refiner.constructor.name)),
  });
}

function readResult(result: ParsedResult, clock: Clock, year: number | undefined): Meaning | undefined {
  const { start, text } = result;
  if (/weekend|weekday|^\s*(?:now|tonight|last\s+night)/i.test(text)) return undefined;
  const namesDay = start.isCertain('day');
  if (!start.isCertain('hour')) return namesDay && start.isCertain('month') ? readDays(result, clock, year) : undefined;
  if (CLEAR_TIME.test(text)) return readTimes(result, clock, year);
  if (namesDay || start.isCertain('weekday')) throw periodError(text.trim(), 'say am or pm, or write times as 15:00');
  return undefined;
}

function readDays(result: ParsedResult, clock: Clock, year: number | undefined): Meaning {
  const { start, end } = result;
  const { date, recurs } = readDate(start, result.text, clock, year);
  const resolve = (anchor: Temporal.PlainDate): Period => {
    const first = date(anchor);
    checkWeekday(start, first, result.text);
    if (end === null || end === undefined) return calendarPeriod(clock, 'day', first);
    const last = dateOf(first.year, first.month, component(end, 'day'), result.text);
    const bounds = wholeDays(clock.timeZone, first, last.add({ days: 1 }), '');
    if (bounds.from >= bounds.to) throw periodError(result.text, 'a range ends after it starts');
    return { ...bounds, label: describeDates(bounds) };
  };
  return { resolve, ...(recurs && { recurs }) };
}

/** A time of day is the hour from then on, or reaches to the time it is given with; without a day the latest such time. */
function readTimes(result: ParsedResult, clock: Clock, year: number | undefined): Meaning {
  const { start, end } = result;
  const startTime = timeOf(start);
  const endTime = end?.isCertain('hour') ? timeOf(end) : undefined;
  const onDate = (date: Temporal.PlainDate): Period => {
    const from = instantOf(clock.timeZone, date, ...startTime);
    const [hour, minute] = endTime ?? [startTime[0] + 1, startTime[1]];
    const passesMidnight = endTime !== undefined && hour * 60 + minute <= startTime[0] * 60 + startTime[1];
    const to = instantOf(clock.timeZone, passesMidnight ? date.add({ days: 1 }) : date, hour, minute);
    const { timeZone } = clock;
    return {
      from,
      to,
      timeZone,
      label: describeDates({ from, to, timeZone }),
      step: { unit: 'day', count: 1, part: true },
    };
  };
  const moment = endTime === undefined ? ({ moment: true } as const) : {};
  if (start.isCertain('day') || start.isCertain('weekday')) {
    const { date, recurs } = readDate(start, result.text, clock, year);
    return { resolve: (anchor) => onDate(date(anchor)), ...(recurs && { recurs }), ...moment };
  }
  const today = onDate(clock.today);
  const period = today.from <= clock.now ? today : onDate(clock.today.subtract({ days: 1 }));
  return { resolve: () => period, ...moment };
}

function readDate(
  start: ParsedComponents,
  text: string,
  clock: Clock,
  year: number | undefined,
): { date: (anchor: Temporal.PlainDate) => Temporal.PlainDate; recurs?: 'year' | 'week' } {
  if (!start.isCertain('day')) {
    const weekday = component(start, 'weekday') || 7;
    const isLast = /\b(?:last|past)\b/i.test(text);
    return {
      date: (anchor) => latestWeekday(weekday, isLast ? clock.today.subtract({ days: 1 }) : anchor),
      recurs: 'week',
    };
  }
  const [month, day] = [component(start, 'month'), component(start, 'day')];
  if (!start.isCertain('year') && year === undefined) {
    return { date: (anchor) => latestDate(month, day, anchor, text.trim()), recurs: 'year' };
  }
  const isRelative = /\b(?:today|yesterday|tomorrow|tmrw?|overmorrow)\b/i.test(text);
  if (year === undefined && !isRelative && !/\d{4}/.test(text)) {
    throw periodError(text.trim(), 'write the year with four digits');
  }
  const date = dateOf(year ?? component(start, 'year'), month, day, text.trim());
  return { date: () => date };
}

function checkWeekday(start: ParsedComponents, date: Temporal.PlainDate, text: string): void {
  if (!start.isCertain('weekday')) return;
  if ((component(start, 'weekday') || 7) === date.dayOfWeek) return;
  throw periodError(text.trim(), `that day is a ${weekdayName(date)}`);
}

function timeOf(components: ParsedComponents): readonly [number, number] {
  return [component(components, 'hour'), component(components, 'minute')];
}

function component(
  components: ParsedComponents,
  name: 'year' | 'month' | 'day' | 'weekday' | 'hour' | 'minute',
): number {
  return components.get(name) ?? 0;
}
