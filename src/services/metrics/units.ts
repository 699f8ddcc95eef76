import type { MetricType } from './metric-model';
import { parseUnit } from './unit-parser';

export const UNIT_SYSTEMS = ['metric', 'imperial'] as const;
export type UnitSystem = (typeof UNIT_SYSTEMS)[number];

export interface Conversion {
  readonly value: number;
  /** Why the value may not be what it seems. The same text for all values with the same trouble: fit for counting. */
  readonly warning?: string;
  /** The unit measures something else, or is not known: `value` is as given, and means nothing in the canonical unit. */
  readonly incompatible?: true;
}

export interface DisplayQuantity {
  readonly value: number;
  /** For people: `bpm`, `km/h`, `°F`; empty for a plain number. */
  readonly unit: string;
}

/** A fraction above this can only be a percentage; up to it, it may be one that overshoots (perfusion, rounding). */
const LARGEST_FRACTION = 1.5;

/** A conversion, worked out once for a pair of units: imports convert millions of values between a few of them. */
interface Steps {
  readonly before: number;
  readonly times: number;
  readonly by: number;
  readonly after: number;
}

const MAX_REMEMBERED = 1_000;
const remembered = new Map<string, Map<string, { readonly steps: Steps | undefined }>>();
let rememberedCount = 0;

const IMPERIAL: ReadonlyMap<string, string> = new Map([
  ['km', 'mi'],
  ['m', 'ft'],
  ['cm', 'in'],
  ['km/hr', 'mi/hr'],
  ['m/s', 'ft/s'],
  ['kg', 'lb'],
  ['degC', 'degF'],
  ['mL', 'fl_oz_us'],
]);

const LABELS: ReadonlyMap<string, string> = new Map([
  ['count', ''],
  ['count/min', '/min'],
  ['km/hr', 'km/h'],
  ['mi/hr', 'mph'],
  ['degC', '°C'],
  ['degF', '°F'],
  ['dBASPL', 'dB'],
  ['hr', 'h'],
  ['mcg', 'µg'],
  ['mcS', 'µS'],
  ['fl_oz_us', 'fl oz'],
  ['appleEffortScore', 'of 10'],
]);

/**
 * A stored value in the canonical unit of its type.
 * Fractions come out as fractions (0.96), also when they were given as 96 with `%`. A unit that is unknown or measures
 * something else leaves the value as it is, with a warning. A finite value never becomes NaN or infinite.
 */
export function toCanonical(value: number, unit: string | null, type: MetricType): Conversion {
  if (type.kind === 'category' || type.unit === '') return { value };
  if (type.dimension === 'fraction') return toFraction(value, unit, type);
  if (unit === type.unit) return { value };
  if (unit === null || unit === '') {
    return type.dimension === 'count'
      ? { value }
      : { value, warning: `${type.name}: no unit given, taken as ${type.unit}` };
  }
  return convertInto(value, unit, type);
}

/** `value` of one unit in another, or undefined when either is unknown or they measure different things. */
export function convert(value: number, from: string, to: string): number | undefined {
  if (from === to) return value;
  const steps = stepsBetween(from, to);
  if (steps === undefined) return undefined;
  const converted = ((value - steps.before) * steps.times) / steps.by + steps.after;
  return Number.isFinite(converted) ? converted : undefined;
}

/** The unit, in HealthKit's spelling, that a unit system has for canonical values: `lb` for kilograms. */
export function unitIn(type: MetricType, system: UnitSystem): string {
  return (system === 'imperial' ? IMPERIAL.get(type.unit) : undefined) ?? type.unit;
}

/** A canonical value as people of a unit system say it: fractions as percent, temperatures on their own scale. */
export function fromCanonical(value: number, type: MetricType, system: UnitSystem): DisplayQuantity {
  return display(value, type, system, convert);
}

/** The same for a difference of canonical values: 1 °C more is 1.8 °F more, not 33.8. */
export function differenceFromCanonical(value: number, type: MetricType, system: UnitSystem): DisplayQuantity {
  return display(value, type, system, convertDifference);
}

function toFraction(value: number, unit: string | null, type: MetricType): Conversion {
  if (unit !== null && unit !== '' && unit !== '%' && parseUnit(unit)?.quantity !== '') {
    return { value, warning: incompatible(unit, type), incompatible: true };
  }
  if (value <= LARGEST_FRACTION) return { value };
  return { value: value / 100, warning: `${type.name}: percentages above 1.5 were divided by 100` };
}

function convertInto(value: number, unit: string, type: MetricType): Conversion {
  const converted = convert(value, unit, type.unit);
  return converted === undefined
    ? { value, warning: incompatible(unit, type), incompatible: true }
    : { value: converted };
}

function incompatible(unit: string, type: MetricType): string {
  return `${type.name}: unit "${unit.slice(0, 40)}" cannot be converted to ${type.unit}`;
}

function display(value: number, type: MetricType, system: UnitSystem, via: typeof convert): DisplayQuantity {
  if (type.dimension === 'fraction') return { value: percentOf(value), unit: '%' };
  const target = unitIn(type, system);
  const converted = target === type.unit ? undefined : via(value, type.unit, target);
  if (converted !== undefined) return { value: withoutNoise(converted), unit: LABELS.get(target) ?? target };
  return { value, unit: type.unitLabel ?? LABELS.get(type.unit) ?? type.unit };
}

function convertDifference(value: number, from: string, to: string): number | undefined {
  const steps = stepsBetween(from, to);
  return steps === undefined ? undefined : (value * steps.times) / steps.by;
}

function stepsBetween(from: string, to: string): Steps | undefined {
  const known = remembered.get(to)?.get(from);
  if (known !== undefined) return known.steps;
  const steps = workOut(from, to);
  // Units come from files and requests: without a bound, odd ones would pile up.
  if (rememberedCount >= MAX_REMEMBERED) {
    remembered.clear();
    rememberedCount = 0;
  }
  remembered.set(to, (remembered.get(to) ?? new Map<string, { steps: Steps | undefined }>()).set(from, { steps }));
  rememberedCount += 1;
  return steps;
}

function workOut(from: string, to: string): Steps | undefined {
  const source = parseUnit(from);
  const target = parseUnit(to);
  if (source === undefined || target === undefined || source.quantity !== target.quantity) return undefined;
  const up = source.numerator * target.denominator;
  const down = source.denominator * target.numerator;
  const ends = { before: source.offset, after: target.offset };
  // One operation where one is enough: each further one rounds again.
  if (up % down === 0) return { ...ends, times: up / down, by: 1 };
  if (down % up === 0) return { ...ends, times: 1, by: down / up };
  return { ...ends, times: up, by: down };
}

function percentOf(fraction: number): number {
  return withoutNoise(fraction * 100);
}

/** 0.28 times 100 is 28.000000000000004 in binary, and 170 lb by way of kg 170.00000000000003: nothing is known that well. */
function withoutNoise(value: number): number {
  return Number(value.toPrecision(15));
}
