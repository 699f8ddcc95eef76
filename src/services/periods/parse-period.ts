import { Temporal } from 'temporal-polyfill';
import { combinePhrases, type FoundPeriod } from './combine-phrases';
import { findPhrases, isUsedAsPeriod, normalise } from './find-phrases';
import { isoInterval, looksLikeInterval } from './iso-interval';
import { addUnits, type Clock, FIRST_YEAR, instantOf, LAST_YEAR, type Period, type PeriodOptions } from './period';
import { periodError } from './period-error';
import { dateAt, describeDates, wholeDaysOf } from './period-label';
import { refuseUnreadable } from './refused-phrases';
import { recentPeriod } from './relative-phrases';

const LONGEST_TEXT = 200;
const FILLER_BEFORE =
  /^\s*(?:(?:in|on|at|the|during|for|over|within|throughout|from|of|all|whole|entire|my|day|month|quarter|year)\b\s*)*$/i;
const FILLER_AFTER = /^(?:'s)?[\s.!?]*$/i;

/**
 * The period a `time_period` means: a token, a calendar date, an ISO 8601 interval, or an English phrase, in any case
 * and with underscores or blanks. Nothing (or only blanks) means the last 30 days. Phrases that leave their year open
 * mean the latest one that is not in the future. English ranges include their last day, ISO intervals exclude their end.
 *
 * @throws ValidationError `VALIDATION_INVALID_INPUT` (field `time_period`) for anything that is not understood as a
 *   whole, is ambiguous, empty, inverted, or not in the calendar; it never becomes another period.
 */
export function parsePeriod(text: string | undefined, options: PeriodOptions): Period {
  const clock = clockOf(options);
  if (text === undefined || text.trim() === '') return recentPeriod(clock);
  if (text.length > LONGEST_TEXT) throw periodError(text, `a period has at most ${LONGEST_TEXT} characters`);
  if (looksLikeInterval(text)) return isoInterval(text.trim(), clock.timeZone);
  const readable = normalise(text);
  refuseUnreadable(readable);
  const [found, ...others] = combinePhrases(findPhrases(readable, clock), readable, clock);
  if (found === undefined) throw periodError(text, 'no period is recognised in it');
  if (others.length > 0) throw periodError(text, 'it names more than one period');
  const rest = [readable.slice(0, found.index).trim(), readable.slice(found.end).trim()];
  if (!FILLER_BEFORE.test(rest[0] ?? '') || !FILLER_AFTER.test(rest[1] ?? '')) {
    throw periodError(text, `"${rest.filter(Boolean).join(' … ')}" is not understood`);
  }
  return checked(found.period, text);
}

/**
 * The periods a sentence speaks of, in its order, with the words that say so. Ranges are one period unless the sentence
 * compares ("how did it change from March to April"). "Ever" and "recently" give way to any other period. A period
 * before an earlier one of the sentence is found too ("in September and the month before"); one before a period of an
 * earlier sentence is not (see {@link shiftPeriod}).
 *
 * @throws ValidationError where the sentence names a date that does not exist or is ambiguous: an answer about another
 *   period would be wrong.
 */
export function findPeriods(
  sentence: string,
  options: PeriodOptions,
): Array<{ period: Period; text: string; index: number }> {
  const clock = clockOf(options);
  const readable = normalise(sentence);
  refuseUnreadable(readable);
  const phrases = findPhrases(readable, clock).filter((phrase) => isUsedAsPeriod(phrase, readable));
  const found = combinePhrases(phrases, readable, clock);
  const clear = found.filter((candidate) => !candidate.vague);
  return (clear.length > 0 ? clear : found).map(({ period, index, end }: FoundPeriod) => {
    const text = sentence.slice(index, end);
    return { period: checked(period, text), text, index };
  });
}

/**
 * The period of the same kind before or after: the month before a month, the seven days before seven days, the night
 * before a night. Calendar units become whole ("this month" is preceded by the whole last month). A period that is no
 * calendar unit moves by its own length.
 *
 * @throws ValidationError for `all`, which has nothing before or after it, and beyond the years that are read.
 */
export function shiftPeriod(period: Period, direction: -1 | 1): Period {
  if (period.unbounded) throw periodError(period.label, 'nothing comes before or after all time');
  const { timeZone } = period;
  const step = period.step ?? stepOf(period);
  if (step === undefined || step.unit === 'hour') {
    const length = (period.to - period.from) * direction;
    const bounds = { from: period.from + length, to: period.to + length, timeZone };
    return checked({ ...bounds, label: describeDates(bounds), ...(step && { step }) }, period.label);
  }
  const { unit, count } = step;
  const moved = (epochMs: number, steps: number): number => moveDate(timeZone, epochMs, unit, steps * count);
  // The step before the day after one that the zone left out (Apia, 2011-12-30) leads nowhere: take two.
  const once = moved(period.from, direction);
  const from = once === period.from ? moved(period.from, 2 * direction) : once;
  const whole = { from, to: direction === -1 ? period.from : moved(from, 1), timeZone };
  const bounds = step.part ? { from, to: moved(period.to, direction), timeZone } : whole;
  return checked({ ...bounds, label: describeDates(bounds, count === 1 ? unit : undefined), step }, period.label);
}

/** The step of a period that does not say: its months, else its days, when it is made of whole ones. */
function stepOf(period: Period): Period['step'] {
  const days = wholeDaysOf(period);
  if (days === undefined) return undefined;
  const { first, end } = days;
  if (first.day === 1 && end.day === 1)
    return { unit: 'month', count: first.until(end, { largestUnit: 'month' }).months };
  return { unit: 'day', count: first.until(end).days };
}

/** The same local time some calendar units away. */
function moveDate(timeZone: string, epochMs: number, unit: Parameters<typeof addUnits>[1], count: number): number {
  const date = dateAt(timeZone, epochMs);
  const midnight = instantOf(timeZone, date);
  const time = Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(timeZone);
  const target = addUnits(date, unit, count);
  return epochMs === midnight ? instantOf(timeZone, target) : instantOf(timeZone, target, time.hour, time.minute);
}

function clockOf({ now, timeZone, weekStart = 'monday' }: PeriodOptions): Clock {
  return { now, timeZone, weekStart, today: dateAt(timeZone, now) };
}

function checked(period: Period, text: string): Period {
  if (period.from >= period.to) throw periodError(text, `there is no such time in ${period.timeZone}`);
  const first = dateAt(period.timeZone, period.from).year;
  const last = dateAt(period.timeZone, period.to - 1).year;
  if (first >= FIRST_YEAR && last <= LAST_YEAR) return period;
  throw periodError(text, `years are read from ${FIRST_YEAR} to ${LAST_YEAR}`);
}
