import { CATEGORY_PREFIX } from '../metrics/metric-model';
import { resolveMetric } from '../metrics/metric-type';
import { parseUnit } from '../metrics/unit-parser';
import type { HealthRecord } from './health-record';

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

type Problem = RecordProblem & { readonly metricType?: string };
type Reading = { readonly record: HealthRecord } | { readonly problems: readonly Problem[] };

const MEMBERS = ['metric_type', 'value', 'unit', 'start', 'end', 'source', 'user_entered'];
const MAX_TEXT = 200;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})$/;
const EARLIEST = Date.UTC(1900, 0, 1);
const LATEST = Date.UTC(2200, 0, 1);

export function isRecord(reading: Reading): reading is { readonly record: HealthRecord } {
  return 'record' in reading;
}

/** Checks one record; all its problems at once. */
export function readPushedRecord(given: PushedRecord, index: number): Reading {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return { problems: [{ index, field: 'record', message: 'must be an object' }] };
  }
  const problems: Problem[] = [];
  const report: Report = (field, message, metricType) => {
    problems.push({ index, field, message, ...(metricType === undefined ? {} : { metricType }) });
    return undefined;
  };
  for (const member of Object.keys(given)) if (!MEMBERS.includes(member)) report(member, 'is not a member of a record');
  const record = readMembers(given, report);
  return problems.length > 0 || record === undefined ? { problems } : { record };
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
  return { metric, start, end, value: value ?? null, unit: unit ?? null, source, kind };
}

type Report = (field: string, message: string, metricType?: string) => undefined;

function readMetric(given: unknown, report: Report): string | undefined {
  if (typeof given !== 'string' || given === '') return report('metric_type', 'must be the name of a metric type');
  return resolveMetric(given)?.id ?? report('metric_type', 'is not a known metric type', given.slice(0, MAX_TEXT));
}

function readTime(given: unknown, field: string, report: Report): number | undefined {
  const time = typeof given === 'string' && DATE_TIME.test(given) ? Date.parse(given) : Number.NaN;
  if (Number.isNaN(time))
    return report(field, 'must be an ISO 8601 date-time with an offset, such as 2025-09-30T08:15:00+02:00');
  return time >= EARLIEST && time < LATEST ? time : report(field, 'must lie between the years 1900 and 2199');
}

function readValue(given: unknown, metric: string, report: Report): number | string | null | undefined {
  if (!isCategory(metric))
    return typeof given === 'number' && Number.isFinite(given) ? given : report('value', 'must be a number');
  if (given === undefined || given === null) return null;
  return readText(given, 'value', report);
}

function readEnd(given: unknown, start: number | undefined, report: Report): number | undefined {
  const end = given === undefined ? start : readTime(given, 'end', report);
  return start !== undefined && end !== undefined && end < start ? report('end', 'is before start') : end;
}

function isCategory(metric: string): boolean {
  return metric.startsWith(CATEGORY_PREFIX);
}

function readUnit(given: unknown, metric: string, report: Report): string | null | undefined {
  if (isCategory(metric))
    return given === undefined || given === null ? null : report('unit', 'does not belong to a category');
  const unit = readText(given, 'unit', report);
  if (unit === undefined) return undefined;
  return parseUnit(unit) === undefined ? report('unit', 'is not a known unit') : unit;
}

function readText(given: unknown, field: string, report: Report): string | undefined {
  const fits = typeof given === 'string' && given.trim() !== '' && given.length <= MAX_TEXT;
  return fits ? given : report(field, `must be a text of 1 to ${MAX_TEXT} characters`);
}

function readFlag(given: unknown, field: string, report: Report): boolean {
  if (given !== undefined && typeof given !== 'boolean') report(field, 'must be true or false');
  return given === true;
}
