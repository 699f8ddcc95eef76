import { ValidationError } from '@app/common';
import { formatWithOffset } from './calendar';
import { findPeriods } from './parse-period';

const timeZone = 'Europe/Paris';
/** A Wednesday, 14:30 local time. */
const now = Date.parse('2025-11-05T14:30:00+01:00');

function find(sentence: string): string[] {
  return findPeriods(sentence, { now, timeZone }).map(({ period, text, index }) => {
    expect(sentence.slice(index, index + text.length)).toBe(text);
    const [from, to] = [period.from, period.to].map((at) => formatWithOffset(at, timeZone).slice(0, 16));
    return `${text}: ${from} ${to}`.replaceAll('T00:00', '');
  });
}

describe('findPeriods', () => {
  it.each<[string, string[]]>([
    [
      'how many steps in September 2025 compared with last week?',
      ['September 2025: 2025-09-01 2025-10-01', 'last week: 2025-10-27 2025-11-03'],
    ],
    ['average heart rate last week', ['last week: 2025-10-27 2025-11-03']],
    ['highest weight this year', ['this year: 2025-01-01 2025-11-06']],
    ['Which day did I walk most in the last 30 days?', ['the last 30 days: 2025-10-07 2025-11-06']],
    ['Which day did I walk most last week?', ['last week: 2025-10-27 2025-11-03']],
    ['How did I sleep last night?', ['last night: 2025-11-04T18:00 2025-11-05T12:00']],
    ['steps from March 3 to March 10 please', ['from March 3 to March 10: 2025-03-03 2025-03-11']],
    ['steps between 2025-03-03 and 2025-03-10', ['between 2025-03-03 and 2025-03-10: 2025-03-03 2025-03-11']],
    ['How did my weight change from March to April?', ['March: 2025-03-01 2025-04-01', 'April: 2025-04-01 2025-05-01']],
    [
      'difference between last month and this month',
      ['last month: 2025-10-01 2025-11-01', 'this month: 2025-11-01 2025-11-06'],
    ],
    ['What has my resting heart rate been since March?', ['since March: 2025-03-01 2025-11-06']],
    ["Show me today's steps and yesterday's", ['today: 2025-11-05 2025-11-06', 'yesterday: 2025-11-04 2025-11-05']],
    ['What was my heart rate yesterday at 3pm?', ['yesterday at 3pm: 2025-11-04T15:00 2025-11-04T16:00']],
    ['steps from 10am to noon yesterday', ['from 10am to noon yesterday: 2025-11-04T10:00 2025-11-04T12:00']],
    ['steps between Noon and 3pm yesterday', ['between Noon and 3pm yesterday: 2025-11-04T12:00 2025-11-04T15:00']],
    ['heart rate at midday yesterday', ['at midday yesterday: 2025-11-04T12:00 2025-11-04T13:00']],
    ['steps yesterday from 10pm to midnight', ['yesterday from 10pm to midnight: 2025-11-04T22:00 2025-11-05']],
    ['steps in 2025?', ['2025: 2025-01-01 2026-01-01']],
    ['in 2024 and 2025', ['2024: 2024-01-01 2025-01-01', '2025: 2025-01-01 2026-01-01']],
    [
      'Steps in September and the month before',
      ['September: 2025-09-01 2025-10-01', 'the month before: 2025-08-01 2025-09-01'],
    ],
    [
      'steps in September 2025 against the previous month',
      ['September 2025: 2025-09-01 2025-10-01', 'the previous month: 2025-08-01 2025-09-01'],
    ],
    ['sleep in the week before October 15th', ['the week before October 15th: 2025-10-08 2025-10-15']],
    ['my steps on Friday evening', ['Friday evening: 2025-10-31T18:00 2025-11-01']],
    ['how far did I walk in may', ['may: 2025-05-01 2025-06-01']],
    ['Have I ever walked 30,000 steps this week?', ['this week: 2025-11-03 2025-11-06']],
    ['my highest heart rate ever', ['ever: 1900-01-01 2025-11-06']],
    ['steps on 15 October last year', ['on 15 October last year: 2024-10-15 2024-10-16']],
    [
      'steps today, yesterday, and in March',
      ['today: 2025-11-05 2025-11-06', 'yesterday: 2025-11-04 2025-11-05', 'March: 2025-03-01 2025-04-01'],
    ],
    ['steps last_7_days', ['last_7_days: 2025-10-30 2025-11-06']],
    ['steps for 2025-09-01/2025-09-15', ['2025-09-01/2025-09-15: 2025-09-01 2025-09-15']],
    ['In March 45 minutes of exercise a day', ['March: 2025-03-01 2025-04-01']],
  ])('finds the periods of "%s"', (sentence, expected) => {
    expect(find(sentence)).toEqual(expected);
  });

  it.each([
    'and the week before?',
    'How many steps have I taken?',
    'did I take 2025 steps',
    'from 2000 to 5000 steps',
    'may I see my steps?',
    'how long did I march',
    'how much time in the sun',
    'I sat down a lot',
    'heart rate every Monday',
    'steps per day',
    'my most recent weight',
    'did I sleep 8 to 9 hours',
    'is 120/80 a good blood pressure',
    'how am I doing now',
    'did my weight fall',
    'walking 3.5 km at 5 km/h',
    '',
  ])('finds no period in "%s"', (sentence) => {
    expect(find(sentence)).toEqual([]);
  });

  it.each([
    'steps on February 30',
    'steps on October 32nd',
    'steps from February 27 to 30',
    'steps on 2025-02-30',
    'steps on 03/04/2025',
    'how did I sleep last summer?',
    'steps in the last 0 days',
    'steps from 2025-03-10 to 2025-03-03',
    'steps on the last Monday of March',
    'heart rate on October 15 at 9',
  ])('refuses "%s" rather than taking another period', (sentence) => {
    expect(() => find(sentence)).toThrow(ValidationError);
  });

  it('stays fast on long and hostile messages', () => {
    const hostile = [
      'may 3 ',
      'the last ',
      '1 to ',
      'from ',
      ' ',
      '9',
      '2025-',
      'week of the ',
      'between 3pm and ',
      'a ',
    ];
    for (const piece of hostile) {
      const started = performance.now();
      try {
        find(piece.repeat(Math.ceil(4000 / piece.length)).slice(0, 4000));
      } catch (error) {
        expect(error).toBeInstanceOf(ValidationError);
      }
      expect(performance.now() - started).toBeLessThan(5000);
    }
  });
});
