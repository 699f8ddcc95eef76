import fc from 'fast-check';
import { readInterpretation } from './interpretation';
import { LONGEST_QUESTION, readMessage } from './read-message';
import type { Reading } from './reading';
import { dangerIn } from './safety';
import { correctSpelling } from './vocabulary';

const OPTIONS = { now: Date.parse('2025-10-21T10:00:00Z'), timeZone: 'Europe/Paris', weekStart: 'monday' } as const;

type Question = Extract<Reading, { kind: 'question' }>['question'];

function question(message: string, earlier?: Question): Question {
  const reading = readMessage(message, OPTIONS, earlier);
  if (reading.kind !== 'question') throw new Error(`${message}: ${JSON.stringify(reading)}`);
  return reading.question;
}

describe('reading a message', () => {
  it.each([
    ['how many steps last week', { metrics: ['StepCount'], statistics: ['sum'], which: false }],
    ['how far did I walk last week', { metrics: ['DistanceWalkingRunning'], statistics: ['sum'] }],
    ['what was my most recent weight', { metrics: ['BodyMass'], statistics: ['latest'] }],
    ['my last 3 weight readings', { metrics: ['BodyMass'], records: 3 }],
    ['how many steps on average per week this year', { statistics: ['avg'], grouping: 'week' }],
    ['which month did I walk most this year', { statistics: ['max'], grouping: 'month', which: true }],
    ['steps every day last week', { grouping: 'day', listing: true }],
    ['when did I last weigh myself', { metrics: ['BodyMass'], statistics: ['latest'], which: false }],
    ['resting heart rate', { metrics: ['RestingHeartRate'], periodAssumed: true }],
    ['heart rate variability yesterday', { metrics: ['HeartRateVariabilitySDNN'], statistics: [] }],
    ['did I walk more this week than last week', { metrics: ['StepCount'], comparing: true }],
  ])('understands “%s”', (message, expected) => {
    expect(question(message)).toMatchObject(expected);
  });

  it.each(['which month did I walk most', 'best week for steps', 'average steps per month'])(
    'asks all the data about its weeks, months and years when “%s” names no time',
    (message) => expect(question(message).periods).toMatchObject([{ text: 'all', unbounded: true }]),
  );

  it.each([
    ['on which weekday do I walk the most', 'unsupported'],
    ['which day of the week do I walk most', 'unsupported'],
    ['what was my first weight', 'unsupported'],
    ['oldest weight record', 'unsupported'],
    ['steps an hour ago', 'bad_period'],
  ])('takes “%s” for no other question that it could answer', (message, kind) => {
    expect(readMessage(message, OPTIONS).kind).toBe(kind);
  });

  it('takes from the turn before what a follow-up leaves open, and nothing else', () => {
    const first = question('average heart rate last week');
    const second = question('and the week before?', first);
    expect(second).toMatchObject({ metrics: ['HeartRate'], statistics: ['avg'], periodAssumed: false });
    expect(second.periods[0]?.to).toBe(first.periods[0]?.from);
    expect(question('and weight?', second)).toMatchObject({ metrics: ['BodyMass'], periods: second.periods });
    expect(question('how many steps did I take', second)).toMatchObject({ statistics: ['sum'], periodAssumed: true });
  });

  it.each([
    ['September 2025', 'and the week before?', '2025-08-25', '2025-09-01'],
    ['yesterday', 'and the month before?', '2025-09-01', '2025-10-01'],
    ['last week', 'and the day before?', '2025-10-12', '2025-10-13'],
    ['yesterday', 'and the same day last year?', '2024-10-20', '2024-10-21'],
    ['September 2025', 'the month after?', '2025-10-01', '2025-11-01'],
    ['last 7 days', 'and before that?', '2025-10-08', '2025-10-15'],
  ])('after %s, “%s” is %s/%s', (period, message, from, to) => {
    const at = (date: string): number => Date.parse(`${date}T00:00:00+02:00`);
    const [found] = question(message, question(`steps ${period}`)).periods;
    const shift = (time: number): number => (time >= Date.parse('2025-10-26T01:00:00Z') ? 3_600_000 : 0);
    expect([found?.from, found?.to]).toEqual([at(from), at(to) + shift(at(to))]);
  });

  it('tells the hour before of hours', () => {
    const [found] = question('and the hour before?', question('heart rate between 2pm and 4pm yesterday')).periods;
    expect(found).toMatchObject({
      from: Date.parse('2025-10-20T13:00:00+02:00'),
      to: Date.parse('2025-10-20T14:00:00+02:00'),
    });
  });

  it('survives being kept as JSON between turns', () => {
    const asked = question('which day did I walk most last week');
    expect(readInterpretation(JSON.parse(JSON.stringify(asked)))).toEqual(asked);
    expect(readInterpretation({ metrics: [] })).toBeUndefined();
    expect(readInterpretation('nonsense')).toBeUndefined();
  });

  it('tells a follow-up that names something unknown from one that leans', () => {
    const earlier = question('steps last week');
    expect(readMessage('what about my zorblax?', OPTIONS, earlier)).toMatchObject({
      kind: 'unclear',
      subject: 'zorblax',
    });
    expect(readMessage('purple elephants yesterday', OPTIONS, earlier).kind).toBe('unclear');
  });

  it('offers the nearest names for a metric that is not known', () => {
    expect(readMessage('what is my blood viscosity', OPTIONS)).toMatchObject({ kind: 'unclear' });
    expect(readMessage('show my oxigenation', OPTIONS).kind).not.toBe('inventory');
  });

  it('reads any text without failing', () => {
    const words = fc.constantFrom('how', 'many', 'steps', 'last', 'week', 'average', 'and', 'before', 'the', 'heart', 'rate',
      'day', 'which', 'most', 'walk', 'yesterday', 'than', '2025', 'september', 'per', '?', 'stpes', 'records', '5', 'february 30'); // prettier-ignore
    const texts = fc.oneof(
      fc.string({ maxLength: LONGEST_QUESTION + 50 }),
      fc.array(words, { maxLength: 14 }).map((each) => each.join(' ')),
    );
    fc.assert(
      fc.property(texts, texts, (first, second) => {
        const reading = readMessage(first, OPTIONS);
        const earlier = reading.kind === 'question' ? reading.question : undefined;
        if (earlier !== undefined) expect(readInterpretation(JSON.parse(JSON.stringify(earlier)))).toEqual(earlier);
        expect(readMessage(second, OPTIONS, earlier).kind).toMatch(/^[a-z_]+$/);
      }),
      { numRuns: 150 },
    );
  });
});

describe('spelling', () => {
  it.each([
    ['hw many stpes yesterdy', 'hw many steps yesterday'],
    ['avrage weigth', 'average weight'],
    ['blood presure', 'blood pressure'],
    ['last moth', 'last month'],
  ])('mends “%s”', (written, read) => {
    expect(correctSpelling(written).text).toBe(read);
  });

  it.each([
    'how did I sleep last night',
    'what was the weather like',
    'Berlin is nice',
    'purple elephants',
    'BPM and HRV',
  ])('leaves “%s” alone', (text) => {
    expect(correctSpelling(text)).toEqual({ text, corrections: [] });
  });
});

describe('danger', () => {
  it.each([
    'I have chest pain',
    'I can’t breathe',
    'i cannot breathe well',
    'I think I am having a heart attack',
    'she passed out',
  ])('hears an emergency in “%s”', (message) => {
    expect(dangerIn(message)).toBe('emergency');
  });

  it.each([
    'I want to die',
    'thinking about suicide',
    'I feel suicidal and my heart rate is high',
    'I want to hurt myself',
  ])('hears despair in “%s”', (message) => {
    expect(dangerIn(message)).toBe('self_harm');
  });

  it.each(['how often did I log chest pain last month', 'respiratory rate last night', 'my heart rate is 60'])(
    'takes “%s” for a question about data',
    (message) => {
      expect(dangerIn(message)).toBeUndefined();
    },
  );
});
