import { BusinessLogicError, ValidationError } from '@app/common/core';
import { distance } from 'fastest-levenshtein';
import { CATEGORY_PREFIX, type MetricType } from './metric-model';
import { METRIC_TYPES, OTHER_NAMES, SHARED_PHRASES } from './metric-table';
import { phraseFinder, phraseKey, type Phrase } from './phrase-finder';

export type { DefaultStatistic, Dimension, MetricKind, MetricType } from './metric-model';
export { METRIC_TYPES } from './metric-table';

/** The most metric types one request may name. */
export const MAX_METRIC_TYPES = 20;

const MAX_SUGGESTIONS = 5;
/** Names that differ in more than this share of their letters are no help. */
const LARGEST_DISTANCE = 0.35;
const MAX_ECHOED = 100;

const PREFIXES = /^HK(?:QuantityTypeIdentifier|CategoryTypeIdentifier|DataTypeIdentifier|DataType)/i;

const byId = new Map(METRIC_TYPES.map((type) => [type.id, type]));
const byName = new Map(METRIC_TYPES.map((type) => [type.name.toLowerCase(), type]));
const spellings = new Map(METRIC_TYPES.map((type) => [type, namesOf(type)]));

/**
 * The type with this HealthKit identifier. One that is not in the table is a generic one, kept and queryable:
 * a category when the identifier says so, else discrete and averaged. Its unit is `observedUnit`, say that of its
 * first record, into which its other records convert; without it values are taken as they are.
 */
export function metricType(id: string, observedUnit: string | null = null): MetricType {
  return byId.get(id) ?? unknownType(id, observedUnit ?? '');
}

/**
 * The known type of a HealthKit name, with or without prefix, in any case (`heartrate`,
 * `HKQuantityTypeIdentifierHeartRate`). Undefined when there is none; words people use are no names.
 */
export function resolveMetric(nameOrId: string): MetricType | undefined {
  const trimmed = nameOrId.trim();
  const name = trimmed.replace(PREFIXES, '').toLowerCase();
  const type = byName.get(name) ?? byName.get(OTHER_NAMES.get(name)?.toLowerCase() ?? '');
  // A prefix that is given must be the right one: HKCategoryTypeIdentifierHeartRate does not exist.
  const agrees = name === trimmed.toLowerCase() || prefixOf(trimmed) === prefixOf(type?.id ?? '');
  return agrees ? type : undefined;
}

/**
 * At most five short names near to what was written, the nearest first: by spelling, as a part, or by a word people
 * use for it ("pulse" → `HeartRate`). Of `candidates` (names or ids) if given, else of all known types.
 */
export function nearestMetricNames(name: string, candidates?: readonly string[]): string[] {
  const wanted = letters(name.slice(0, MAX_ECHOED).trim().replace(PREFIXES, ''));
  if (wanted === '') return [];
  const types = candidates?.map((each) => resolveMetric(each) ?? metricType(each)) ?? METRIC_TYPES;
  return [...new Set(types)]
    .map((type) => ({ name: type.name, score: unlikeness(wanted, type) }))
    .filter(({ score }) => score <= LARGEST_DISTANCE)
    .sort((a, b) => a.score - b.score || a.name.localeCompare(b.name, 'en'))
    .slice(0, MAX_SUGGESTIONS)
    .map((each) => each.name);
}

const findPhrases = phraseFinder(metricPhrases());

/**
 * The metrics a sentence speaks of, in order: identifiers, names and aliases, singular or plural. The longest match
 * wins ("resting heart rate" is not "heart rate"), and matches don't overlap, but for words that mean several types
 * ("blood pressure"), which give one entry each at the same place.
 */
export function findMetricsInText(text: string): Array<{ metric: MetricType; text: string; index: number }> {
  return findPhrases(text).map(({ value, ...place }) => ({ metric: value, ...place }));
}

/**
 * The types of a `metric_types` parameter: names or ids, 1 to 20, comma-separated or as a list; repeated ones count
 * once. `known` are ids the user has data for; they resolve even when they are not in the table.
 * @throws ValidationError VALIDATION_INVALID_INPUT when none or more than 20 are given
 * @throws BusinessLogicError HEALTH_METRIC_NOT_SUPPORTED for the first name that is no metric type
 */
export function parseMetricTypes(list: string | readonly string[], known: readonly string[] = []): MetricType[] {
  const names = (typeof list === 'string' ? [list] : list)
    .flatMap((each) => each.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0) throw invalidList('must name at least one metric type');
  if (names.length > MAX_METRIC_TYPES) throw invalidList(`must name at most ${MAX_METRIC_TYPES} metric types`);
  return [...new Map(names.map((name) => resolveOrThrow(name, known)).map((type) => [type.id, type])).values()];
}

function resolveOrThrow(name: string, known: readonly string[]): MetricType {
  const type = resolveMetric(name) ?? resolveKnown(name, known);
  if (type !== undefined) return type;
  const candidates = [...METRIC_TYPES.map(({ id }) => id), ...known];
  const metric_type = name.slice(0, MAX_ECHOED);
  throw new BusinessLogicError('HEALTH_METRIC_NOT_SUPPORTED', {
    message: `"${metric_type}" is not a known metric type`,
    details: { metric_type, did_you_mean: nearestMetricNames(name, candidates) },
  });
}

function resolveKnown(name: string, known: readonly string[]): MetricType | undefined {
  const wanted = name.toLowerCase();
  const id = known.find((each) => each.toLowerCase() === wanted || shortName(each).toLowerCase() === wanted);
  return id === undefined ? undefined : metricType(id);
}

function invalidList(constraint: string): ValidationError {
  const field = 'metric_types';
  return new ValidationError('VALIDATION_INVALID_INPUT', {
    message: `${field} ${constraint}`,
    details: { field, errors: [{ field, constraints: [constraint] }] },
  });
}

function unknownType(id: string, unit: string): MetricType {
  const name = shortName(id);
  const displayName = name.replaceAll(/(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, ' ').toLowerCase();
  const base = { id, name, displayName, aliases: [], known: false } as const;
  return id.startsWith(CATEGORY_PREFIX)
    ? { ...base, unit: '', kind: 'category', dimension: 'count', defaultStatistic: 'count' }
    : { ...base, unit, kind: 'discrete', dimension: 'unknown', defaultStatistic: 'avg' };
}

function shortName(id: string): string {
  return id.replace(PREFIXES, '') || id;
}

function prefixOf(id: string): string | undefined {
  return PREFIXES.exec(id)?.[0].toLowerCase();
}

function metricPhrases(): Array<Phrase<MetricType>> {
  const own = METRIC_TYPES.flatMap((type) =>
    [type.id, type.name, type.displayName, ...type.aliases].map((text) => ({ text, value: type })),
  );
  const shared = SHARED_PHRASES.flatMap(({ phrase, names }) =>
    names.flatMap((name) => byName.get(name.toLowerCase()) ?? []).map((value) => ({ text: phrase, value })),
  );
  return [...own, ...shared];
}

function namesOf(type: MetricType): string[] {
  return [type.name, type.displayName, ...type.aliases].map(letters);
}

function unlikeness(wanted: string, type: MetricType): number {
  return Math.min(...(spellings.get(type) ?? namesOf(type)).map((name) => unlikenessOfName(wanted, name)));
}

/** 0 for the same letters, up to 1; a name that contains what was written is near, the more of it the nearer. */
function unlikenessOfName(wanted: string, name: string): number {
  const longer = Math.max(wanted.length, name.length);
  const edits = distance(wanted, name) / longer;
  const contained = wanted.length >= 3 && (name.includes(wanted) || (name.length >= 4 && wanted.includes(name)));
  return contained ? Math.min(edits, 0.2 + 0.2 * edits) : edits;
}

/** The letters alone, in singular: "Heart rates" and `heart_rate` are spelt alike. */
function letters(text: string): string {
  return phraseKey(text).replaceAll(' ', '');
}
