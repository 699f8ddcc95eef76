import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { formatWithOffset, isTimeZone, localDate } from './calendar';
import { firstInstantAt } from './zone-offsets';

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
const zone = fc.constantFrom(...ZONES);
const instant = fc.integer({ min: Date.parse('1995-01-01T00:00Z'), max: Date.parse('2040-01-01T00:00Z') });

describe('firstInstantAt', () => {
  it('agrees with the start of day of Temporal', () => {
    fc.assert(
      fc.property(zone, instant, (timeZone, at) => {
        const date = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO('UTC').toPlainDate();
        const wall = Date.UTC(date.year, date.month - 1, date.day);
        expect(firstInstantAt(timeZone, wall)).toBe(date.toZonedDateTime(timeZone).epochMilliseconds);
      }),
      { numRuns: 300 },
    );
  });
});

describe('formatWithOffset', () => {
  it.each([
    ['2025-11-02T05:30:00Z', 'America/New_York', '2025-11-02T01:30:00-04:00'],
    ['2025-11-02T06:30:00Z', 'America/New_York', '2025-11-02T01:30:00-05:00'],
    ['2025-01-01T00:00:00.250Z', 'Asia/Kathmandu', '2025-01-01T05:45:00.250+05:45'],
    ['2025-06-01T12:00:00Z', 'UTC', '2025-06-01T12:00:00+00:00'],
    ['2025-06-01T12:00:00Z', '-00:30', '2025-06-01T11:30:00-00:30'],
    ['1900-06-01T12:00:00Z', 'Africa/Monrovia', '1900-06-01T11:16:52-00:43'],
  ])('writes %s in %s', (time, timeZone, expected) => {
    expect(formatWithOffset(Date.parse(time), timeZone)).toBe(expected);
  });

  it('writes what Temporal writes, and reads back as the same instant', () => {
    fc.assert(
      fc.property(zone, instant, (timeZone, at) => {
        const written = formatWithOffset(at, timeZone);
        const exact = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
        expect(written.slice(0, 19)).toBe(
          exact.toString({ timeZoneName: 'never', smallestUnit: 'second' }).slice(0, 19),
        );
        expect(Date.parse(written)).toBe(at);
        expect(localDate(at, timeZone)).toBe(exact.toPlainDate().toString());
      }),
      { numRuns: 500 },
    );
  });

  it('is exact on both sides of every change of the offset', () => {
    for (const timeZone of ZONES) {
      let change = Temporal.Instant.from('2005-01-01T00:00Z')
        .toZonedDateTimeISO(timeZone)
        .getTimeZoneTransition('next');
      for (; change !== null && change.year < 2030; change = change.getTimeZoneTransition('next')) {
        for (const at of [change.epochMilliseconds - 1, change.epochMilliseconds]) {
          const offset = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).offset;
          expect(formatWithOffset(at, timeZone).slice(-6)).toBe(offset);
        }
      }
    }
  });
});

describe('isTimeZone', () => {
  it.each(['UTC', 'Europe/Paris', 'europe/paris', 'Etc/GMT-2', '+05:30', '-11:00', 'America/Argentina/Buenos_Aires'])(
    'knows %s',
    (name) => {
      expect(isTimeZone(name)).toBe(true);
    },
  );

  it.each([
    '',
    'Mars/Olympus',
    'Paris',
    '+25:00',
    '+05:30:15',
    '2025-01-01T00:00Z',
    '2025-01-01T00:00[Europe/Paris]',
    'x'.repeat(100),
    '\0',
  ])('refuses %p', (name) => {
    expect(isTimeZone(name)).toBe(false);
  });
});
