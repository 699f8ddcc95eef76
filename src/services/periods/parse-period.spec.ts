import { formatWithOffset } from './calendar';
import { parsePeriod } from './parse-period';
import type { PeriodOptions } from './period';

const ZONE = 'Europe/Paris';
/** A Wednesday, 14:30 local time. */
const NOW = Date.parse('2025-11-05T14:30:00+01:00');
const OPTIONS: PeriodOptions = { now: NOW, timeZone: ZONE };

/** Local wall time without offset; only the date where it is midnight. */
function local(epochMs: number, timeZone = ZONE): string {
  return formatWithOffset(epochMs, timeZone).slice(0, 16).replace('T00:00', '');
}

function span(text: string | undefined, options = OPTIONS): string {
  const { from, to } = parsePeriod(text, options);
  return `${local(from, options.timeZone)} ${local(to, options.timeZone)}`;
}

const TOKENS: ReadonlyArray<readonly [string, string]> = [
  ['today', '2025-11-05 2025-11-06'],
  ['TODAY', '2025-11-05 2025-11-06'],
  ['yesterday', '2025-11-04 2025-11-05'],
  ['last_night', '2025-11-04T18:00 2025-11-05T12:00'],
  ['last_1_days', '2025-11-05 2025-11-06'],
  ['last_7_days', '2025-10-30 2025-11-06'],
  ['Last_30_Days', '2025-10-07 2025-11-06'],
  ['last_2_weeks', '2025-10-23 2025-11-06'],
  ['last_1_months', '2025-10-06 2025-11-06'],
  ['last_3_months', '2025-08-06 2025-11-06'],
  ['last_2_years', '2023-11-06 2025-11-06'],
  ['last hour', '2025-11-05T13:30 2025-11-05T14:30'],
  ['last_6_hours', '2025-11-05T08:30 2025-11-05T14:30'],
  ['this_week', '2025-11-03 2025-11-06'],
  ['this_month', '2025-11-01 2025-11-06'],
  ['this_quarter', '2025-10-01 2025-11-06'],
  ['this_year', '2025-01-01 2025-11-06'],
  ['last_week', '2025-10-27 2025-11-03'],
  ['last_month', '2025-10-01 2025-11-01'],
  ['last_quarter', '2025-07-01 2025-10-01'],
  ['last_year', '2024-01-01 2025-01-01'],
  ['recent', '2025-10-07 2025-11-06'],
  ['all', '1900-01-01 2025-11-06'],
  ['2025-09-30', '2025-09-30 2025-10-01'],
  ['2025-09', '2025-09-01 2025-10-01'],
  ['2025-Q3', '2025-07-01 2025-10-01'],
  ['2025-q3', '2025-07-01 2025-10-01'],
  ['2025', '2025-01-01 2026-01-01'],
  ['2025-W40', '2025-09-29 2025-10-06'],
  ['2020-W53', '2020-12-28 2021-01-04'],
  ['2024-02-29', '2024-02-29 2024-03-01'],
];

const INTERVALS: ReadonlyArray<readonly [string, string]> = [
  ['2025-01-01/2025-02-01', '2025-01-01 2025-02-01'],
  ['2025-01-01 / 2025-02-01', '2025-01-01 2025-02-01'],
  ['2025-01-31/P1M', '2025-01-31 2025-02-28'],
  ['P1M/2025-03-01', '2025-02-01 2025-03-01'],
  ['p7d/2025-03-01', '2025-02-22 2025-03-01'],
  ['2025-03-01T08:00/2025-03-01T20:30:00', '2025-03-01T08:00 2025-03-01T20:30'],
  ['2025-03-01T08:00:00Z/PT6H', '2025-03-01T09:00 2025-03-01T15:00'],
  ['2025-03-01T08:00:00+05:45/2025-03-02', '2025-03-01T03:15 2025-03-02'],
  ['2025-03-01T08:00:00 02:00/2025-03-02', '2025-03-01T07:00 2025-03-02'],
  ['2025-03-01T08:00:00-05:00/2025-03-02', '2025-03-01T14:00 2025-03-02'],
];

const PHRASES: ReadonlyArray<readonly [string, string]> = [
  ['last 2 weeks', '2025-10-23 2025-11-06'],
  ['the last two weeks', '2025-10-23 2025-11-06'],
  ['past 10 days', '2025-10-27 2025-11-06'],
  ['in the past 10 days', '2025-10-27 2025-11-06'],
  ['over the last couple of weeks', '2025-10-23 2025-11-06'],
  ['last few days', '2025-11-03 2025-11-06'],
  ['last 3 nights', '2025-11-03 2025-11-06'],
  ['past week', '2025-10-30 2025-11-06'],
  ['the past month', '2025-10-06 2025-11-06'],
  ['past 24 hours', '2025-11-04T14:30 2025-11-05T14:30'],
  ['last week', '2025-10-27 2025-11-03'],
  ['previous month', '2025-10-01 2025-11-01'],
  ['next week', '2025-11-10 2025-11-17'],
  ['tomorrow', '2025-11-06 2025-11-07'],
  ['this month so far', '2025-11-01 2025-11-06'],
  ['year to date', '2025-01-01 2025-11-06'],
  ['YTD', '2025-01-01 2025-11-06'],
  ['week before last', '2025-10-20 2025-10-27'],
  ['the month before last', '2025-09-01 2025-10-01'],
  ['the day before yesterday', '2025-11-03 2025-11-04'],
  ['3 days ago', '2025-11-02 2025-11-03'],
  ['two weeks ago', '2025-10-20 2025-10-27'],
  ['a month ago', '2025-10-01 2025-11-01'],
  ['2 years ago', '2023-01-01 2024-01-01'],
  ['September 2025', '2025-09-01 2025-10-01'],
  ['in september, 2025', '2025-09-01 2025-10-01'],
  ['Sept 2024', '2024-09-01 2024-10-01'],
  ['Sep. 2024', '2024-09-01 2024-10-01'],
  ['2024 March', '2024-03-01 2024-04-01'],
  ['the month of September', '2025-09-01 2025-10-01'],
  ['March', '2025-03-01 2025-04-01'],
  ['may', '2025-05-01 2025-06-01'],
  ['December', '2024-12-01 2025-01-01'],
  ['november', '2025-11-01 2025-12-01'],
  ['last March', '2025-03-01 2025-04-01'],
  ['last November', '2024-11-01 2024-12-01'],
  ['March last year', '2024-03-01 2024-04-01'],
  ['march of this year', '2025-03-01 2025-04-01'],
  ['early March', '2025-03-01 2025-03-11'],
  ['mid-March', '2025-03-11 2025-03-21'],
  ['mid March 2024', '2024-03-11 2024-03-21'],
  ['late February 2024', '2024-02-21 2024-03-01'],
  ['late November', '2024-11-21 2024-12-01'],
  ['the beginning of December', '2024-12-01 2024-12-11'],
  ['the end of last month', '2025-10-21 2025-11-01'],
  ['early 2025', '2025-01-01 2025-05-01'],
  ['late last year', '2024-09-01 2025-01-01'],
  ['first week of March', '2025-03-01 2025-03-08'],
  ['the last week of February 2024', '2024-02-23 2024-03-01'],
  ['the first 10 days of October', '2025-10-01 2025-10-11'],
  ['the last day of September', '2025-09-30 2025-10-01'],
  ['first half of 2025', '2025-01-01 2025-07-01'],
  ['H2 2024', '2024-07-01 2025-01-01'],
  ['second half of October', '2025-10-16 2025-11-01'],
  ['Q3 2025', '2025-07-01 2025-10-01'],
  ['Q4', '2025-10-01 2026-01-01'],
  ['q3', '2025-07-01 2025-10-01'],
  ['third quarter of 2024', '2024-07-01 2024-10-01'],
  ['Q1 last year', '2024-01-01 2024-04-01'],
  ['in 2024', '2024-01-01 2025-01-01'],
  ['all of 2024', '2024-01-01 2025-01-01'],
  ['the whole year 2024', '2024-01-01 2025-01-01'],
  ['all time', '1900-01-01 2025-11-06'],
  ['October 15th', '2025-10-15 2025-10-16'],
  ['on 15 October', '2025-10-15 2025-10-16'],
  ['the 15th of October', '2025-10-15 2025-10-16'],
  ['Oct 15, 2024', '2024-10-15 2024-10-16'],
  ['October fifteenth', '2025-10-15 2025-10-16'],
  ['December 24th', '2024-12-24 2024-12-25'],
  ['November 5', '2025-11-05 2025-11-06'],
  ['November 6', '2024-11-06 2024-11-07'],
  ['February 29', '2024-02-29 2024-03-01'],
  ['Sunday, October 12th 2025', '2025-10-12 2025-10-13'],
  ['October 15th last year', '2024-10-15 2024-10-16'],
  ['15 October of last year', '2024-10-15 2024-10-16'],
  ['October 3-8 last year', '2024-10-03 2024-10-09'],
  ['2025/09/30', '2025-09-30 2025-10-01'],
  ['Oct 3-8', '2025-10-03 2025-10-09'],
  ['October 3 to 8, 2024', '2024-10-03 2024-10-09'],
  ['3rd to 8th of December', '2024-12-03 2024-12-09'],
  ['last Friday', '2025-10-31 2025-11-01'],
  ['on Monday', '2025-11-03 2025-11-04'],
  ['Wednesday', '2025-11-05 2025-11-06'],
  ['last Wednesday', '2025-10-29 2025-10-30'],
  ['Thursday', '2025-10-30 2025-10-31'],
  ['Friday last week', '2025-10-31 2025-11-01'],
  ['Monday of last week', '2025-10-27 2025-10-28'],
  ['next Friday', '2025-11-07 2025-11-08'],
  ['weekend', '2025-11-01 2025-11-03'],
  ['last weekend', '2025-11-01 2025-11-03'],
  ['the weekend before last', '2025-10-25 2025-10-27'],
  ['the week of March 3rd', '2025-03-03 2025-03-10'],
  ['week of 5 March 2025', '2025-03-03 2025-03-10'],
  ['week starting October 15', '2025-10-15 2025-10-22'],
  ['the week before March 3rd', '2025-02-24 2025-03-03'],
  ['3 days after October 15th', '2025-10-16 2025-10-19'],
  ['between March 3 and March 10', '2025-03-03 2025-03-11'],
  ['from March 3 to March 10 2024', '2024-03-03 2024-03-11'],
  ['from March 3 2024 to March 10', '2024-03-03 2024-03-11'],
  ['March to May', '2025-03-01 2025-06-01'],
  ['from November to January', '2024-11-01 2025-02-01'],
  ['from November 2024 to January', '2024-11-01 2025-02-01'],
  ['from September 2025 until yesterday', '2025-09-01 2025-11-05'],
  ['from Monday to Friday', '2025-10-27 2025-11-01'],
  ['2025-09-01 to 2025-09-10', '2025-09-01 2025-09-11'],
  ['from 2022 to 2024', '2022-01-01 2025-01-01'],
  ['from March until now', '2025-03-01 2025-11-06'],
  ['since March', '2025-03-01 2025-11-06'],
  ['since last Friday', '2025-10-31 2025-11-06'],
  ['since 2023', '2023-01-01 2025-11-06'],
  ['from October 15th onwards', '2025-10-15 2025-11-06'],
  ['after October 15th', '2025-10-16 2025-11-06'],
  ['before 2025', '1900-01-01 2025-01-01'],
  ['until October 15th', '1900-01-01 2025-10-16'],
  ['this morning', '2025-11-05T05:00 2025-11-05T12:00'],
  ['tonight', '2025-11-05T18:00 2025-11-06'],
  ['yesterday evening', '2025-11-04T18:00 2025-11-05'],
  ['Monday night', '2025-11-03T18:00 2025-11-04T12:00'],
  ['October 15th in the afternoon', '2025-10-15T12:00 2025-10-15T18:00'],
  ['the morning of October 15th', '2025-10-15T05:00 2025-10-15T12:00'],
  ['yesterday at 3pm', '2025-11-04T15:00 2025-11-04T16:00'],
  ['yesterday from 3pm to 5pm', '2025-11-04T15:00 2025-11-04T17:00'],
  ['yesterday between 3pm and 5pm', '2025-11-04T15:00 2025-11-04T17:00'],
  ['from 9:00 to 11:30 on October 3rd', '2025-10-03T09:00 2025-10-03T11:30'],
  ['between 8am and 10am', '2025-11-05T08:00 2025-11-05T10:00'],
  ['from 10pm to 6am', '2025-11-04T22:00 2025-11-05T06:00'],
  ['Monday at 15:30', '2025-11-03T15:30 2025-11-03T16:30'],
];

describe('parsePeriod', () => {
  it.each(TOKENS)('reads the token %s', (text, expected) => {
    expect(span(text)).toBe(expected);
  });

  it.each(INTERVALS)('reads the interval %s', (text, expected) => {
    expect(span(text)).toBe(expected);
  });

  it.each(PHRASES)('reads "%s"', (text, expected) => {
    expect(span(text)).toBe(expected);
  });

  it.each(PHRASES)('reads "%s" with underscores, in capitals', (text, expected) => {
    expect(span(text.replaceAll(' ', '_').toUpperCase())).toBe(expected);
  });

  it.each([[undefined], [''], ['  ']])('takes %p for the last 30 days', (text) => {
    expect(span(text)).toBe('2025-10-07 2025-11-06');
  });

  it('starts weeks on Sunday on request', () => {
    const options = { ...OPTIONS, weekStart: 'sunday' } as const;
    expect(span('this_week', options)).toBe('2025-11-02 2025-11-06');
    expect(span('last week', options)).toBe('2025-10-26 2025-11-02');
    expect(span('the week of March 3rd', options)).toBe('2025-03-02 2025-03-09');
    expect(span('2025-W40', options)).toBe('2025-09-29 2025-10-06');
  });

  it("takes today from the user's zone", () => {
    const at = (timeZone: string): string => span('today', { now: Date.parse('2025-11-05T11:00Z'), timeZone });
    expect(at('Pacific/Kiritimati')).toBe('2025-11-06 2025-11-07');
    expect(at('Pacific/Honolulu')).toBe('2025-11-05 2025-11-06');
    expect(at('+05:30')).toBe('2025-11-05 2025-11-06');
  });

  it('says in its label what it took', () => {
    const labels = ['last_7_days', 'march', 'oct 3-8', 'last friday', 'since march', 'early march', 'all'];
    expect(labels.map((text) => parsePeriod(text, OPTIONS).label)).toEqual([
      'last 7 days',
      'March 2025',
      '3 October 2025 to 8 October 2025',
      'Friday 31 October 2025',
      'since March 2025',
      'early March 2025',
      'all time',
    ]);
    expect(parsePeriod('all', OPTIONS).unbounded).toBe(true);
    expect(parsePeriod('2025', OPTIONS).unbounded).toBeUndefined();
  });
});
