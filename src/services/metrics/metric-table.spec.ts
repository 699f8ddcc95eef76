import { METRIC_TYPES, OTHER_NAMES, SHARED_PHRASES } from './metric-table';
import { phraseKey } from './phrase-finder';
import { parseUnit } from './unit-parser';
import { toCanonical } from './units';

const PREFIXED = /^HK(?:Quantity|Category)TypeIdentifier[A-Z]\w+$|^HKDataTypeSleepDurationGoal$/;

function ofKind(kind: string): string[] {
  return METRIC_TYPES.filter((type) => type.kind === kind).map(({ name }) => name);
}

describe('the table of metric types', () => {
  it('covers HealthKit: the quantity types and the category types an export can hold', () => {
    const quantities = METRIC_TYPES.filter(({ id }) => id.startsWith('HKQuantityTypeIdentifier'));
    expect(quantities.length).toBe(120);
    expect(quantities.filter(({ name }) => name.startsWith('Dietary')).length).toBe(39);
    expect(ofKind('category').length).toBe(69);
  });

  it('gives every type a HealthKit identifier, and the short name is the rest of it', () => {
    for (const { id, name } of METRIC_TYPES) {
      expect(id).toMatch(PREFIXED);
      expect(id.endsWith(name)).toBe(true);
    }
  });

  it('names no identifier and no short name twice, whatever the case', () => {
    const names = METRIC_TYPES.map(({ name }) => name.toLowerCase());
    expect(new Set(METRIC_TYPES.map(({ id }) => id.toLowerCase())).size).toBe(METRIC_TYPES.length);
    expect(new Set(names).size).toBe(METRIC_TYPES.length);
    for (const [other, own] of OTHER_NAMES) {
      expect(names).not.toContain(other);
      expect(names).toContain(own.toLowerCase());
    }
  });

  it('lets no word belong to two types, in singular or plural', () => {
    const owners = new Map<string, Set<string>>();
    const claim = (phrase: string, owner: string) =>
      owners.set(phraseKey(phrase), (owners.get(phraseKey(phrase)) ?? new Set()).add(owner));
    for (const { name, displayName, aliases } of METRIC_TYPES) {
      for (const phrase of [name, displayName, ...aliases]) claim(phrase, name);
    }
    for (const { phrase, names } of SHARED_PHRASES) claim(phrase, names.join('+'));
    expect([...owners].filter(([, names]) => names.size > 1).map(([phrase, names]) => [phrase, ...names])).toEqual([]);
  });

  it('repeats no alias within a type', () => {
    for (const { name, displayName, aliases } of METRIC_TYPES) {
      const keys = [displayName, ...aliases].map(phraseKey);
      expect([name, keys.length]).toEqual([name, new Set(keys).size]);
    }
  });

  it('has units it can convert to themselves without a warning', () => {
    for (const type of METRIC_TYPES) {
      const value = type.dimension === 'fraction' ? 0.25 : 12.5;
      expect(toCanonical(value, type.unit, type)).toEqual({ value });
      if (type.kind !== 'category') expect([type.name, parseUnit(type.unit)]).not.toEqual([type.name, undefined]);
    }
  });

  it('lets the default statistic follow the kind, body measures and sound levels apart', () => {
    const byKind = {
      cumulative: ['sum'],
      discrete: ['avg', 'latest', 'leq'],
      category: ['count', 'duration'],
    } as const;
    for (const type of METRIC_TYPES) {
      expect(byKind[type.kind]).toContain(type.defaultStatistic);
      expect([type.name, type.bodyMeasure === true || type.name === 'SleepDurationGoal']).toEqual([
        type.name,
        type.defaultStatistic === 'latest',
      ]);
      expect(type.defaultStatistic === 'leq').toBe(type.unit === 'dBASPL');
      expect(type.defaultStatistic === 'duration').toBe(type.kind === 'category' && type.unit === 'min');
    }
  });

  it("follows HealthKit's aggregation styles", () => {
    const cumulative = ofKind('cumulative').filter((name) => !name.startsWith('Dietary'));
    expect(cumulative.toSorted()).toEqual([
      'ActiveEnergyBurned',
      'AppleExerciseTime',
      'AppleMoveTime',
      'AppleStandTime',
      'BasalEnergyBurned',
      'DistanceCrossCountrySkiing',
      'DistanceCycling',
      'DistanceDownhillSnowSports',
      'DistancePaddleSports',
      'DistanceRowing',
      'DistanceSkatingSports',
      'DistanceSwimming',
      'DistanceWalkingRunning',
      'DistanceWheelchair',
      'FlightsClimbed',
      'InhalerUsage',
      'InsulinDelivery',
      'NikeFuel',
      'NumberOfAlcoholicBeverages',
      'NumberOfTimesFallen',
      'PushCount',
      'StepCount',
      'SwimmingStrokeCount',
      'TimeInDaylight',
    ]);
    expect(
      METRIC_TYPES.filter(({ name }) => name.startsWith('Dietary')).every(({ kind }) => kind === 'cumulative'),
    ).toBe(true);
  });
});
