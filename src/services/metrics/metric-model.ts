/** How samples of a type combine, after HealthKit's aggregation styles. */
export type MetricKind = 'cumulative' | 'discrete' | 'category';

/** What is answered when nobody asks for a statistic. `leq` is the equivalent continuous sound level. */
export type DefaultStatistic = 'sum' | 'avg' | 'latest' | 'count' | 'duration' | 'leq';

/** Every canonical unit of the table, in HealthKit's spelling, with what it measures. */
const DIMENSION_OF_UNIT = {
  count: 'count',
  'count/min': 'frequency',
  '%': 'fraction',
  kcal: 'energy',
  'kcal/hr·kg': 'effort',
  appleEffortScore: 'score',
  km: 'length',
  m: 'length',
  cm: 'length',
  'km/hr': 'speed',
  'm/s': 'speed',
  kg: 'mass',
  g: 'mass',
  mg: 'mass',
  mcg: 'mass',
  mL: 'volume',
  L: 'volume',
  'L/min': 'flow',
  degC: 'temperature',
  mmHg: 'pressure',
  'mg/dL': 'concentration',
  'mL/min·kg': 'oxygen_uptake',
  dBASPL: 'sound',
  W: 'power',
  mcS: 'conductance',
  IU: 'dose',
  ms: 'duration',
  min: 'duration',
  hr: 'duration',
  '': 'count',
} as const;

export type CanonicalUnit = keyof typeof DIMENSION_OF_UNIT;
export type Dimension = (typeof DIMENSION_OF_UNIT)[CanonicalUnit] | 'unknown';

export interface MetricType {
  /** HealthKit's identifier: `HKQuantityTypeIdentifierHeartRate`. */
  readonly id: string;
  /** The identifier without its prefix: `HeartRate`. */
  readonly name: string;
  readonly kind: MetricKind;
  /**
   * The unit aggregates are computed in, in HealthKit's spelling. `%` is HealthKit's percent, whose values are
   * fractions (0.28). Categories: `min` when their duration counts, else empty.
   */
  readonly unit: string;
  readonly dimension: Dimension;
  readonly defaultStatistic: DefaultStatistic;
  readonly displayName: string;
  /** Words people use for it, unlike those of any other type. */
  readonly aliases: readonly string[];
  /** How the unit is said of this type (`steps`, `bpm`) where the unit alone says too little. */
  readonly unitLabel?: string;
  readonly bodyMeasure?: true;
  /**
   * Category values that say the thing was *not* so (an idle hour, in bed but not asleep, symptom not present): they
   * are records, and belong to neither the count nor the duration of the type.
   */
  readonly valuesNotCounted?: readonly string[];
  /** False for a type that is not in the table. */
  readonly known: boolean;
}

type RowFields = Omit<MetricType, 'id' | 'unit' | 'dimension' | 'known'> & { readonly unit: CanonicalUnit };
type Extras = Partial<Pick<MetricType, 'defaultStatistic' | 'unitLabel' | 'bodyMeasure' | 'valuesNotCounted'>>;

export const QUANTITY_PREFIX = 'HKQuantityTypeIdentifier';
export const CATEGORY_PREFIX = 'HKCategoryTypeIdentifier';

/** A quantity whose samples add up over time. */
export function cumulative(
  name: string,
  unit: CanonicalUnit,
  displayName: string,
  aliases: readonly string[] = [],
  extras: Extras = {},
): MetricType {
  return row(QUANTITY_PREFIX, {
    name,
    kind: 'cumulative',
    unit,
    displayName,
    aliases,
    defaultStatistic: 'sum',
    ...extras,
  });
}

/** A quantity whose samples each describe a moment. */
export function discrete(
  name: string,
  unit: CanonicalUnit,
  displayName: string,
  aliases: readonly string[] = [],
  extras: Extras = {},
): MetricType {
  return row(QUANTITY_PREFIX, {
    name,
    kind: 'discrete',
    unit,
    displayName,
    aliases,
    defaultStatistic: 'avg',
    ...extras,
  });
}

/** A measure of the body that changes slowly: the newest value is the answer. */
export function bodyMeasure(
  name: string,
  unit: CanonicalUnit,
  displayName: string,
  aliases: readonly string[] = [],
): MetricType {
  return discrete(name, unit, displayName, aliases, { bodyMeasure: true, defaultStatistic: 'latest' });
}

/** A sound level: decibels are logarithms, so the energy is averaged, not the number. */
export function soundLevel(name: string, displayName: string, aliases: readonly string[] = []): MetricType {
  return discrete(name, 'dBASPL', displayName, aliases, { defaultStatistic: 'leq' });
}

/** Something that happened; how often is the answer. */
export function event(
  name: string,
  displayName: string,
  aliases: readonly string[] = [],
  extras: Extras = {},
): MetricType {
  return row(CATEGORY_PREFIX, {
    name,
    kind: 'category',
    unit: '',
    displayName,
    aliases,
    defaultStatistic: 'count',
    ...extras,
  });
}

/** Something that lasted; how long, in minutes, is the answer. */
export function timed(
  name: string,
  displayName: string,
  aliases: readonly string[] = [],
  extras: Extras = {},
): MetricType {
  return row(CATEGORY_PREFIX, {
    name,
    kind: 'category',
    unit: 'min',
    displayName,
    aliases,
    defaultStatistic: 'duration',
    ...extras,
  });
}

/** A row of the table; the builders above give most of it. */
export function row(prefix: string, fields: RowFields): MetricType {
  return { id: `${prefix}${fields.name}`, dimension: DIMENSION_OF_UNIT[fields.unit], known: true, ...fields };
}
