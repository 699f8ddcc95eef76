import { LRUCache } from 'lru-cache';
import { Temporal } from 'temporal-polyfill';

/** A stretch of time in which a zone keeps one offset. Cut at UTC years, so a neighbour may have the same offset. */
export interface OffsetSegment {
  /** Epoch ms, inclusive. */
  readonly start: number;
  /** Epoch ms, exclusive. */
  readonly end: number;
  /** Milliseconds to add to an instant to read the local wall clock as if it were UTC. */
  readonly offset: number;
  /** The offset as ISO 8601 writes it, `+05:45`. */
  readonly suffix: string;
}

type YearSegments = readonly OffsetSegment[];

const MINUTE = 60_000;
/** No zone was ever further from UTC than Manila's −15:56 and Juneau's +15:02, both before 1868. */
const WIDEST_OFFSET = 16 * 60 * MINUTE;
const ZONES_KEPT = 256;
const YEARS_KEPT_PER_ZONE = 320;

// Finding a year's transitions costs about half a millisecond; reading a known segment costs nanoseconds.
const zones = new LRUCache<string, LRUCache<number, YearSegments>>({ max: ZONES_KEPT });
let latest: { timeZone: string; segment: OffsetSegment } | undefined;

/**
 * The offset segment of a zone that holds an instant.
 * @throws RangeError for a name that is no time zone (see `isTimeZone`) or a number that is no instant.
 */
export function segmentAt(timeZone: string, epochMs: number): OffsetSegment {
  if (latest?.timeZone === timeZone && epochMs >= latest.segment.start && epochMs < latest.segment.end) {
    return latest.segment;
  }
  const segments = segmentsOfYear(timeZone, new Date(epochMs).getUTCFullYear());
  const segment = segments.findLast((candidate) => candidate.start <= epochMs);
  if (segment === undefined) throw new RangeError(`${epochMs} is not an instant`);
  latest = { timeZone, segment };
  return segment;
}

/**
 * The first instant at which the zone's wall clock shows `wallMs` (local time read as if it were UTC) or later: the
 * earlier one of a repeated time, the end of the gap for a time that is skipped. For a midnight that is the start of
 * the day as `Temporal.ZonedDateTime.startOfDay` defines it.
 */
export function firstInstantAt(timeZone: string, wallMs: number): number {
  let segment = segmentAt(timeZone, wallMs - WIDEST_OFFSET);
  for (;;) {
    const instant = Math.max(segment.start, wallMs - segment.offset);
    if (instant < segment.end) return instant;
    segment = segmentAt(timeZone, segment.end);
  }
}

/** The wall clock of an instant, read as if it were UTC. */
export function wallClock(timeZone: string, epochMs: number): number {
  return epochMs + segmentAt(timeZone, epochMs).offset;
}

function segmentsOfYear(timeZone: string, year: number): YearSegments {
  let years = zones.get(timeZone);
  if (years === undefined) {
    years = new LRUCache<number, YearSegments>({ max: YEARS_KEPT_PER_ZONE });
    zones.set(timeZone, years);
  }
  let segments = years.get(year);
  if (segments === undefined) {
    segments = findSegments(timeZone, startOfUtcYear(year), startOfUtcYear(year + 1));
    years.set(year, segments);
  }
  return segments;
}

function findSegments(timeZone: string, yearStart: number, yearEnd: number): YearSegments {
  let moment = Temporal.Instant.fromEpochMilliseconds(yearStart).toZonedDateTimeISO(timeZone);
  let start = yearStart;
  const segments: OffsetSegment[] = [];
  for (;;) {
    const next = moment.getTimeZoneTransition('next');
    const end = next === null ? yearEnd : Math.min(next.epochMilliseconds, yearEnd);
    const segment = { start, end, offset: moment.offsetNanoseconds / 1e6, suffix: isoOffset(moment.offsetNanoseconds) };
    segments.push(segment);
    if (next === null || end === yearEnd) return segments;
    start = end;
    moment = next;
  }
}

/** ISO 8601 offsets have no seconds; those of before 1972 that do are rounded, as Temporal does. */
function isoOffset(nanoseconds: number): string {
  const minutes = Math.round(Math.abs(nanoseconds) / (MINUTE * 1e6));
  const sign = nanoseconds < 0 && minutes > 0 ? '-' : '+';
  return `${sign}${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

function startOfUtcYear(year: number): number {
  return new Date(0).setUTCFullYear(year, 0, 1);
}
