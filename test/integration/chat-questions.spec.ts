import { ProfileService } from '../../src/services/profile/profile.service';
import { CHAT_USER, type ChatWorld, freezeClock, startChatWorld } from '../fixtures/chat-world';

/** [question, what the tool is given (or null: no tool is run), what the answer says] */
type Row = readonly [question: string, args: object | null, says: readonly string[]];

const steps = (time_period: string, more: object = {}): object => ({
  metric_types: ['StepCount'],
  time_period,
  aggregations: ['sum'],
  bucket: 'day',
  ...more,
});
const pulse = (time_period: string, aggregations?: readonly string[], bucket?: string): object => ({
  metric_types: ['HeartRate'],
  time_period,
  ...(aggregations && { aggregations }),
  ...(bucket && { bucket }),
});
const of = (metric: string, time_period: string, more: object = {}): object => ({
  metric_types: [metric],
  time_period,
  ...more,
});
const SUM = { aggregations: ['sum'] };
const LAST_WEEK = '(13 to 19 October 2025)';

const DATA_QUESTIONS: readonly Row[] = [
  ['How many steps did I take last week?', steps('last week'), ['42,000 steps', LAST_WEEK, '7,000 steps per day', '6 of 7 days']],
  ['how many steps in September 2025', steps('September 2025'), ['166,500 steps', 'September 2025']],
  ['total steps in September', steps('September'), ['166,500 steps']],
  ['steps 2025-09', steps('2025-09'), ['166,500 steps']],
  ['average steps per day last month', steps('last month'), ['average', '5,550 steps', '(1 to 30 September 2025)']],
  ['average steps last week', steps('last week'), ['per day', '7,000 steps', '6 of 7 days']],
  ['how many steps on average last week', steps('last week'), ['per day', '7,000 steps']],
  ['typical daily steps in September', steps('September'), ['5,550 steps']],
  ['median steps per day last week', steps('last week'), ['median', '6,500 steps']],
  ['How far did I walk on October 15th?', of('DistanceWalkingRunning', 'October 15th', SUM), ['7.2 km', '15 October 2025']],
  ['did I walk much yesterday', of('StepCount', 'yesterday', SUM), ['8,432 steps', '20 October 2025']],
  ['steps on Monday', of('StepCount', 'Monday', SUM), ['steps on Monday 20 October 2025 were 8,432 steps']],
  ['steps last weekend', steps('last weekend'), ['steps on the weekend of 18 October 2025 were 4,000 steps']],
  ['steps today', of('StepCount', 'today', SUM), ['1,234 steps', '21 October 2025']],
  ['my current steps', of('StepCount', 'today', SUM), ['1,234 steps']],
  ['which day did I walk most last week', steps('last week'), ['Wednesday 15 October 2025', '12,000 steps']],
  ['which day did I walk least last week?', steps('last week'), ['Sunday 19 October 2025', '4,000 steps']],
  ['which day did I walk most', steps('recent'), ['last 30 days', 'Wednesday 15 October 2025', '12,000 steps']],
  ['best day for steps in the last 3 months', steps('the last 3 months'), ['Wednesday 15 October 2025', '12,000 steps']],
  ['which week did I walk most since September', steps('since September', { bucket: 'week' }), ['week of 22 September 2025', '45,500 steps']],
  ['most steps in a day this month', steps('this month'), ['12,000 steps', 'Wednesday 15 October 2025']],
  ['lowest steps in September', steps('September'), ['4,100 steps', 'Monday 1 September 2025']],
  ['how many steps did I take each day last week', steps('last week'), ['Thursday 16 October 2025: 8,000 steps', 'Saturday 18 October 2025: no data']],
  ['steps by month in 2025', steps('2025', { bucket: 'month' }), ['September 2025: 166,500 steps', 'October 2025: 86,666 steps']],
  ['average steps per week in the last 2 months', steps('the last 2 months', { bucket: 'week' }), ['34,786 steps', 'over 7 whole weeks']],
  ['how many stpes in Septmber 2025', steps('september 2025'), ['I read “stpes” as “steps”', '166,500 steps']],
  ['average steps on weekdays last week', steps('last week'), ['cannot narrow it down to “on weekdays”', '7,000 steps']],
  ['average heart rate last week', pulse('last week', ['avg']), ['74.6 bpm', LAST_WEEK]],
  ['Average pulse last week?', pulse('last week', ['avg']), ['74.6 bpm']],
  ['what was my mean HeartRate yesterday', pulse('yesterday', ['avg']), ['70 bpm', '20 October 2025']],
  ['total heart rate yesterday', pulse('yesterday'), ['heart rate cannot be added up', 'average heart rate', '70 bpm']],
  ['heart rate yesterday', pulse('yesterday'), ['average heart rate', '70 bpm']],
  ['highest heart rate last week', pulse('last week', ['max'], 'day'), ['150 bpm', 'Wednesday 15 October 2025']],
  ['max heart rate yesterday', pulse('yesterday', ['max']), ['90 bpm']],
  ['fastest pulse this month', pulse('this month', ['max'], 'day'), ['150 bpm', 'Wednesday 15 October 2025']],
  ['lowest heart rate yesterday', pulse('yesterday', ['min']), ['58 bpm']],
  ['min, max and average heart rate yesterday', pulse('yesterday', ['avg', 'max', 'min']), ['70 bpm', '90 bpm', '58 bpm']],
  ['minimum, maximum and average heart rate last week', pulse('last week', ['avg', 'max', 'min']), ['74.6 bpm', 'highest heart rate', '150 bpm', 'lowest heart rate']],
  ['median heart rate last week', pulse('last week', ['median']), ['70 bpm']],
  ['95th percentile of my heart rate last week', pulse('last week', ['p95']), ['83 bpm']],
  ['standard deviation of heart rate last week', pulse('last week', ['stddev']), ['19.3 bpm']],
  ['when was my heart rate highest last week', pulse('last week', ['max'], 'day'), ['Wednesday 15 October 2025', '150 bpm']],
  ['hourly heart rate yesterday', pulse('yesterday', undefined, 'hour'), ['58 bpm', '90 bpm']],
  ['how many heart rate readings did I have yesterday', pulse('yesterday', ['count']), ['3 heart rate records']],
  ['how often was my heart rate measured last week', pulse('last week', ['count']), ['22 heart rate records']],
  ['average hart rate last weak', pulse('last week', ['avg']), ['“weak” as “week”', '“hart” as “heart”', '74.6 bpm']],
  ['heart rate during meetings last week', pulse('last week'), ['cannot narrow it down to “during meetings”', '74.6 bpm']],
  ['is my heart rate normal?', pulse('recent'), ['70.8 bpm', 'question for a doctor']],
  ['resting heart rate last week', of('RestingHeartRate', 'last week'), ['no resting heart rate data', 'None has been recorded']],
  ['highest weight this year', of('BodyMass', 'this year', { aggregations: ['max'], bucket: 'day' }), ['82.4 kg', 'Friday 10 January 2025', '3 of 294 days']],
  ['heaviest I was this year', of('BodyMass', 'this year', { aggregations: ['max'], bucket: 'day' }), ['82.4 kg']],
  ['lowest weight ever', of('BodyMass', 'all', { aggregations: ['min'], bucket: 'day' }), ['78.6 kg', 'Sunday 19 October 2025']],
  ['my last weight', of('BodyMass', 'all', { aggregations: ['latest'] }), ['78.6 kg', 'Sunday 19 October 2025 at 07:12']],
  ['what is my current weight', of('BodyMass', 'all', { aggregations: ['latest'] }), ['78.6 kg']],
  ['how much do I weigh', of('BodyMass', 'all'), ['78.6 kg', '19 October 2025']],
  ['average weight in 2025', of('BodyMass', '2025', { aggregations: ['avg'] }), ['80.4 kg']],
  ['what was my most recent blood pressure?', { metric_types: ['BloodPressureSystolic', 'BloodPressureDiastolic'], time_period: 'all', aggregations: ['latest'] }, ['121 mmHg', '79 mmHg', '10 October 2025']],
  ['steps and flights last week', { metric_types: ['StepCount', 'FlightsClimbed'], time_period: 'last week', aggregations: ['sum'], bucket: 'day' }, ['42,000 steps', '21 flights']],
  ['how many flights of stairs did I climb last week?', of('FlightsClimbed', 'last week', { ...SUM, bucket: 'day' }), ['21 flights']],
  ['how many calories did I burn yesterday', of('ActiveEnergyBurned', 'yesterday', SUM), ['512 kcal']],
  ['exercise yesterday', of('AppleExerciseTime', 'yesterday', SUM), ['2 h 10 min']],
  ['blood oxygen yesterday', of('OxygenSaturation', 'yesterday'), ['98%']],
  ['how many headaches in September', of('Headache', 'September', { aggregations: ['count'] }), ['2 times']],
  ['how did I sleep last night', of('SleepAnalysis', 'last night', { aggregations: ['count'] }), ['cannot add up hours of sleep yet', '2 sleep records']],
  ['show me my last 2 heart rate readings', { metric_types: ['HeartRate'], time_period: 'all', limit: 2 }, ['Monday 20 October 2025 at 18:00', '90 bpm', '62 bpm']],
  ['list weight records', { metric_types: ['BodyMass'], time_period: 'all', limit: 10 }, ['84 kg', '24 December 2024', 'Scale']],
  ['what data do you have', {}, ['heart rate: 39 records', 'steps: 45 records']],
  ['steps in 2019', steps('2019'), ['no steps data for 2019', 'There is data for: today, last 7 days']],
  ['vo2 max this month', of('VO2Max', 'this month'), ['no VO2 max data']],
]; // prettier-ignore

const OTHER_MESSAGES: ReadonlyArray<readonly [string, string]> = [
  ['hello', 'Hello!'],
  ['what can you do?', 'I can answer things like'],
  ['thank you', 'You are welcome'],
  ['what was my zorblax last week', 'I do not know a metric called “zorblax”'],
  ['what was my heart rat variablity index', 'I can answer things like'],
  ['???', 'I am not sure which metric you mean'],
  ['and the week before?', 'I am not sure which metric you mean'],
  ['steps on february 30', 'I could not read the time'],
  ['steps on 03/04/2025', 'I could not read the time'],
  ['how many workouts did I do', 'cannot answer questions about workouts yet'],
  ['why is my heart rate so high', 'I cannot say why'],
  ['will I walk more next week', 'I cannot look ahead'],
  ['delete my steps', 'I can only read your data'],
  ['do I have diabetes?', 'I cannot make a diagnosis'],
  ['I have chest pain and my steps are low today', 'call your local emergency number'],
  ["I can't breathe", 'call your local emergency number'],
  ['I want to kill myself', 'reach out right now'],
  [`tell me a story ${'about my steps '.repeat(60)}`, 'more than I can read as one question'],
];

/** Follow-ups: each message leans on the ones before it. */
const CONVERSATIONS: ReadonlyArray<ReadonlyArray<readonly [message: string, says: readonly string[]]>> = [
  [
    ['how many steps last week', ['42,000 steps']],
    ['and the week before?', ['35,000 steps', '6 to 12 October 2025']],
    ['and heart rate?', ['65 bpm', '6 to 12 October 2025']],
    ['and the maximum?', ['highest heart rate', '70 bpm']],
    ['what about yesterday?', ['90 bpm', '20 October 2025']],
  ],
  [
    ['steps in September', ['166,500 steps']],
    ['how about the month before?', ['no steps data for August 2025']],
    ['and the month after that?', ['166,500 steps']],
  ],
  [
    ['average heart rate yesterday', ['70 bpm']],
    ['hello', ['Hello!']],
    ['and the day before', ['71 bpm', '19 October 2025']],
    ['how many steps did I take last week?', ['42,000 steps']],
    ['which day was the most?', ['Wednesday 15 October 2025', '12,000 steps']],
  ],
  [
    ['compare my steps last week with the week before', ['42,000 steps', '35,000 steps', 'more steps']],
    ['what about zorblax?', ['I do not know a metric called “zorblax”']],
  ],
];

describe('questions', () => {
  let world: ChatWorld;

  beforeAll(async () => {
    freezeClock();
    world = await startChatWorld();
  });

  afterAll(async () => {
    await world.close();
    jest.useRealTimers();
  });

  const ask = (message: string, sessionId?: string, stateful = false): ReturnType<typeof world.agent.answer> =>
    world.agent.answer(CHAT_USER, { message, stateful, sessionId }, new AbortController().signal);

  it.each(DATA_QUESTIONS)('%s', async (question, args, says) => {
    const { response, calls, validation } = await ask(question);
    for (const text of says) expect(response).toContain(text);
    expect(calls.map((call) => call.arguments)).toEqual(args === null ? [] : [args]);
    expect(validation.unmatched).toEqual([]);
    expect(validation.checked).toBeGreaterThan(response.startsWith('There is no') ? -1 : 0);
  });

  it.each(OTHER_MESSAGES)('%s → %s', async (message, says) => {
    const { response, calls, validation } = await ask(message);
    expect(response).toContain(says);
    expect(calls).toEqual([]);
    expect(validation.unmatched).toEqual([]);
  });

  it.each(CONVERSATIONS.map((conversation) => [conversation[0]?.[0] ?? '', conversation] as const))(
    'follows up on “%s”',
    async (_name, conversation) => {
      let sessionId: string | undefined;
      for (const [message, says] of conversation) {
        const outcome = await ask(message, sessionId, true);
        for (const text of says) expect(outcome.response).toContain(text);
        expect(outcome.validation.unmatched).toEqual([]);
        sessionId = outcome.sessionId ?? undefined;
      }
    },
  );

  it('forgets between stateless turns', async () => {
    await ask('how many steps last week');
    expect((await ask('and the week before?')).calls).toEqual([]);
  });

  it('answers in the units of the user', async () => {
    const profile = world.module.get(ProfileService, { strict: false });
    await profile.update(CHAT_USER, { units: 'imperial' });
    const { response, validation } = await ask('highest weight this year');
    await profile.update(CHAT_USER, { units: 'metric' });
    expect(response).toContain('181.7 lb');
    expect(validation.unmatched).toEqual([]);
  });

  it('logs no message and no value', () => {
    expect(world.logs.named('chat_answered').length).toBeGreaterThan(0);
    expect(world.logs.text).not.toMatch(/42,000|zorblax|kill myself/);
  });
});
