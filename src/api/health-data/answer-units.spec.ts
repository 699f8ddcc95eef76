import { type Statistic, STATISTICS } from '../../services/aggregates/statistic';
import { METRIC_TYPES, type MetricType, resolveMetric } from '../../services/metrics/metric-type';
import { parseUnit } from '../../services/metrics/unit-parser';
import { convert } from '../../services/metrics/units';
import { answerUnit, answerValue } from './answer-units';

function known(name: string): MetricType {
  const type = resolveMetric(name);
  if (type === undefined) throw new Error(`${name} is no metric type`);
  return type;
}

const QUANTITIES = METRIC_TYPES.filter(({ kind }) => kind !== 'category');

describe('the unit of answers', () => {
  it.each([
    ['HeartRate', 'count/min', 'count/min'],
    ['StepCount', 'count', 'count'],
    ['BodyMass', 'kg', 'lb'],
    ['Height', 'cm', 'in'],
    ['DistanceWalkingRunning', 'km', 'mi'],
    ['WalkingSpeed', 'km/hr', 'mi/hr'],
    ['BodyTemperature', 'degC', 'degF'],
    ['DietaryWater', 'mL', 'fl_oz_us'],
    ['DietaryProtein', 'g', 'g'],
    ['OxygenSaturation', '%', '%'],
    ['SleepAnalysis', 'min', 'min'],
  ])('of %s is %s, in imperial units %s', (name, metric, imperial) => {
    expect([answerUnit(known(name), 'metric', ['avg']), answerUnit(known(name), 'imperial', ['avg'])]).toEqual([
      metric,
      imperial,
    ]);
  });

  it('is the one the values are in, for every quantity', () => {
    for (const type of QUANTITIES) {
      const unit = answerUnit(type, 'imperial', ['avg']);
      expect([type.name, parseUnit(unit)]).not.toEqual([type.name, undefined]);
      const expected = type.dimension === 'fraction' ? 50 : Number(convert(0.5, type.unit, unit)?.toPrecision(15));
      expect([type.name, answerValue('avg', 0.5, type, 'imperial')]).toEqual([type.name, expected]);
    }
  });

  it('of categories that are only counted is none, and minutes when their duration is asked for', () => {
    const headache = known('Headache');
    expect(answerUnit(headache, 'imperial', ['count'])).toBe('');
    expect(answerUnit(headache, 'metric', ['count', 'duration'])).toBe('min');
  });
});

describe('a statistic', () => {
  it('is null, of categories that are only counted, unless it is count or duration', () => {
    const told = STATISTICS.filter((stat) => answerValue(stat, 30, known('Headache'), 'metric') !== null);
    expect(told).toEqual(['count', 'duration']);
    expect(answerValue('sum', 30, known('SleepAnalysis'), 'imperial')).toBe(30);
  });

  const temperature = known('BodyTemperature');

  it.each<[Statistic, number, number | null]>([
    ['sum', 74, null],
    ['avg', 37, 98.6],
    ['latest', 37, 98.6],
    ['stddev', 1, 1.8],
    ['count', 2, 2],
  ])('%s of temperatures: %s is %s in imperial units', (stat, celsius, fahrenheit) => {
    expect(answerValue(stat, celsius, temperature, 'imperial')).toBe(fahrenheit);
  });

  it('sum is told wherever the zeros are the same', () => {
    expect(answerValue('sum', 74, temperature, 'metric')).toBe(74);
    expect(answerValue('sum', 45.359237, known('BodyMass'), 'imperial')).toBeCloseTo(100, 9);
    expect(answerValue('count', 3, known('OxygenSaturation'), 'metric')).toBe(3);
  });
});
