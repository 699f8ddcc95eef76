import { readMessage } from './read-message';

const OPTIONS = { now: Date.parse('2025-10-21T10:00:00Z'), timeZone: 'Europe/Paris', weekStart: 'monday' } as const;

describe('what a question asks that cannot be followed', () => {
  it.each([
    'how often was my heart rate above 100 yesterday',
    'how many days did I walk more than 10000 steps last month',
    'percentage of days over 10,000 steps this year',
    'how many steps every Monday last month',
    'did I hit 10k steps yesterday',
    'steps last week excluding today',
    'top 3 days for steps last month',
    'which day did I walk the second most last month',
    'not steps but heart rate yesterday',
    'how many nights did I sleep less than 6 hours',
    'did I walk 10000 steps yesterday',
  ])('“%s” is not answered without its condition', (message) => {
    expect(readMessage(message, OPTIONS)).toEqual({ kind: 'unsupported', topic: 'condition' });
  });

  it.each(['weight change this year', 'how much weight did I lose last month', 'weight loss since March'])(
    '“%s” is not answered with a value',
    (message) => {
      expect(readMessage(message, OPTIONS)).toEqual({ kind: 'unsupported', topic: 'difference' });
    },
  );

  it.each([
    'steps on the 15th', 'steps christmas 2025', "steps on new year's eve", 'steps on Thanksgiving', 'steps 3/10',
    'steps in week 42', 'steps in the past fortnight', 'steps in 26', 'steps 10 days', "heart rate at 25 o'clock",
    'steps on my birthday', 'steps since I moved house', 'heart rate yesterday during my vacation',
    'steps from 10am to lunch yesterday', 'steps in September and on the 15th', 'steps last week before the wedding',
  ])('“%s” names a time that is not understood', (message) => {
    expect(readMessage(message, OPTIONS).kind).toBe('bad_period');
  }); // prettier-ignore

  it.each([
    'steps on average in September',
    'most steps in a day this month',
    'how many steps in total',
    'my last 5 weight readings',
    '95th percentile of my heart rate last week',
    'which day in September did I walk most',
    'what was my heart rate at rest yesterday',
    'at what time was my heart rate highest yesterday',
    'how many steps on average per day over the last 30 days',
    'steps on October 15th',
    'did I walk more this week than last week',
    'how did my weight change from March to April',
    'average weight in pounds this year',
    'steps in the last 10 days',
  ])('“%s” has nothing of the kind', (message) => {
    expect(readMessage(message, OPTIONS).kind).toBe('question');
  });
});
