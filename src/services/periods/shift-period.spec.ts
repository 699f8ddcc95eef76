import { ValidationError } from '@app/common';
import fc from 'fast-check';
import { formatWithOffset } from './calendar';
import { parsePeriod, shiftPeriod } from './parse-period';
import { instantOf, type Period } from './period';
import { dateAt } from './period-label';

const timeZone = 'Europe/Paris';
/** A Wednesday, 14:30 local time. */
const now = Date.parse('2025-11-05T14:30:00+01:00');

function describePeriod({ from, to, label }: Period): string {
  const [start, end] = [from, to].map((at) => formatWithOffset(at, timeZone).slice(0, 16).replace('T00:00', ''));
  return `${start} ${end} (${label})`;
}

describe('shiftPeriod', () => {
  it.each([
    ['today', '2025-11-04 2025-11-05 (4 November 2025)'],
    ['last_night', '2025-11-03T18:00 2025-11-04T12:00 (3 November 2025 18:00 to 4 November 2025 12:00)'],
    ['this_week', '2025-10-27 2025-11-03 (week of 27 October 2025)'],
    ['last_week', '2025-10-20 2025-10-27 (week of 20 October 2025)'],
    ['this_month', '2025-10-01 2025-11-01 (October 2025)'],
    ['March 2024', '2024-02-01 2024-03-01 (February 2024)'],
    ['2025-Q1', '2024-10-01 2025-01-01 (Q4 2024)'],
    ['2025', '2024-01-01 2025-01-01 (2024)'],
    ['last_7_days', '2025-10-23 2025-10-30 (23 October 2025 to 29 October 2025)'],
    ['last_2_weeks', '2025-10-09 2025-10-23 (9 October 2025 to 22 October 2025)'],
    ['last_3_months', '2025-05-06 2025-08-06 (6 May 2025 to 5 August 2025)'],
    ['last_6_hours', '2025-11-05T02:30 2025-11-05T08:30 (5 November 2025 02:30 to 08:30)'],
    ['last weekend', '2025-10-25 2025-10-27 (25 October 2025 to 26 October 2025)'],
    ['early March', '2025-02-01 2025-02-11 (1 February 2025 to 10 February 2025)'],
    ['late March', '2025-02-21 2025-03-01 (21 February 2025 to 28 February 2025)'],
    ['2025-07-01/2025-10-01', '2025-04-01 2025-07-01 (1 April 2025 to 30 June 2025)'],
    ['2025-03-03/2025-03-10', '2025-02-24 2025-03-03 (24 February 2025 to 2 March 2025)'],
    ['2025-03-03T08:00/2025-03-03T10:00', '2025-03-03T06:00 2025-03-03T08:00 (3 March 2025 06:00 to 08:00)'],
    ['from March to May', '2024-12-01 2025-03-01 (1 December 2024 to 28 February 2025)'],
  ])('gives what comes before %s', (text, expected) => {
    expect(describePeriod(shiftPeriod(parsePeriod(text, { now, timeZone }), -1))).toBe(expected);
  });

  it('gives what comes after', () => {
    const after = (text: string): string => describePeriod(shiftPeriod(parsePeriod(text, { now, timeZone }), 1));
    expect(after('January 2025')).toBe('2025-02-01 2025-03-01 (February 2025)');
    expect(after('2025-03-29')).toBe('2025-03-30 2025-03-31 (30 March 2025)');
  });

  it('refuses what has nothing before it', () => {
    expect(() => shiftPeriod(parsePeriod('all', { now, timeZone }), -1)).toThrow(ValidationError);
    expect(() => shiftPeriod(parsePeriod('1900', { now, timeZone }), -1)).toThrow(ValidationError);
  });

  it('steps over the day that Apia left out', () => {
    const options = { now: Date.parse('2011-12-31T10:00:00+14:00'), timeZone: 'Pacific/Apia' };
    const yesterday = parsePeriod('yesterday', options);
    expect(yesterday).toEqual(expect.objectContaining({ from: Date.parse('2011-12-29T00:00:00-10:00') }));
    expect(shiftPeriod(parsePeriod('today', options), -1)).toMatchObject({ from: yesterday.from, to: yesterday.to });
    expect(shiftPeriod(yesterday, 1)).toMatchObject({
      from: yesterday.to,
      to: Date.parse('2012-01-01T00:00:00+14:00'),
    });
    expect(() => parsePeriod('2011-12-30', options)).toThrow(ValidationError);
  });

  it('keeps working on a period that was stored as JSON', () => {
    const period = JSON.parse(JSON.stringify(parsePeriod('last_night', { now, timeZone }))) as Period;
    expect(shiftPeriod(period, -1)).toEqual(shiftPeriod(parsePeriod('last_night', { now, timeZone }), -1));
  });
});

const zone = fc.constantFrom(
  'UTC',
  'Europe/Paris',
  'America/New_York',
  'America/Sao_Paulo',
  'Africa/Cairo',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Etc/GMT-2',
  '+05:30',
);
const instant = fc.integer({ min: Date.parse('1996-01-01T00:00Z'), max: Date.parse('2060-01-01T00:00Z') });
const weekStart = fc.constantFrom('monday' as const, 'sunday' as const);
const CALENDAR_TOKENS = ['yesterday', 'last_week', 'last_month', 'last_quarter', 'last_year'];
/** Few enough that the earliest of them is after 1900. */
const count = fc.integer({ min: 1, max: 90 });
const token = fc.oneof(
  fc.constantFrom(
    'today',
    'last_night',
    'this_week',
    'this_month',
    'this_quarter',
    'this_year',
    'recent',
    'all',
    ...CALENDAR_TOKENS,
  ),
  fc.tuple(count, fc.constantFrom('days', 'weeks', 'months', 'years')).map(([n, unit]) => `last_${n}_${unit}`),
);

describe('periods at any time in any zone', () => {
  it('end after they start, and not after today, for every token', () => {
    fc.assert(
      fc.property(token, zone, instant, weekStart, (text, tz, at, start) => {
        const { from, to } = parsePeriod(text, { now: at, timeZone: tz, weekStart: start });
        expect(from).toBeLessThan(to);
        expect(to).toBeLessThanOrEqual(instantOf(tz, dateAt(tz, at).add({ days: 1 })));
      }),
      { numRuns: 500 },
    );
  });

  it('come back after a step back and a step forward, for every calendar unit', () => {
    fc.assert(
      fc.property(fc.constantFrom(...CALENDAR_TOKENS), zone, instant, weekStart, (text, tz, at, start) => {
        const period = parsePeriod(text, { now: at, timeZone: tz, weekStart: start });
        const before = shiftPeriod(period, -1);
        const back = shiftPeriod(before, 1);
        expect(before.to).toBe(period.from);
        expect([back.from, back.to]).toEqual([period.from, period.to]);
      }),
      { numRuns: 500 },
    );
  });
});
