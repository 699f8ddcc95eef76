import { formatWithOffset, localDate } from '../../services/periods/calendar';
import { findPeriods, parsePeriod, shiftPeriod } from '../../services/periods/parse-period';
import type { Period, PeriodOptions } from '../../services/periods/period';
import { describeDates } from '../../services/periods/period-label';
import { blankOut } from './blank-out';
import type { AskedPeriod } from './interpretation';

const UNIT = 'hour|day|week|weekend|month|quarter|year';
/** A period told from one of the turn before: "and the week before?", "before that", "the next month". */
const BEFORE = new RegExp(`\\b(?:the )?(?:(?<unit>${UNIT}) (?:before|earlier)|(?:previous|preceding|prior) (?<named>${UNIT}|one|period)|(?:one|time) before|before that)\\b`, 'i'); // prettier-ignore
const AFTER = new RegExp(`\\b(?:the )?(?:(?<unit>${UNIT}) (?:after|later)|(?:next|following) (?<named>${UNIT}|one|period)|after that)\\b`, 'i'); // prettier-ignore
const YEAR_EARLIER =
  /\b(?:the )?same (?:time|period|day|week|month)?(?: the)? (?:last year|year before|a year (?:ago|earlier))\b/i;

const MOST_PERIODS = 4;
const HOUR_MS = 3_600_000;

export interface Periods {
  readonly periods: readonly AskedPeriod[];
  /** The text without the words that named the periods; every other index is what it was. */
  readonly rest: string;
}

/**
 * The periods a question names, each with the text that tells a tool the very same one.
 * @param earlier the last period of the turn before, which "the week before" is told from
 * @throws ValidationError where a date does not exist or is ambiguous
 */
export function readPeriods(text: string, options: PeriodOptions, earlier?: AskedPeriod): Periods {
  const relative = earlier && relativePeriod(text, earlier, options);
  if (relative !== undefined) return relative;
  const found = findPeriods(text, options).slice(0, MOST_PERIODS);
  return {
    periods: found.map(({ period, text: said }) => asked(period, said, options)),
    rest: blankOut(text, found),
  };
}

/** The period with a text that means it to a tool: the words as they were said, or else its ends. */
export function asked(period: Period, said: string, options: PeriodOptions): AskedPeriod {
  const { from, to, timeZone, label, unbounded, step } = period;
  const text = unbounded ? 'all' : meansThe(period, said, options) ? said.trim() : interval(period);
  return { from, to, timeZone, label, ...(unbounded && { unbounded }), ...(step && { step: { ...step } }), text };
}

function relativePeriod(text: string, earlier: AskedPeriod, options: PeriodOptions): Periods | undefined {
  for (const [pattern, direction] of [
    [YEAR_EARLIER, -1],
    [BEFORE, -1],
    [AFTER, 1],
  ] as const) {
    const match = pattern.exec(text);
    if (match === null) continue;
    // "The week before Christmas", "before last": told from something else than the turn before.
    if (/^\s+(?:last\b|[A-Z\d])/.test(text.slice(match.index + match[0].length))) return undefined;
    const unit = pattern === YEAR_EARLIER ? 'a year' : (match.groups?.['unit'] ?? match.groups?.['named']);
    const period = move(earlier, unit?.toLowerCase(), direction, options);
    const said = { text: match[0], index: match.index };
    return { periods: [asked(period, period.label, options)], rest: blankOut(text, [said]) };
  }
  return undefined;
}

/** The period before or after: of its own kind, unless another unit is named ("September", "and the week before?"). */
function move(earlier: AskedPeriod, unit: string | undefined, direction: -1 | 1, options: PeriodOptions): Period {
  if (unit === 'a year') return shiftPeriod({ ...earlier, step: { unit: 'year', count: 1, part: true } }, direction);
  if (unit === undefined || !isOther(unit, earlier.step)) return shiftPeriod(earlier, direction);
  const edge = direction === -1 ? earlier.from : earlier.to;
  if (unit === 'hour') return hourBeside(edge, direction, options);
  if (unit === 'month' || unit === 'year') return calendarUnit(edge, unit, direction, options);
  // The days that border on the period: the seven before a month, the one after a week.
  const length = { day: 'P1D', week: 'P7D', quarter: 'P3M' }[unit] ?? 'P1D';
  const date = localDate(edge, options.timeZone);
  return parsePeriod(direction === -1 ? `${length}/${date}` : `${date}/${length}`, options);
}

function hourBeside(edge: number, direction: -1 | 1, { timeZone }: PeriodOptions): Period {
  const [from, to] = direction === -1 ? [edge - HOUR_MS, edge] : [edge, edge + HOUR_MS];
  return { from, to, timeZone, label: describeDates({ from, to, timeZone }), step: { unit: 'hour', count: 1 } };
}

/** The nearest whole month or year that doesn't overlap the period. */
function calendarUnit(edge: number, unit: 'month' | 'year', direction: -1 | 1, options: PeriodOptions): Period {
  const length = unit === 'month' ? 'YYYY-MM'.length : 'YYYY'.length;
  const date = localDate(direction === -1 ? edge - 1 : edge, options.timeZone);
  const around = parsePeriod(date.slice(0, length), options);
  const overlaps = direction === -1 ? around.to > edge : around.from < edge;
  return overlaps ? shiftPeriod(around, direction) : around;
}

function isOther(unit: string, step: AskedPeriod['step']): boolean {
  return unit in { hour: 1, day: 1, week: 1, month: 1, quarter: 1, year: 1 } && !isAbout(step, unit);
}

function isAbout(step: AskedPeriod['step'], unit: string): boolean {
  if (step === undefined) return false;
  return (step.unit === unit && step.count === 1) || (unit === 'week' && step.unit === 'day' && step.count === 7);
}

function meansThe(period: Period, said: string, options: PeriodOptions): boolean {
  try {
    const read = parsePeriod(said, options);
    return read.from === period.from && read.to === period.to;
  } catch {
    // Words that mean a period only within their sentence; the tool gets its ends instead.
    return false;
  }
}

function interval({ from, to, timeZone }: Period): string {
  return `${formatWithOffset(from, timeZone)}/${formatWithOffset(to, timeZone)}`;
}
