import {
  identityOf,
  instantOf,
  parseXml,
  shortType,
  spanOf,
  wallClock,
  type XmlElement,
} from '../../../test/fixtures/naive-export-reader';
import { generateExportXml, type SampleFacts, type SampleOptions } from './sample-export';

const TIME_ZONE = 'Europe/Berlin';
const YEAR: SampleOptions = {
  seed: 7,
  endDate: '2025-11-23',
  days: 365,
  timeZone: TIME_ZONE,
  heartRateIntervalSeconds: 3600,
};

function generate(options: SampleOptions): { xml: string; facts: SampleFacts } {
  const chunks = generateExportXml(options);
  let xml = '';
  let next = chunks.next();
  for (; next.done !== true; next = chunks.next()) xml += next.value;
  return { xml, facts: next.value };
}

describe('a year of the sample', () => {
  const { xml, facts } = generate(YEAR);
  const elements = parseXml(xml);
  const wall = wallClock(TIME_ZONE);
  const named = (name: string): XmlElement[] => elements.filter((element) => element.name === name);
  const records = named('Record');
  const byType = new Map<string, XmlElement[]>();
  for (const record of records) {
    const type = shortType(record);
    const others = byType.get(type);
    if (others === undefined) byType.set(type, [record]);
    else others.push(record);
  }
  const ofType = (type: string): XmlElement[] => byType.get(type) ?? [];
  const startOf = ({ attributes }: XmlElement) => wall(instantOf(attributes.startDate));
  const fromWatch = ({ attributes }: XmlElement): boolean => /Watch/.test(attributes.sourceName ?? '');

  function dailySums(type: string, watch: boolean): Map<string, number> {
    const sums = new Map<string, number>();
    for (const record of ofType(type).filter((found) => fromWatch(found) === watch)) {
      const { date } = startOf(record);
      sums.set(date, (sums.get(date) ?? 0) + Number(record.attributes.value));
    }
    return sums;
  }

  it('holds what its facts say, by a naive count', () => {
    const types: Record<string, number> = {};
    for (const { attributes } of records) types[attributes.type ?? ''] = (types[attributes.type ?? ''] ?? 0) + 1;
    expect(facts).toEqual({
      records: records.length,
      exactDuplicates: records.length - new Set(records.map(identityOf)).size,
      workouts: named('Workout').length,
      activitySummaries: 365,
      types,
      timeZone: TIME_ZONE,
    });
    expect(named('ActivitySummary')).toHaveLength(365);
    expect(facts.exactDuplicates).toBeGreaterThan(10);
    expect(Object.keys(types).length).toBeGreaterThanOrEqual(28);
  });

  it('begins with when it was exported and who it is about', () => {
    expect(xml).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n<!DOCTYPE HealthData \[\n/);
    expect(elements.slice(0, 3).map(({ name }) => name)).toEqual(['ExportDate', 'Me', 'Record']);
    expect(elements[0]?.attributes.value).toBe('2025-11-23 23:00:00 +0100');
    expect(elements[1]?.attributes.HKCharacteristicTypeIdentifierDateOfBirth).toMatch(/^19\d\d-\d\d-\d\d$/);
  });

  it('writes every time by the offset at export, though half the year had another', () => {
    const dates = xml.match(/(?<=(?:start|end|creation)Date=")[^"]+/g) ?? [];
    expect(new Set(dates.map((date) => date.slice(20)))).toEqual(new Set(['+0100']));
    const offsets = new Set(ofType('StepCount').map((record) => startOf(record).offset));
    expect(offsets).toEqual(new Set(['+01:00', '+02:00']));
  });

  it('gets up at the same time on the clock in summer as in winter', () => {
    const risings = (month: string): number[] => {
      const lastEnds = new Map<string, number>();
      for (const record of ofType('SleepAnalysis')) {
        const { date, time } = wall(spanOf(record).end);
        const hour = Number(time.slice(0, 2)) + Number(time.slice(3, 5)) / 60;
        const workday = new Date(date).getUTCDay() % 6 !== 0;
        if (date.startsWith(month) && workday && hour > 4 && hour < 12) lastEnds.set(date, hour);
      }
      return [...lastEnds.values()];
    };
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean(risings('2025-07')) - 6.75)).toBeLessThan(0.3);
    expect(Math.abs(mean(risings('2025-01')) - 6.75)).toBeLessThan(0.3);
  });

  it('records nothing after the export, and nothing before its own end', () => {
    const exported = instantOf('2025-11-23 23:00:00 +0100');
    const misplaced = records.filter((record) => {
      const { start, end } = spanOf(record);
      const created = instantOf(record.attributes.creationDate);
      return !(start <= end && end <= created && created <= exported);
    });
    expect(misplaced).toEqual([]);
  });

  it('has steps from phone and watch that overlap in time and differ in number', () => {
    const spans = (watch: boolean) =>
      ofType('StepCount')
        .filter((record) => fromWatch(record) === watch)
        .map(spanOf);
    const [watch, phone] = [spans(true), spans(false)];
    const shared = phone.filter((span) => watch.some(({ start, end }) => start < span.end && span.start < end));
    expect(shared.length / phone.length).toBeGreaterThan(0.8);
    expect(shared.length).toBeLessThan(phone.length);
    expect([...dailySums('StepCount', true)]).not.toEqual([...dailySums('StepCount', false)]);
  });

  it.each(['StepCount', 'DistanceWalkingRunning', 'ActiveEnergyBurned', 'BasalEnergyBurned', 'AppleExerciseTime'])(
    'never overlaps itself: %s samples of one source follow each other',
    (type) => {
      for (const watch of [true, false]) {
        const mine = ofType(type).filter((record) => fromWatch(record) === watch);
        const spans = [...new Map(mine.map((record) => [identityOf(record), spanOf(record)])).values()];
        const early = spans.filter(({ start }, index) => start < (spans[index - 1]?.end ?? 0));
        expect(early).toEqual([]);
        expect(spans.length).toBeGreaterThan(1000);
      }
    },
  );

  it.each([
    ['StepCount', 6000, 12_000],
    ['ActiveEnergyBurned', 350, 750],
    ['BasalEnergyBurned', 1450, 1800],
    ['AppleExerciseTime', 20, 60],
    ['DistanceWalkingRunning', 4.5, 9],
  ])('tells plausible days: %s between %d and %d on average', (type, least, most) => {
    const sums = [...dailySums(type, true).values()];
    const mean = sums.reduce((sum, value) => sum + value, 0) / sums.length;
    expect(mean).toBeGreaterThan(least);
    expect(mean).toBeLessThan(most);
    expect(sums.length).toBeGreaterThan(335);
  });

  it.each([
    ['HeartRate', 45, 190],
    ['RestingHeartRate', 55, 80],
    ['WalkingHeartRateAverage', 85, 120],
    ['HeartRateVariabilitySDNN', 10, 120],
    ['RespiratoryRate', 9, 22],
    ['OxygenSaturation', 0.9, 1],
    ['VO2Max', 35, 50],
    ['BodyMass', 74, 82],
    ['BodyFatPercentage', 0.15, 0.3],
    ['HeadphoneAudioExposure', 40, 90],
    ['BloodPressureSystolic', 100, 145],
    ['DietaryEnergyConsumed', 100, 1200],
  ])('tells plausible values: every %s from %d to %d', (type, least, most) => {
    const values = ofType(type).map(({ attributes }) => Number(attributes.value));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(least);
    expect(Math.max(...values)).toBeLessThanOrEqual(most);
  });

  it('is ill for a week: higher pulse, few steps', () => {
    const resting = dailySums('RestingHeartRate', true);
    const feverish = [...resting].filter(([, value]) => value >= 69).map(([date]) => date);
    expect(feverish.length).toBeGreaterThanOrEqual(4);
    expect(feverish.length).toBeLessThanOrEqual(7);
    const steps = dailySums('StepCount', true);
    for (const date of feverish) expect(steps.get(date)).toBeLessThan(5000);
  });

  it('has plain sleep in the first half of the year and stages in the second', () => {
    const values = (from: string, to: string): Set<string> =>
      new Set(
        ofType('SleepAnalysis')
          .filter(({ attributes: { startDate = '' } }) => startDate >= from && startDate < to)
          .map(({ attributes }) => (attributes.value ?? '').replace('HKCategoryValueSleepAnalysis', '')),
      );
    expect(values('2024-11-24', '2025-05-24')).toEqual(new Set(['InBed', 'Asleep', 'AsleepUnspecified']));
    expect(values('2025-05-26', '2025-11-24')).toEqual(
      new Set(['InBed', 'AsleepCore', 'AsleepDeep', 'AsleepREM', 'Awake']),
    );
    for (const { children } of ofType('SleepAnalysis')) {
      expect(children[0]?.attributes).toEqual({ key: 'HKTimeZone', value: TIME_ZONE });
    }
  });

  it('has nights in two halves, and naps', () => {
    const asleep = ofType('SleepAnalysis').filter(({ attributes }) => /AnalysisAsleep/.test(attributes.value ?? ''));
    const spans = asleep.map(spanOf);
    const wakeful = spans.filter(({ start }, index) => {
      const minutes = (start - (spans[index - 1]?.end ?? start)) / 60_000;
      return minutes >= 60 && minutes <= 180 && wall(start).time < '06:00:00';
    });
    const naps = spans.filter(({ start, end }) => wall(start).time > '12:00:00' && wall(end).time < '16:00:00');
    expect(wakeful.length).toBeGreaterThanOrEqual(5);
    expect(naps.length).toBeGreaterThanOrEqual(5);
  });

  it('has workouts in both formats, with pauses, and one route', () => {
    const workouts = named('Workout');
    const statistics = ({ children }: XmlElement): XmlElement[] =>
      children.filter(({ name }) => name === 'WorkoutStatistics');
    const old = workouts.filter((workout) => workout.attributes.totalEnergyBurned !== undefined);
    const modern = workouts.filter((workout) => statistics(workout).length > 0);
    expect(old.length).toBeGreaterThan(30);
    expect(modern.length).toBeGreaterThan(30);
    expect(old.length + modern.length).toBe(workouts.length);
    expect(old.filter((workout) => modern.includes(workout))).toEqual([]);
    const routes = workouts.flatMap(({ children }) => children.filter(({ name }) => name === 'WorkoutRoute'));
    expect(routes).toHaveLength(1);
    for (const workout of workouts) {
      const [pause, resume] = workout.children
        .filter(({ name }) => name === 'WorkoutEvent')
        .map(({ attributes }) => instantOf(attributes.date));
      const pausedSeconds = pause && resume ? (resume - pause) / 1000 : 0;
      const { start, end } = spanOf(workout);
      expect(Number(workout.attributes.duration) * 60).toBeCloseTo((end - start) / 1000 - pausedSeconds, 6);
    }
  });

  it('repeats every record of a correlation at top level', () => {
    const outside = new Set(records.map(identityOf));
    const inside = named('Correlation').flatMap(({ children }) => children.filter(({ name }) => name === 'Record'));
    expect(new Set(named('Correlation').map(shortType))).toEqual(new Set(['BloodPressure', 'Food']));
    expect(inside.length).toBeGreaterThan(100);
    expect(inside.filter((record) => !outside.has(identityOf(record)))).toEqual([]);
  });

  it('closes rings with what the watch recorded', () => {
    const energy = dailySums('ActiveEnergyBurned', true);
    const exercise = dailySums('AppleExerciseTime', true);
    for (const { attributes } of named('ActivitySummary')) {
      const date = attributes.dateComponents ?? '';
      expect(Number(attributes.activeEnergyBurned)).toBeCloseTo(energy.get(date) ?? 0, 1);
      expect(Number(attributes.appleExerciseTime)).toBe(exercise.get(date) ?? 0);
    }
    const [first, last] = [named('ActivitySummary')[0], named('ActivitySummary').at(-1)];
    expect(first?.attributes.appleMoveTime).toBeUndefined();
    expect(last?.attributes.appleMoveTime).toBeDefined();
  });

  it('writes names and devices as Apple does, with one device under two spellings', () => {
    const names = new Set(records.filter(fromWatch).map(({ attributes }) => attributes.sourceName));
    expect(names).toEqual(new Set(["Alex's Apple\u00a0Watch", 'Alex\u2019s Apple\u00a0Watch']));
    expect(ofType('HeartRate').at(-1)?.attributes.device).toMatch(
      /^<<HKDevice: 0x[0-9a-f]+>, name:Apple Watch, manufacturer:Apple Inc\., model:Watch, hardware:Watch\d,\d, software:10\.6\.1>$/,
    );
    const typed = records.filter(({ children }) =>
      children.some(({ attributes }) => attributes.key === 'HKWasUserEntered'),
    );
    expect(new Set(typed.map(shortType))).toEqual(new Set(['Height', 'BodyMass']));
  });

  it('lists beats below heart rate variability, at the time on the wall', () => {
    for (const record of ofType('HeartRateVariabilitySDNN').filter((_, index) => index % 50 === 0)) {
      const list = record.children[0]?.children ?? [];
      expect(list.length).toBeGreaterThan(10);
      const minute = startOf(record).time.slice(0, 5);
      const nextMinute = wall(spanOf(record).start + 60_000).time.slice(0, 5);
      expect(list[0]?.attributes.time).toMatch(/^\d\d:\d\d:\d\d,\d\d$/);
      expect([minute, nextMinute]).toContain(list[0]?.attributes.time?.slice(0, 5));
    }
  });
});
