import { ValidationError } from '@app/common';
import { parsePeriod } from './parse-period';

/** A Wednesday, 14:30 local time. */
const OPTIONS = { now: Date.parse('2025-11-05T14:30:00+01:00'), timeZone: 'Europe/Paris' };

const REJECTED: readonly string[] = [
  'garbage',
  'last_0_days',
  'last_1001_days',
  'last_101_years',
  'last_-3_days',
  'last_7_fortnights',
  'last__days',
  'days',
  '2025-02-30',
  '2025-13',
  '2025-00-10',
  '2025-9-3',
  '2025-Q5',
  '2025-W54',
  '1899',
  '2200-01-01',
  '99999',
  'February 30',
  '31st of April 2025',
  'October 32nd',
  'February 29 2025',
  'March 3 24',
  '03/04/2025',
  '3.4.25',
  'summer 2025',
  'last summer',
  'fall',
  '2025-01-01/2025-01-01',
  '2025-02-01/2025-01-01',
  '2025-01-01/2025-02-30',
  '2025-01-01/',
  '/2025-01-01',
  'P1M/P1M',
  '2025-01-01/P0D',
  '2025-01-01/-P1D',
  '2025-01-01/P1X',
  '2025-01/2025-03',
  '2025-01-01/2025-02-01/2025-03-01',
  '2025-01-01T08:00',
  '2025-01-01T25:00/2025-01-02',
  'from May 2025 to March 2025',
  'from today to yesterday',
  'since tomorrow',
  'September 2025 steps',
  'how many steps last week',
  'last week or so',
  'last week and this week',
  'last Monday of March',
  'Monday, October 12th 2025',
  'every Monday',
  'October 15th at 3',
  'after 3pm',
  'now',
  'the week before',
  '2025 2024',
  'today yesterday',
  'x'.repeat(201),
];

describe('parsePeriod', () => {
  it.each(REJECTED.map((text) => [text]))('refuses "%s" with examples', (text) => {
    const error = refusal(text);
    expect(error).toBeInstanceOf(ValidationError);
    expect(error).toMatchObject({
      error_code: 'VALIDATION_INVALID_INPUT',
      details: { field: 'time_period', errors: [{ field: 'time_period' }] },
    });
    expect((error as Error).message).toContain('last_7_days');
  });

  it('says what is wrong', () => {
    expect(refusal('last week and this week')).toMatchObject({
      details: { errors: [{ constraints: ['it names more than one period'] }] },
    });
    expect(refusal('how many steps last week')).toMatchObject({
      details: { errors: [{ constraints: ['"how many steps" is not understood'] }] },
    });
    expect((refusal('x'.repeat(5000)) as ValidationError).details['value']).toHaveLength(100);
  });
});

function refusal(text: string): unknown {
  try {
    return parsePeriod(text, OPTIONS);
  } catch (error) {
    return error;
  }
}
