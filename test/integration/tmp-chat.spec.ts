import { type ChatWorld, CHAT_USER, freezeClock, startChatWorld } from '../fixtures/chat-world';
let world: ChatWorld;
beforeAll(async () => {
  freezeClock();
  world = await startChatWorld();
});
afterAll(async () => {
  await world.close();
  jest.useRealTimers();
});
const QS: (string | string[])[] = [
  'average heart rate last week',
  'how many steps in September 2025',
  'highest weight this year',
  'which day did I walk most',
  [
    'how many steps last week',
    'and the week before?',
    'and heart rate?',
    'and the maximum?',
    'what about yesterday?',
    'how about weight?',
  ],
  'my last weight',
  'show me my last 5 heart rate readings',
  'how many heart rate readings did I have yesterday',
  'min, max and average heart rate yesterday',
  'average steps per day last month',
  'how many steps did I take each day last week',
  'compare my steps this week with last week',
  'what was my most recent blood pressure?',
  'How far did I walk on October 15th?',
  'avrage hart rate last weak',
  'how many stpes in Septmber 2025',
  'heaviest I was this year',
  'did I walk more last week than the week before?',
  'steps by month in 2025',
  'when was my heart rate highest last week',
  'best day for steps in the last 3 months',
  'daily steps last week',
  'how much do I weigh now',
  'what is my current weight',
  'sleep last night',
  'heart rate in the week before last',
  ['steps in september', 'how about the month before'],
  'how many calories did I burn in total yesterday',
  'exercise yesterday',
  'blood oxygen yesterday',
  'how many headaches in September',
  'standard deviation of heart rate last week',
  'median heart rate last week',
  '95th percentile heart rate last week',
  'steps today',
  'how many steps did I take',
  'average steps per week in the last 2 months',
  'hourly heart rate yesterday',
  'what was my zorblax last week',
  'what was my hart',
  'is my heart rate normal?',
  'do I have diabetes?',
  'I have chest pain',
  'hello',
  'what can you do',
  'what data do you have',
  'steps in 2019',
  'steps on february 30',
  'steps on 03/04/2025',
  'how many workouts did I do',
  'heart rate during meetings last week',
  'steps and flights last week',
  'latest steps',
  'total heart rate yesterday',
  'lowest heart rate yesterday',
  'which day did I walk least last week',
  'what is my weight ever',
  'vo2 max this month',
  'average steps on weekdays last week',
  'thanks',
  '???',
  'fastest pulse this month',
  'which week did I walk most since september',
  'blood pressure this month',
  'how many steps on average last week',
  'how many flights of stairs did I climb last week?',
  'steps since last Friday',
];
it('x', async () => {
  const out: string[] = [];
  const ask = async (q: string, sid?: string, stateful = false) => {
    const o = await world.agent.answer(
      CHAT_USER,
      { message: q, stateful, sessionId: sid },
      new AbortController().signal,
    );
    out.push(
      `Q ${q}\nA ${o.response}\n  ${o.calls.map((c) => JSON.stringify(c.arguments) + (c.result.success ? '' : c.result.error_code)).join(' ')} ${o.validation.unmatched.length ? 'UNMATCHED ' + o.validation.unmatched.join() : ''}${o.memory.degraded ? 'DEGR' : ''}`,
    );
    return o;
  };
  for (const q of QS) {
    if (typeof q === 'string') await ask(q);
    else {
      let sid: string | undefined;
      for (const m of q) sid = (await ask(m, sid, true)).sessionId ?? undefined;
    }
  }
  require('node:fs').writeFileSync('/tmp/chat-out.txt', out.join('\n'));
}, 60000);
