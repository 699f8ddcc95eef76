import { BusinessLogicError, ValidationError } from '@app/common';
import fc from 'fast-check';
import {
  findMetricsInText,
  METRIC_TYPES,
  metricType,
  nearestMetricNames,
  parseMetricTypes,
  resolveMetric,
} from './metric-type';

const anyType = fc.constantFrom(...METRIC_TYPES);

/** The text with the case of each letter decided by a bit. */
function recased(text: string, upper: readonly boolean[]): string {
  return Array.from(text, (letter, at) =>
    upper[at % upper.length] ? letter.toUpperCase() : letter.toLowerCase(),
  ).join('');
}

function found(text: string): string[] {
  return findMetricsInText(text).map(({ metric }) => metric.name);
}

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('metricType', () => {
  it('knows the types of the table by their identifier', () => {
    for (const type of METRIC_TYPES) expect(metricType(type.id)).toBe(type);
  });

  it('keeps an unknown quantity as a discrete one, averaged, in the unit it is seen with', () => {
    expect(metricType('HKQuantityTypeIdentifierAppleMoonPhaseUV', 'km')).toEqual({
      id: 'HKQuantityTypeIdentifierAppleMoonPhaseUV',
      name: 'AppleMoonPhaseUV',
      displayName: 'apple moon phase uv',
      kind: 'discrete',
      unit: 'km',
      dimension: 'unknown',
      defaultStatistic: 'avg',
      aliases: [],
      known: false,
    });
  });

  it('keeps an unknown category as a category that is counted', () => {
    expect(metricType('HKCategoryTypeIdentifierHiccups')).toMatchObject({
      kind: 'category',
      defaultStatistic: 'count',
    });
  });

  it.each(['', 'HKDataType', 'constructor', '__proto__'])('makes a type even of %j', (id) => {
    expect(metricType(id)).toMatchObject({ id, known: false, kind: 'discrete' });
  });
});

describe('resolveMetric', () => {
  it('finds every type by name or identifier in any case', () => {
    const bits = fc.array(fc.boolean(), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(anyType, bits, fc.constantFrom('', ' ', '\t'), (type, upper, space) => {
        expect(resolveMetric(recased(type.name, upper) + space)).toBe(type);
        expect(resolveMetric(space + recased(type.id, upper))).toBe(type);
      }),
      { numRuns: 500 },
    );
  });

  it.each(['', 'pulse', 'HartRate', 'constructor', 'HKDataType', 'HKCategoryTypeIdentifierHeartRate', 'HeartRate2'])(
    'finds nothing for %j',
    (name) => {
      expect(resolveMetric(name)).toBeUndefined();
    },
  );

  it("finds the type that exports name otherwise than the SDK's constant", () => {
    const id = 'HKCategoryTypeIdentifierAudioExposureEvent';
    expect(resolveMetric('EnvironmentalAudioExposureEvent')?.id).toBe(id);
    expect(resolveMetric('HKCategoryTypeIdentifierEnvironmentalAudioExposureEvent')?.id).toBe(id);
  });
});

describe('nearestMetricNames', () => {
  it.each([
    ['HartRate', 'HeartRate'],
    ['heart_rate', 'HeartRate'],
    ['pulse', 'HeartRate'],
    ['Steps', 'StepCount'],
    ['HKQuantityTypeIdentifierStepCuont', 'StepCount'],
    ['calories', 'ActiveEnergyBurned'],
    ['wieght', 'BodyMass'],
    ['spo2', 'OxygenSaturation'],
    ['Sleep', 'SleepAnalysis'],
    ['blood pressure', 'BloodPressureSystolic'],
    ['calorie', 'ActiveEnergyBurned'],
  ])('suggests for %s first %s', (given, first) => {
    expect(nearestMetricNames(given)[0]).toBe(first);
  });

  it('suggests at most five known names, the nearest ones that contain what was written', () => {
    const names = nearestMetricNames('heart');
    expect(names).toHaveLength(5);
    expect(names).toContain('HeartRate');
    for (const name of names) expect(resolveMetric(name)).toBeDefined();
  });

  it.each(['', '   ', 'qqqqqqqqqqqqqqqqq', '💧', 'x'.repeat(100_000)])(
    'suggests nothing for what is like no name (case %#)',
    (given) => {
      expect(nearestMetricNames(given)).toEqual([]);
    },
  );

  it('suggests only candidates when there are some, known or not', () => {
    expect(nearestMetricNames('RestingHartRate', ['StepCount', 'RestingHeartRate'])).toEqual(['RestingHeartRate']);
    expect(nearestMetricNames('MoonPhaze', ['HKQuantityTypeIdentifierMoonPhase'])).toEqual(['MoonPhase']);
  });

  it('finds every type by one wrong letter in its name', () => {
    fc.assert(
      fc.property(anyType, fc.nat(), (type, at) => {
        const position = at % type.name.length;
        const misspelt = `${type.name.slice(0, position)}q${type.name.slice(position + 1)}`;
        expect(nearestMetricNames(misspelt)).toContain(type.name);
      }),
      { numRuns: 500 },
    );
  });
});

describe('findMetricsInText', () => {
  it("finds each type's display name, and only it", () => {
    for (const type of METRIC_TYPES) {
      const text = `What was my ${type.displayName} last week?`;
      expect(findMetricsInText(text)).toEqual([{ metric: type, text: type.displayName, index: 12 }]);
    }
  });

  it('finds each alias, name and identifier, in any case, and only it', () => {
    for (const type of METRIC_TYPES) {
      for (const phrase of [...type.aliases, type.name, type.id]) {
        expect([phrase, found(`And ${phrase.toUpperCase()}, since Monday?`)]).toEqual([phrase, [type.name]]);
      }
    }
  });

  it.each([
    ['average heart rate last week', ['HeartRate']],
    ['my resting heart rate and my heart rate', ['RestingHeartRate', 'HeartRate']],
    ['resting heart rate variability', ['HeartRateVariabilitySDNN']],
    ['how many steps in September 2025', ['StepCount']],
    ['one step', ['StepCount']],
    ['highest weight this year', ['BodyMass']],
    ['which day did I walk most', ['DistanceWalkingRunning']],
    ['How many calories did I burn, and how many calories did I eat?', ['ActiveEnergyBurned', 'DietaryEnergyConsumed']],
    ['calorie intake vs. calorie', ['DietaryEnergyConsumed', 'ActiveEnergyBurned']],
    ['how long did I sleep?', ['SleepAnalysis']],
    ['sugar vs blood sugar', ['DietarySugar', 'BloodGlucose']],
    ['body fat, fat', ['BodyFatPercentage', 'DietaryFatTotal']],
    ['SpO₂ and VO₂-max', ['OxygenSaturation', 'VO2Max']],
    ['heart_rate', ['HeartRate']],
    ['blood pressure', ['BloodPressureSystolic', 'BloodPressureDiastolic']],
    ['systolic blood pressure', ['BloodPressureSystolic']],
    ['my cat’s overweight, a footstepper, restepping', []],
    ['hello', []],
    ['', []],
  ])('in "%s" finds %j', (text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  it('says where in the text as it was given', () => {
    expect(findMetricsInText('ﬁrst my  Heart-Rates!')).toEqual([
      { metric: resolveMetric('HeartRate'), text: 'Heart-Rates', index: 9 },
    ]);
  });

  it('gives slices of the text that do not overlap, for any text', () => {
    const words = fc.constantFrom(
      'heart',
      'rate',
      'resting',
      'walking',
      'blood',
      'fat',
      'body',
      'sugar',
      'steps',
      ',',
      'x',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 30 }), (parts) => {
        const text = parts.join(' ');
        let end = 0;
        for (const match of findMetricsInText(text)) {
          expect(match.index).toBeGreaterThanOrEqual(end);
          expect(text.slice(match.index, match.index + match.text.length)).toBe(match.text);
          end = match.index + match.text.length;
        }
      }),
    );
  });
});

describe('parseMetricTypes', () => {
  it('reads a comma-separated list or an array, once each, in order', () => {
    const expected = ['StepCount', 'HeartRate'];
    expect(parseMetricTypes(' stepcount,HKQuantityTypeIdentifierHeartRate,,StepCount').map((t) => t.name)).toEqual(
      expected,
    );
    expect(parseMetricTypes(['StepCount', 'HeartRate,STEPCOUNT']).map((t) => t.name)).toEqual(expected);
  });

  it('says what may have been meant when a name is no metric', () => {
    const error = thrownBy(() => parseMetricTypes('StepCount,HartRate'));
    expect(error).toBeInstanceOf(BusinessLogicError);
    expect(error).toMatchObject({
      error_code: 'HEALTH_METRIC_NOT_SUPPORTED',
      details: { metric_type: 'HartRate', did_you_mean: expect.arrayContaining(['HeartRate']) as string[] },
    });
  });

  it('cuts a long name in the error', () => {
    expect(thrownBy(() => parseMetricTypes('y'.repeat(8_000)))).toMatchObject({
      details: { metric_type: 'y'.repeat(100), did_you_mean: [] },
    });
  });

  it.each([[''], [' , ,'], [[]], [Array<string>(21).fill('StepCount')], [',StepCount'.repeat(21)]])(
    'refuses no names and more than twenty (case %#)',
    (list) => {
      const error = thrownBy(() => parseMetricTypes(list));
      expect(error).toBeInstanceOf(ValidationError);
      expect(error).toMatchObject({ error_code: 'VALIDATION_INVALID_INPUT', details: { field: 'metric_types' } });
    },
  );

  it('takes twenty', () => {
    const names = METRIC_TYPES.slice(0, 20).map(({ name }) => name);
    expect(parseMetricTypes(names.join(','))).toEqual(METRIC_TYPES.slice(0, 20));
  });

  it('takes and suggests ids the user has, also when they are not in the table', () => {
    const known = ['HKQuantityTypeIdentifierMoonPhase', 'my.own.type'];
    const types = parseMetricTypes('moonphase,HKQuantityTypeIdentifierMOONPHASE,My.Own.Type', known);
    expect(types.map(({ id, known: inTable }) => [id, inTable])).toEqual([
      ['HKQuantityTypeIdentifierMoonPhase', false],
      ['my.own.type', false],
    ]);
    expect(thrownBy(() => parseMetricTypes('MoonFase', known))).toMatchObject({
      details: { did_you_mean: ['MoonPhase'] },
    });
  });
});
