import { ValidationError } from '@app/common';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { bucketBoundaries, type BucketSize, formatWithOffset, localDate, MAX_BUCKETS } from './calendar';

const ZONES = [
  'UTC',
  'Europe/Paris',
  'America/New_York',
  'America/Sao_Paulo',
  'America/St_Johns',
  'America/Havana',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Asia/Kathmandu',
  'Asia/Kolkata',
  'Asia/Beirut',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
  'Antarctica/Troll',
  'Etc/GMT-2',
  '+05:30',
  '-03:00',
];
const HOUR = 3_600_000;
const zone = fc.constantFrom(...ZONES);
const instant = fc.integer({ min: Date.parse('1995-01-01T00:00Z'), max: Date.parse('2040-01-01T00:00Z') });

/** The boundaries between two local times, as local times with offsets. */
function boundaries(from: string, to: string, size: BucketSize, timeZone: string): string[] {
  const [start, end] = [from, to].map(
    (side) => Temporal.PlainDateTime.from(side).toZonedDateTime(timeZone).epochMilliseconds,
  );
  return bucketBoundaries({ from: start ?? 0, to: end ?? 0 }, size, timeZone).map((at) =>
    formatWithOffset(at, timeZone),
  );
}

function hoursOfDays(from: string, to: string, timeZone: string): number[] {
  const times = boundaries(from, to, 'day', timeZone).map((time) => Date.parse(time));
  return times.slice(1).map((time, i) => (time - (times[i] ?? 0)) / HOUR);
}

describe('bucketBoundaries', () => {
  it.each([
    ['Europe/Paris', '2025-03-29', '2025-04-01', [24, 23, 24]],
    ['Europe/Paris', '2025-10-25', '2025-10-28', [24, 25, 24]],
    ['America/New_York', '2025-11-01', '2025-11-04', [24, 25, 24]],
    ['Australia/Lord_Howe', '2025-10-04', '2025-10-07', [24, 23.5, 24]],
    ['Australia/Lord_Howe', '2025-04-05', '2025-04-08', [24, 24.5, 24]],
    ['America/Sao_Paulo', '2018-11-03', '2018-11-06', [24, 23, 24]],
    ['America/Sao_Paulo', '2018-02-17', '2018-02-19', [25, 24]],
    ['Africa/Cairo', '2024-04-25', '2024-04-28', [24, 23, 24]],
    ['Africa/Cairo', '2024-10-30', '2024-11-02', [24, 25, 24]],
    ['Asia/Kathmandu', '2025-03-29', '2025-04-01', [24, 24, 24]],
    ['Etc/GMT-2', '2025-03-29', '2025-04-01', [24, 24, 24]],
    ['+05:30', '2025-03-29', '2025-04-01', [24, 24, 24]],
  ])('gives the days of %s from %s to %s their true lengths', (timeZone, from, to, expected) => {
    expect(hoursOfDays(from, to, timeZone)).toEqual(expected);
  });

  it('has no bucket for the day that Apia left out', () => {
    expect(boundaries('2011-12-28', '2012-01-02', 'day', 'Pacific/Apia')).toEqual([
      '2011-12-28T00:00:00-10:00',
      '2011-12-29T00:00:00-10:00',
      '2011-12-31T00:00:00+14:00',
      '2012-01-01T00:00:00+14:00',
      '2012-01-02T00:00:00+14:00',
    ]);
  });

  it('starts a day at its first instant where midnight does not exist', () => {
    expect(boundaries('2018-11-03', '2018-11-05', 'day', 'America/Sao_Paulo')).toEqual([
      '2018-11-03T00:00:00-03:00',
      '2018-11-04T01:00:00-02:00',
      '2018-11-05T00:00:00-02:00',
    ]);
    expect(boundaries('2024-04-25', '2024-04-27', 'day', 'Africa/Cairo')[1]).toBe('2024-04-26T01:00:00+03:00');
  });

  it.each([
    [
      'a repeated hour in two buckets told apart by their offsets',
      'America/New_York',
      ['2025-11-02T00:00', '2025-11-02T03:00'],
      [
        '2025-11-02T00:00:00-04:00',
        '2025-11-02T01:00:00-04:00',
        '2025-11-02T01:00:00-05:00',
        '2025-11-02T02:00:00-05:00',
        '2025-11-02T03:00:00-05:00',
      ],
    ],
    [
      'no bucket for a skipped hour',
      'Europe/Paris',
      ['2025-03-30T01:00', '2025-03-30T04:00'],
      ['2025-03-30T01:00:00+01:00', '2025-03-30T03:00:00+02:00', '2025-03-30T04:00:00+02:00'],
    ],
    [
      "the odd half-hour of Lord Howe's spring",
      'Australia/Lord_Howe',
      ['2025-10-05T01:00', '2025-10-05T04:00'],
      [
        '2025-10-05T01:00:00+10:30',
        '2025-10-05T02:30:00+11:00',
        '2025-10-05T03:00:00+11:00',
        '2025-10-05T04:00:00+11:00',
      ],
    ],
    [
      "the repeated half-hour of Lord Howe's autumn",
      'Australia/Lord_Howe',
      ['2025-04-06T01:00', '2025-04-06T03:00'],
      [
        '2025-04-06T01:00:00+11:00',
        '2025-04-06T01:30:00+10:30',
        '2025-04-06T02:00:00+10:30',
        '2025-04-06T03:00:00+10:30',
      ],
    ],
    [
      'whole local hours where the offset has minutes, clipped at the ends',
      'Asia/Kathmandu',
      ['2025-01-01T00:20', '2025-01-01T02:10'],
      [
        '2025-01-01T00:20:00+05:45',
        '2025-01-01T01:00:00+05:45',
        '2025-01-01T02:00:00+05:45',
        '2025-01-01T02:10:00+05:45',
      ],
    ],
    [
      'no boundary at the new year of UTC',
      'Asia/Kathmandu',
      ['2025-01-01T05:00', '2025-01-01T07:00'],
      ['2025-01-01T05:00:00+05:45', '2025-01-01T06:00:00+05:45', '2025-01-01T07:00:00+05:45'],
    ],
  ])('puts %s', (_what, timeZone, [from = '', to = ''], expected) => {
    expect(boundaries(from, to, 'hour', timeZone)).toEqual(expected);
  });

  it('starts weeks on Monday, or on Sunday on request', () => {
    const period = { from: Date.parse('2025-10-29T00:00Z'), to: Date.parse('2025-11-12T00:00Z') };
    const days = (weekStart?: 'sunday'): string[] =>
      bucketBoundaries(period, 'week', 'UTC', weekStart).map((at) => localDate(at, 'UTC'));
    expect(days()).toEqual(['2025-10-29', '2025-11-03', '2025-11-10', '2025-11-12']);
    expect(days('sunday')).toEqual(['2025-10-29', '2025-11-02', '2025-11-09', '2025-11-12']);
  });

  it('clips the first and last month and year', () => {
    expect(
      boundaries('2024-11-15', '2025-02-03', 'month', 'America/New_York').map((time) => time.slice(0, 10)),
    ).toEqual(['2024-11-15', '2024-12-01', '2025-01-01', '2025-02-01', '2025-02-03']);
    expect(boundaries('2023-11-15', '2025-02-03', 'year', 'UTC').map((time) => time.slice(0, 10))).toEqual([
      '2023-11-15',
      '2024-01-01',
      '2025-01-01',
      '2025-02-03',
    ]);
  });

  it('refuses too many buckets before building them, and says which would fit', () => {
    const century = { from: Date.parse('1925-01-01T00:00Z'), to: Date.parse('2025-01-01T00:00Z') };
    const refuse = (size: BucketSize): unknown => {
      try {
        return bucketBoundaries(century, size, 'UTC');
      } catch (error) {
        return error;
      }
    };
    for (const size of ['hour', 'day'] as const) {
      const error = refuse(size);
      expect(error).toBeInstanceOf(ValidationError);
      expect(error).toMatchObject({
        error_code: 'VALIDATION_INVALID_INPUT',
        details: { field: 'bucket', value: size },
      });
      expect((error as Error).message).toContain('bucket=week');
    }
    expect(refuse('week')).toHaveLength(5220);
    const most = { from: 0, to: MAX_BUCKETS * HOUR };
    expect(bucketBoundaries(most, 'hour', 'UTC')).toHaveLength(MAX_BUCKETS + 1);
    expect(() => bucketBoundaries({ from: 0, to: most.to + 1 }, 'hour', 'UTC')).toThrow(ValidationError);
  });

  it('refuses an empty or inverted period', () => {
    expect(() => bucketBoundaries({ from: 5, to: 5 }, 'day', 'UTC')).toThrow(RangeError);
    expect(() => bucketBoundaries({ from: 5, to: 4 }, 'none', 'UTC')).toThrow(RangeError);
  });

  it('partitions any period exactly, for every size, zone and week start', () => {
    const size = fc.constantFrom<BucketSize>('none', 'hour', 'day', 'week', 'month', 'year');
    const length = fc.integer({ min: 1, max: 500 * 24 * HOUR });
    fc.assert(
      fc.property(
        zone,
        instant,
        length,
        size,
        fc.constantFrom('monday', 'sunday'),
        (timeZone, from, ms, unit, start) => {
          const found = bucketBoundaries({ from, to: from + ms }, unit, timeZone, start);
          expect(found[0]).toBe(from);
          expect(found.at(-1)).toBe(from + ms);
          expect(found.every((at, i) => i === 0 || at > (found[i - 1] ?? at))).toBe(true);
        },
      ),
    );
  });

  it('gives every whole day bucket one local date, as Temporal has it', () => {
    const days = fc.integer({ min: 2, max: 100 });
    fc.assert(
      fc.property(zone, instant, days, (timeZone, from, count) => {
        const found = bucketBoundaries({ from, to: from + count * 24 * HOUR }, 'day', timeZone).slice(1, -1);
        const wrong = found.filter((at, i) => {
          const date = localDate(at, timeZone);
          const last = (found[i + 1] ?? at + 1) - 1;
          const start = Temporal.PlainDate.from(date).toZonedDateTime(timeZone).epochMilliseconds;
          return at !== start || localDate(last, timeZone) !== date;
        });
        expect(wrong).toEqual([]);
      }),
    );
  });

  it('keeps every hour bucket within one local hour and one offset', () => {
    fc.assert(
      fc.property(zone, instant, (timeZone, from) => {
        const found = bucketBoundaries({ from, to: from + 200 * 24 * HOUR }, 'hour', timeZone);
        const wrong = found.slice(0, -1).filter((at, i) => {
          const [first, last] = [at, (found[i + 1] ?? at) - 1].map((ms) => formatWithOffset(ms, timeZone));
          return first?.slice(0, 13) !== last?.slice(0, 13) || first?.slice(-6) !== last?.slice(-6);
        });
        expect(wrong).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});
