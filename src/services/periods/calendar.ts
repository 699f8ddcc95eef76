import { ValidationError } from '@app/common/core';
import { LRUCache } from 'lru-cache';
import { Temporal } from 'temporal-polyfill';
import type { WeekStart } from './period';
import { firstInstantAt, segmentAt, wallClock } from './zone-offsets';

export type BucketSize = 'none' | 'hour' | 'day' | 'week' | 'month' | 'year';

/** Above this an answer is refused before anything is built. */
export const MAX_BUCKETS = 20_000;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Index of Monday = 0; 1970-01-01 was a Thursday. */
const WEEKDAY_OF_EPOCH = 3;
const APPROXIMATE_LENGTH: Record<BucketSize, number> = {
  none: Number.POSITIVE_INFINITY,
  hour: HOUR,
  day: DAY,
  week: 7 * DAY,
  month: 30.436875 * DAY,
  year: 365.2425 * DAY,
};

/**
 * The boundaries of a period's buckets: n+1 epoch ms for n buckets, strictly ascending, the first `period.from`, the
 * last `period.to`; a first or last bucket that is only partly inside is clipped.
 *
 * Days, weeks, months and years start at the first instant of their first local day: a day may have 23, 24.5 or 25
 * hours, may start at 01:00 where midnight is skipped, and a day the zone left out (Apia, 2011-12-30) has no bucket.
 * Hours start at every whole hour of the local clock and at every change of the offset, so each hour bucket has one
 * local hour and one offset: an hour that is repeated is two buckets, and where the clock moves by half an hour (Lord
 * Howe) the odd half-hour is a short bucket of its own (02:30 to 03:00 in spring, the second 01:30 to 02:00 in autumn).
 *
 * @throws ValidationError `VALIDATION_INVALID_INPUT`, field `bucket`, above {@link MAX_BUCKETS}.
 * @throws RangeError when the period is empty or inverted.
 */
export function bucketBoundaries(
  period: { readonly from: number; readonly to: number },
  size: BucketSize,
  timeZone: string,
  weekStart: WeekStart = 'monday',
): number[] {
  if (!(period.from < period.to)) throw new RangeError(`a period ends after it starts: ${period.from}, ${period.to}`);
  refuseTooMany(period, size);
  if (size === 'none') return [period.from, period.to];
  if (size === 'hour') return hourBoundaries(period.from, period.to, timeZone);
  const boundaries = [period.from];
  let last = period.from;
  let wall = nextUnit(wallClock(timeZone, period.from), size, weekStart);
  for (;;) {
    const instant = firstInstantAt(timeZone, wall);
    if (instant >= period.to) break;
    if (instant > last) boundaries.push((last = instant));
    wall = nextUnit(wall, size, weekStart);
  }
  boundaries.push(period.to);
  return boundaries;
}

/** About how many buckets a period has, from its length alone (exact but for clipped and irregular buckets). */
export function countBuckets(period: { readonly from: number; readonly to: number }, size: BucketSize): number {
  return Math.max(1, Math.ceil((period.to - period.from) / APPROXIMATE_LENGTH[size]));
}

/** The boundaries at whole local hours and offset changes between two instants, both included. */
function hourBoundaries(from: number, to: number, timeZone: string): number[] {
  const boundaries = [from];
  let segment = segmentAt(timeZone, from);
  let base = from;
  for (;;) {
    const { offset } = segment;
    const end = Math.min(segment.end, to);
    for (let hour = nextHour(base, offset); hour < end; hour += HOUR) boundaries.push(hour);
    if (segment.end >= to) break;
    base = segment.end;
    segment = segmentAt(timeZone, base);
    if (segment.offset !== offset || (base + offset) % HOUR === 0) boundaries.push(base);
  }
  boundaries.push(to);
  return boundaries;
}

function nextHour(after: number, offset: number): number {
  return (Math.floor((after + offset) / HOUR) + 1) * HOUR - offset;
}

/** The start of the next calendar unit on the wall clock, as if every day had 24 hours. */
function nextUnit(wall: number, size: 'day' | 'week' | 'month' | 'year', weekStart: WeekStart): number {
  const day = Math.floor(wall / DAY);
  if (size === 'day') return (day + 1) * DAY;
  if (size === 'week') {
    const shift = weekStart === 'monday' ? WEEKDAY_OF_EPOCH : WEEKDAY_OF_EPOCH + 1;
    const weekday = (((day + shift) % 7) + 7) % 7;
    return (day + 7 - weekday) * DAY;
  }
  const date = new Date(wall);
  return size === 'year'
    ? Date.UTC(date.getUTCFullYear() + 1, 0, 1)
    : Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

function refuseTooMany(period: { readonly from: number; readonly to: number }, size: BucketSize): void {
  const count = countBuckets(period, size);
  if (count <= MAX_BUCKETS) return;
  const larger = (['day', 'week', 'month', 'year', 'none'] as const).find(
    (candidate) => countBuckets(period, candidate) <= MAX_BUCKETS,
  );
  const constraint = `at most ${MAX_BUCKETS} buckets; this period has about ${count} by ${size}: use bucket=${larger ?? 'none'} or a shorter time_period`;
  throw new ValidationError('VALIDATION_INVALID_INPUT', {
    message: `Too many buckets: ${constraint}`,
    details: { field: 'bucket', value: size, errors: [{ field: 'bucket', value: size, constraints: [constraint] }] },
  });
}

const knownZones = new LRUCache<string, { readonly name: string | undefined }>({ max: 1024 });
const LONGEST_ZONE_NAME = 64;

/** Whether a name is an IANA time zone (`Europe/Paris`, any case) or a fixed offset (`+05:30`) this runtime knows. */
export function isTimeZone(name: string): boolean {
  return timeZoneName(name) !== undefined;
}

/**
 * The zone's name as it is written: `Europe/Paris` for `europe/paris`, `+05:45` for `+0545`. Aliases stay what they are
 * (`Asia/Kathmandu`); undefined when there is no such zone.
 */
export function timeZoneName(text: string): string | undefined {
  if (text.length === 0 || text.length > LONGEST_ZONE_NAME) return undefined;
  let known = knownZones.get(text);
  if (known === undefined) {
    known = { name: resolveZone(text) };
    knownZones.set(text, known);
  }
  return known.name;
}

function resolveZone(text: string): string | undefined {
  try {
    // Intl alone refuses date-times with a bracketed zone, which Temporal also takes for a zone's name.
    new Intl.DateTimeFormat('en', { timeZone: text });
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text).timeZoneId;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/**
 * An instant as ISO 8601 local time with the zone's offset, `2025-11-02T01:30:00-05:00`, with milliseconds only where
 * there are any. Reads back as the same instant, except under the offsets with seconds that some zones had before
 * 1972: those are rounded to the minute, as ISO 8601 demands.
 */
export function formatWithOffset(epochMs: number, timeZone: string): string {
  const { offset, suffix } = segmentAt(timeZone, epochMs);
  const local = new Date(epochMs + offset).toISOString();
  return (local.endsWith('.000Z') ? local.slice(0, -5) : local.slice(0, -1)) + suffix;
}

/** The local calendar day of an instant, `YYYY-MM-DD`. */
export function localDate(epochMs: number, timeZone: string): string {
  return new Date(wallClock(timeZone, epochMs)).toISOString().slice(0, 10);
}
