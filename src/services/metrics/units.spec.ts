import fc from 'fast-check';
import { METRIC_TYPES, metricType, type MetricType } from './metric-type';
import { parseUnit } from './unit-parser';
import { convert, differenceFromCanonical, fromCanonical, toCanonical, UNIT_SYSTEMS } from './units';

const UNITS = [
  ['J', 'kJ', 'cal', 'kcal', 'Cal'],
  ['mm', 'cm', 'm', 'km', 'in', 'ft', 'yd', 'mi'],
  ['mcg', 'mg', 'g', 'kg', 'oz', 'lb', 'st'],
  ['ms', 's', 'min', 'hr', 'd'],
  ['mL', 'cL', 'dL', 'L', 'fl_oz_us', 'fl_oz_imp', 'cup_us', 'cup_imp', 'pt_us', 'pt_imp'],
  ['Pa', 'hPa', 'kPa', 'mmHg', 'cmAq', 'inHg', 'atm'],
  ['mcS', 'mS', 'S'],
  ['degC', 'degF', 'K'],
  ['m/s', 'km/hr', 'mi/hr', 'ft/s', 'cm/min'],
  ['count/min', 'count/s', 'Hz', 'bpm'],
  ['mg/dL', 'mmol/L', 'mmol<180.1558800000541>/L', 'g/L'],
  ['L/min', 'mL/s'],
] as const;

const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 });
const anyType = fc.constantFrom(...METRIC_TYPES);

/** Any string with this in it. */
function containing(part: string): string {
  return expect.stringContaining(part) as string;
}

function known(name: string): MetricType {
  const type = METRIC_TYPES.find((each) => each.name === name);
  if (type === undefined) throw new Error(`no type ${name}`);
  return type;
}

function canonical(name: string, value: number, unit: string | null): number {
  const conversion = toCanonical(value, unit, known(name));
  expect(conversion.warning).toBeUndefined();
  return conversion.value;
}

describe('a value that was given in a unit of the user', () => {
  it.each([
    ['BodyMass', 170, 'lb'],
    ['BodyMass', 151.3, 'lb'],
    ['DistanceWalkingRunning', 3.1, 'mi'],
    ['BodyTemperature', 98.7, 'degF'],
  ])('comes back as it was: %s of %d %s', (name, value, unit) => {
    expect(fromCanonical(canonical(name, value, unit), known(name), 'imperial').value).toBe(value);
  });
});

describe('toCanonical', () => {
  it.each([
    ['ActiveEnergyBurned', 4.184, 'kJ', 1],
    ['ActiveEnergyBurned', 418.4, 'kJ', 100],
    ['ActiveEnergyBurned', 250, 'Cal', 250],
    ['ActiveEnergyBurned', 250, 'cal', 0.25],
    ['DistanceWalkingRunning', 1, 'mi', 1.609344],
    ['DistanceWalkingRunning', 1500, 'm', 1.5],
    ['BodyMass', 150, 'lb', 68.0388555],
    ['BodyMass', 11, 'st', 69.85322498],
    ['Height', 5.5, 'ft', 167.64],
    ['Height', 70, 'in', 177.8],
    ['Height', 1.78, 'm', 178],
    ['BodyTemperature', 98.6, 'degF', 37],
    ['BodyTemperature', 310.15, 'K', 37],
    ['WalkingSpeed', 1.4, 'm/s', 5.04],
    ['WalkingSpeed', 3, 'mi/hr', 4.828032],
    ['WalkingSpeed', 5, 'km/h', 5],
    ['HeartRate', 1, 'count/s', 60],
    ['HeartRate', 61, 'bpm', 61],
    ['HeartRate', 1.2, 'Hz', 72],
    ['BloodPressureSystolic', 16, 'kPa', 120.009852],
    ['BloodGlucose', 5.5, 'mmol<180.1558800000541>/L', 99.085734],
    ['BloodGlucose', 5.5, 'mmol/L', 99.085734],
    ['DietaryWater', 0.5, 'L', 500],
    ['DietaryWater', 8, 'fl_oz_us', 236.5882365],
    ['DietaryCaffeine', 0.08, 'g', 80],
    ['DietaryBiotin', 30, 'µg', 30],
    ['AppleExerciseTime', 1.5, 'hr', 90],
    ['AppleExerciseTime', 90, 's', 1.5],
    ['SleepDurationGoal', 480, 'min', 8],
    ['ElectrodermalActivity', 0.002, 'mS', 2],
    ['ElectrodermalActivity', 0.000002, 'S', 2],
    ['HeartRateVariabilitySDNN', 0.045, 's', 45],
    ['PeakExpiratoryFlowRate', 8, 'L/s', 480],
    ['PhysicalEffort', 4.184, 'kJ/(kg*hr)', 1],
  ])('%s: %d %s is %d', (name, value, unit, expected) => {
    expect(canonical(name, value, unit)).toBeCloseTo(expected, 5);
  });

  it.each([
    'mL/min·kg',
    'ml/(kg*min)',
    'mL/kg·min',
    'mL/(kg·min)',
    'mL/kg/min',
    'ml/min⋅kg',
    'mL/min∙kg',
    ' mL/min·kg ',
    'mL/㎏·min',
  ])('reads %s as the unit of VO2 max', (unit) => {
    expect(toCanonical(41.5, unit, known('VO2Max'))).toEqual({ value: 41.5 });
  });

  it('tells units apart that differ in case alone', () => {
    expect(toCanonical(2, 'MS', known('HeartRateVariabilitySDNN')).warning).toMatch(/cannot be converted/);
    expect(toCanonical(2, 'S', known('HeartRateVariabilitySDNN')).warning).toMatch(/cannot be converted/);
    expect(toCanonical(2, 'CAL', known('ActiveEnergyBurned')).warning).toMatch(/cannot be converted/);
    expect(canonical('ActiveEnergyBurned', 1, 'KCAL')).toBe(1);
  });

  it('takes no detour through rounding where one operation is enough', () => {
    expect(canonical('WalkingSpeed', 1.4, 'm/s')).toBe(1.4 * 3.6);
    expect(canonical('DistanceWalkingRunning', 8991, 'm')).toBe(8.991);
    expect(canonical('ActiveEnergyBurned', 418.4, 'kJ')).toBe(100);
  });

  it('keeps fractions, and divides what can only be a percentage', () => {
    const oxygen = known('OxygenSaturation');
    expect(toCanonical(0.28, '%', known('BodyFatPercentage'))).toEqual({ value: 0.28 });
    expect(toCanonical(1, '%', oxygen)).toEqual({ value: 1 });
    expect(toCanonical(1.5, '%', oxygen)).toEqual({ value: 1.5 });
    expect(toCanonical(96, '%', oxygen)).toEqual({ value: 0.96, warning: containing('divided by 100') });
    expect(toCanonical(96, null, oxygen).value).toBe(0.96);
    expect(toCanonical(96, 'kg', oxygen)).toEqual({ value: 96, warning: containing('"kg"'), incompatible: true });
  });

  it('divides nothing of a type that is no fraction', () => {
    expect(toCanonical(96, 'count/min', known('HeartRate'))).toEqual({ value: 96 });
  });

  it('leaves a value as it is when the unit is unknown or measures something else', () => {
    expect(toCanonical(7, 'parsec', known('StepCount'))).toEqual({
      value: 7,
      warning: containing('"parsec"'),
      incompatible: true,
    });
    expect(toCanonical(7, 'kg', known('HeartRate'))).toEqual({
      value: 7,
      warning: containing('"kg"'),
      incompatible: true,
    });
    expect(toCanonical(7, 'mmol<0>/L', known('BloodGlucose')).value).toBe(7);
    expect(toCanonical(7, 'x'.repeat(10_000), known('HeartRate')).warning?.length).toBeLessThan(150);
  });

  it('warns of a missing unit only where it matters', () => {
    expect(toCanonical(80, null, known('BodyMass'))).toEqual({ value: 80, warning: containing('kg') });
    expect(toCanonical(80, '', known('StepCount'))).toEqual({ value: 80 });
    expect(toCanonical(1, null, known('AppleStandHour'))).toEqual({ value: 1 });
  });

  it('takes values of an unknown type as they are, or converts them into the unit it is given', () => {
    expect(toCanonical(3, 'mi', metricType('HKQuantityTypeIdentifierTomorrow'))).toEqual({ value: 3 });
    expect(toCanonical(96, '%', metricType('HKQuantityTypeIdentifierTomorrow', '%'))).toEqual({ value: 96 });
    expect(toCanonical(3, 'mi', metricType('HKQuantityTypeIdentifierTomorrow', 'km')).value).toBeCloseTo(4.828032, 9);
  });

  it('gives a finite number for every finite number and any unit', () => {
    const unit = fc.oneof(fc.constant(null), fc.string(), fc.constantFrom(...UNITS.flat()), fc.constant('m/'));
    const value = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(fc.property(value, unit, anyType, (n, u, type) => Number.isFinite(toCanonical(n, u, type).value)));
  });
});

describe('convert', () => {
  it('comes back to where it began', () => {
    const pair = fc
      .constantFrom(...UNITS)
      .chain((family) => fc.tuple(fc.constantFrom(...family), fc.constantFrom(...family)));
    fc.assert(
      fc.property(finite, pair, (value, [from, to]) => {
        const there = convert(value, from, to) ?? NaN;
        const back = convert(there, to, from) ?? NaN;
        // Relative, down to where doubles lose digits: near zero, for temperatures because of their offsets.
        const smallest = parseUnit(from)?.quantity === 'temperature' ? 300 : 1e-280;
        const size = Math.max(Math.abs(value), smallest);
        expect(Math.abs(back - value)).toBeLessThanOrEqual(1e-12 * size);
      }),
    );
  });

  it('does not convert between quantities', () => {
    const two = fc
      .subarray([...UNITS], { minLength: 2, maxLength: 2 })
      .chain((families) => fc.tuple(...families.map((family) => fc.constantFrom<string>(...family))));
    fc.assert(
      fc.property(finite, two, (value, [from = '', to = '']) => {
        expect(convert(value, from, to)).toBeUndefined();
      }),
    );
  });
});

describe('convert, asked for more units than it remembers,', () => {
  it('still answers right', () => {
    for (let n = 1; n <= 2_500; n += 1) {
      expect(convert(1, `mmol<${n}>/L`, 'mg/dL')).toBeCloseTo(n / 10, 9);
      expect(convert(1, `nonsense ${n}`, 'mg/dL')).toBeUndefined();
    }
  });
});

describe('fromCanonical', () => {
  it.each([
    ['OxygenSaturation', 0.96, 'metric', 96, '%'],
    ['DistanceWalkingRunning', 1.609344, 'imperial', 1, 'mi'],
    ['DistanceWalkingRunning', 2, 'metric', 2, 'km'],
    ['BodyMass', 45.359237, 'imperial', 100, 'lb'],
    ['Height', 177.8, 'imperial', 70, 'in'],
    ['BodyTemperature', 37, 'imperial', 98.6, '°F'],
    ['BodyTemperature', 37, 'metric', 37, '°C'],
    ['WalkingSpeed', 1.609344, 'imperial', 1, 'mph'],
    ['DietaryProtein', 20, 'imperial', 20, 'g'],
    ['StepCount', 8991, 'imperial', 8991, 'steps'],
    ['HeartRate', 61, 'metric', 61, 'bpm'],
    ['BodyMassIndex', 22, 'metric', 22, ''],
    ['HeadphoneAudioExposure', 60.4, 'metric', 60.4, 'dB'],
    ['SleepAnalysis', 420, 'metric', 420, 'min'],
  ] as const)('%s: %d is, in %s units, %d %s', (name, value, system, shown, unit) => {
    const quantity = fromCanonical(value, known(name), system);
    expect(quantity.unit).toBe(unit);
    expect(quantity.value).toBeCloseTo(shown, 9);
  });

  it('is finite and has the same order in both systems, for every type', () => {
    fc.assert(
      fc.property(finite, finite, anyType, fc.constantFrom(...UNIT_SYSTEMS), (a, b, type, system) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)].map((each) => fromCanonical(each, type, system).value);
        expect(Number.isFinite(low)).toBe(true);
        expect(low).toBeLessThanOrEqual(high ?? NaN);
      }),
    );
  });

  it('turns differences without the offset of the scale', () => {
    expect(differenceFromCanonical(1, known('BodyTemperature'), 'imperial')).toEqual({ value: 1.8, unit: '°F' });
    expect(differenceFromCanonical(0.02, known('OxygenSaturation'), 'metric')).toEqual({ value: 2, unit: '%' });
  });
});
