import fc from 'fast-check';
import { METRIC_TYPES } from '../metrics/metric-type';
import { isRecord, MAX_PROBLEMS_OF_RECORD, type PushedRecord, readPushedRecord } from './pushed-record';

const GOOD = { metric_type: 'HeartRate', value: 62, unit: 'count/min', start: '2025-09-30T08:15:00Z', source: 'Watch' };

function read(changes: PushedRecord & Record<string, unknown>): ReturnType<typeof readPushedRecord> {
  return readPushedRecord({ ...GOOD, ...changes }, 7);
}

function problems(changes: PushedRecord & Record<string, unknown>): unknown {
  const reading = read(changes);
  return isRecord(reading) ? [] : reading.problems;
}

function start(text: string): string | undefined {
  const reading = read({ start: text });
  return isRecord(reading) ? new Date(reading.record.start).toISOString() : undefined;
}

describe('the times of a pushed record', () => {
  it.each([
    ['2025-09-30T08:14:59Z', 'is before start'],
    ['2026-10-02T08:15:00Z', 'is more than 366 days after start'],
  ])('may not end at %s', (end, message) => {
    expect(problems({ end })).toEqual([{ index: 7, field: 'end', message }]);
  });

  it.each([
    '2025-02-30T08:00:00Z',
    '2025-02-29T08:00:00Z',
    '2025-06-31T08:00:00+02:00',
    '2025-13-01T08:00:00Z',
    '2025-01-01T24:00:00Z',
    '2025-01-01T23:60:00Z',
    '2025-01-01T08:00:00+24:00',
  ])('%s does not exist', (text) => {
    expect(problems({ start: text })).toEqual([
      { index: 7, field: 'start', message: 'is a date, time or offset that does not exist' },
    ]);
  });

  it.each(['2025-09-30', '2025-09-30T08:15:00', '2016-12-31T23:59:60Z', '2025-09-30T08:15:00+02:00[Europe/Paris]', 5])(
    '%s is no ISO 8601 date-time with an offset',
    (given) => {
      expect(problems({ start: given })).toEqual([
        { index: 7, field: 'start', message: expect.stringContaining('ISO 8601') },
      ]);
    },
  );

  it.each([
    ['2024-02-29T08:00Z', '2024-02-29T08:00:00.000Z'],
    ['2025-09-30T08:15:00+0200', '2025-09-30T06:15:00.000Z'],
    ['2025-09-30T08:15:00-03:30', '2025-09-30T11:45:00.000Z'],
    ['2025-09-30T08:15:00.123456789Z', '2025-09-30T08:15:00.123Z'],
    ['2025-09-30T08:15:00.9999Z', '2025-09-30T08:15:00.999Z'],
    ['1960-01-01T00:00:00.1239Z', '1960-01-01T00:00:00.123Z'],
  ])('%s is %s', (text, instant) => {
    expect(start(text)).toBe(instant);
  });

  it('are those that are written, for every time there is', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1900-01-02'), max: new Date('2199-12-30'), noInvalidDate: true }),
        (date) => {
          expect(start(date.toISOString())).toBe(date.toISOString());
        },
      ),
    );
  });
});

describe('the unit of a pushed record', () => {
  it.each([
    ['HeartRate', 'kg', 'cannot be converted to count/min'],
    ['BodyMass', 'cm', 'cannot be converted to kg'],
    ['OxygenSaturation', 'mmHg', 'cannot be converted to %'],
    ['HeartRate', 'furlong', 'is not a known unit'],
  ])('of %s is not %s', (metric_type, unit, message) => {
    expect(problems({ metric_type, unit, value: 70 })).toEqual([{ index: 7, field: 'unit', message }]);
  });

  it.each([
    ['BodyMass', 'lb', 154],
    ['BodyTemperature', 'degF', 98.6],
    ['OxygenSaturation', '%', 97],
    ['HeartRate', 'bpm', 62],
  ])('of %s may be %s, and value and unit stay as they are', (metric_type, unit, value) => {
    expect(read({ metric_type, unit, value })).toMatchObject({ record: { value, unit } });
  });

  it('may be the one of the table, for every quantity', () => {
    const refused = METRIC_TYPES.filter(({ kind }) => kind !== 'category').filter(
      ({ id, unit }) => !isRecord(read({ metric_type: id, unit, value: 0.5 })),
    );
    expect(refused).toEqual([]);
  });
});

describe('a record with many members', () => {
  const odd = Object.fromEntries(Array.from({ length: 60_000 }, (_, i) => [`member-${i}`, i]));

  it('is told its first problems, and how many there are besides', () => {
    const reading = read({ ...odd, value: 'high' });
    expect(reading).toMatchObject({ omitted: 60_001 - MAX_PROBLEMS_OF_RECORD });
    expect(reading).toHaveProperty('problems.length', MAX_PROBLEMS_OF_RECORD);
    // What is wrong with a record's own members comes before what does not belong there.
    expect(reading).toHaveProperty('problems.0.field', 'value');
  });

  it('is told long names in short', () => {
    expect(problems({ ['x'.repeat(5_000)]: 1 })).toEqual([
      { index: 7, field: 'x'.repeat(100), message: 'is not a member of a record' },
    ]);
  });
});
