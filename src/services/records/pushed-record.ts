import { Temporal } from 'temporal-polyfill';
import { type MetricType, resolveMetric } from '../metrics/metric-type';
import { parseUnit } from '../metrics/unit-parser';
import { toCanonical } from '../metrics/units';
import { type HealthRecord, LONGEST_RECORD_MS } from './health-record';

/** A record as an app sends it; nothing is known of its members yet. */
export interface PushedRecord {
  readonly metric_type?: unknown;
  readonly value?: unknown;
  readonly unit?: unknown;
  readonly start?: unknown;
  readonly end?: unknown;
  readonly source?: unknown;
  readonly user_entered?: unknown;
}

/** What is wrong with one record of a push. */
export interface RecordProblem {
  readonly index: number;
  readonly field: string;
  readonly message: string;
  readonly did_you_mean?: readonly string[];
}

/** A problem as it is found; `metricType` is a name that nobody knows, for which others may be suggested. */
export type FoundProblem = RecordProblem & { readonly metricType?: string };

/** What is wrong with a record: its first problems, and how many more there are. */
export interface Rejection {
  readonly problems: readonly FoundProblem[];
  readonly omitted: number;
}

export type Reading = { readonly record: HealthRecord } | Rejection;

const MEMBERS = ['metric_type', 'value', 'unit', 'start', 'end', 'source', 'user_entered'];
const MAX_TEXT = 200;
const MAX_FIELD = 100;
/** The most problems that are told of one record. */
export const MAX_PROBLEMS_OF_RECORD = 20;
/** ISO 8601 without what Temporal takes besides: zones in brackets, and leap seconds, which it makes other seconds. */
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})$/;
const EARLIEST = Date.UTC(1900, 0, 1);
const LATEST = Date.UTC(2200, 0, 1);

export function isRecord(reading: Reading): reading is { readonly record: HealthRecord } {
  return 'record' in reading;
}

/** Checks one record; its problems at once, up to {@link MAX_PROBLEMS_OF_RECORD}. */
export function readPushedRecord(given: PushedRecord, index: number): Reading {
  const problems: FoundProblem[] = [];
  let omitted = 0;
  const report: Report = (field, message, metricType) => {
    if (problems.length === MAX_PROBLEMS_OF_RECORD) omitted++;
    else problems.push({ index, field: field.slice(0, MAX_FIELD), message, ...(metricType && { metricType }) });
    return undefined;
  };
  const record = readMembers(given, report);
  for (const member of Object.keys(given)) if (!MEMBERS.includes(member)) report(member, 'is not a member of a record');
  return problems.length > 0 || record === undefined ? { problems, omitted } : { record };
}

function readMembers(given: PushedRecord, report: Report): HealthRecord | undefined {
  const metric = readMetric(given.metric_type, report);
  const start = readTime(given.start, 'start', report);
  const end = readEnd(given.end, start, report);
  const value = metric === undefined ? null : readValue(given.value, metric, report);
  const unit = metric === undefined ? null : readUnit(given.unit, metric, report);
  const source = readText(given.source ?? 'API', 'source', report);
  const kind = readFlag(given.user_entered, 'user_entered', report) ? 'manual' : 'app';
  if (metric === undefined || start === undefined || end === undefined || source === undefined) return undefined;
  return { metric: metric.id, start, end, value: value ?? null, unit: unit ?? null, source, kind };
}

type Report = (field: string, message: string, metricType?: string) => undefined;

function readMetric(given: unknown, report: Report): MetricType | undefined {
  if (typeof given !== 'string' || given === '') return report('metric_type', 'must be the name of a metric type');
  return resolveMetric(given) ?? report('metric_type', 'is not a known metric type', given.slice(0, MAX_TEXT));
}

function readTime(given: unknown, field: string, report: Report): number | undefined {
  if (typeof given !== 'string' || !DATE_TIME.test(given))
    return report(field, 'must be an ISO 8601 date-time with an offset, such as 2025-09-30T08:15:00+02:00');
  const time = instantOf(given);
  if (time === undefined) return report(field, 'is a date, time or offset that does not exist');
  return time >= EARLIEST && time < LATEST ? time : report(field, 'must lie between the years 1900 and 2199');
}

/** Epoch milliseconds, finer fractions cut off. Temporal, because `Date` turns 30 February into 2 March. */
function instantOf(dateTime: string): number | undefined {
  try {
    return Temporal.Instant.from(dateTime).epochMilliseconds;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function readValue(given: unknown, metric: MetricType, report: Report): number | string | null | undefined {
  if (!isCategory(metric))
    return typeof given === 'number' && Number.isFinite(given) ? given : report('value', 'must be a number');
  if (given === undefined || given === null) return null;
  return readText(given, 'value', report);
}

function readEnd(given: unknown, start: number | undefined, report: Report): number | undefined {
  const end = given === undefined ? start : readTime(given, 'end', report);
  if (start === undefined || end === undefined) return end;
  if (end < start) return report('end', 'is before start');
  return end - start > LONGEST_RECORD_MS ? report('end', 'is more than 366 days after start') : end;
}

function isCategory(metric: MetricType): boolean {
  return metric.kind === 'category';
}

function readUnit(given: unknown, metric: MetricType, report: Report): string | null | undefined {
  if (isCategory(metric))
    return given === undefined || given === null ? null : report('unit', 'does not belong to a category');
  const unit = readText(given, 'unit', report);
  if (unit === undefined) return undefined;
  if (parseUnit(unit) === undefined) return report('unit', 'is not a known unit');
  // Zero converts without any other warning than that the units measure different things.
  const { warning } = toCanonical(0, unit, metric);
  return warning === undefined ? unit : report('unit', `cannot be converted to ${metric.unit}`);
}

function readText(given: unknown, field: string, report: Report): string | undefined {
  const fits = typeof given === 'string' && given.trim() !== '' && given.length <= MAX_TEXT;
  return fits ? given : report(field, `must be a text of 1 to ${MAX_TEXT} characters`);
}

function readFlag(given: unknown, field: string, report: Report): boolean {
  if (given !== undefined && typeof given !== 'boolean') report(field, 'must be true or false');
  return given === true;
}
