import { Temporal } from 'temporal-polyfill';
import { FIRST_YEAR, instantOf, LAST_YEAR, type Period } from './period';
import { periodError } from './period-error';
import { describeDates } from './period-label';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?<offset>Z|[+-]\d{2}(?::?\d{2})?)?$/;
/** A plus sign that a query string has turned into a blank. */
const LOST_PLUS = /(T[\d:.]+) (\d{2}(?::?\d{2})?)$/;

/** Whether a text is meant as an ISO 8601 interval, well-formed or not. */
export function looksLikeInterval(text: string): boolean {
  return /^\s*(?:\d{4}|p\d|p?t\d)[^/]*\/[^/]*$/i.test(text) || /^[^/]*\/\s*p\w*\s*$/i.test(text);
}

/**
 * An ISO 8601 interval `a/b`, end exclusive. A side is a date (its local start), a date-time (in its own offset, else
 * in the zone, where a skipped time moves forward and a repeated one is the first) or, once, a duration.
 * @throws ValidationError when it is not well-formed, empty, inverted, or outside the years that are read.
 */
export function isoInterval(text: string, timeZone: string): Period {
  const [left, right, ...more] = text.split('/').map((side) => side.trim().toUpperCase().replace(LOST_PLUS, '$1+$2'));
  if (!left || !right || more.length > 0) throw periodError(text, 'an interval has two sides, a/b');
  if (left.startsWith('P') && right.startsWith('P'))
    throw periodError(text, 'one side of an interval is a point in time');
  const from = left.startsWith('P')
    ? moved(readPoint(right, timeZone, text), left, -1, text)
    : readPoint(left, timeZone, text);
  const to = right.startsWith('P') ? moved(from, right, 1, text) : readPoint(right, timeZone, text);
  const bounds = { from: from.epochMilliseconds, to: to.epochMilliseconds, timeZone };
  if (bounds.from >= bounds.to) throw periodError(text, 'an interval ends after it starts (the end is exclusive)');
  for (const { year } of [from, to.subtract({ milliseconds: 1 })]) {
    if (year < FIRST_YEAR || year > LAST_YEAR)
      throw periodError(text, `years are read from ${FIRST_YEAR} to ${LAST_YEAR}`);
  }
  return { ...bounds, label: describeDates(bounds) };
}

function readPoint(side: string, timeZone: string, text: string): Temporal.ZonedDateTime {
  try {
    if (DATE.test(side)) return zoned(instantOf(timeZone, Temporal.PlainDate.from(side)), timeZone);
    const match = DATE_TIME.exec(side);
    if (match?.groups?.['offset'] !== undefined) return Temporal.Instant.from(side).toZonedDateTimeISO(timeZone);
    if (match !== null) return Temporal.PlainDateTime.from(side).toZonedDateTime(timeZone);
  } catch (error) {
    throw periodError(text, `${side} is not a date or time of the calendar`, error);
  }
  throw periodError(text, `${side} is not a date (2025-01-31), a date-time (2025-01-31T08:00) or a duration (P1M)`);
}

function zoned(epochMs: number, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(timeZone);
}

function moved(point: Temporal.ZonedDateTime, duration: string, sign: 1 | -1, text: string): Temporal.ZonedDateTime {
  try {
    const amount = Temporal.Duration.from(duration);
    return sign === 1 ? point.add(amount) : point.subtract(amount);
  } catch (error) {
    throw periodError(text, `${duration} is not a duration (P7D, P1M, PT12H)`, error);
  }
}
