import { expectErrorEnvelope, expectSuccessEnvelope } from '@app/common/testing';
import request from 'supertest';
import { Redis } from 'ioredis';
import { userKeys } from '@app/common';
import { fillChatData } from '../fixtures/chat-world';
import { freezeClock } from '../fixtures/chat-world';
import { startWellnessApp, type WellnessApp } from '../support/wellness-app';

interface ChatData {
  readonly response: string;
  readonly session_id: string | null;
  readonly tools_used: ReadonlyArray<{
    readonly name: string;
    readonly success: boolean;
    readonly error_code?: string;
  }>;
  readonly memory_stats: { readonly short_term_messages: number; readonly degraded: boolean };
}

interface SseEvent {
  readonly event: string;
  readonly data: unknown;
}

describe('chat over HTTP', () => {
  let app: WellnessApp;
  let alice: { authorization: string };
  let bob: { authorization: string };

  beforeAll(async () => {
    freezeClock();
    app = await startWellnessApp();
    alice = await app.bearer('alice-of-the-chat', ['chat']);
    bob = await app.bearer('bob-of-the-chat', ['chat']);
    await fillChatData(app.app, 'alice-of-the-chat');
  });

  afterAll(async () => {
    await app.close();
    jest.useRealTimers();
  });

  const post = (path: string, body: object, who = alice): request.Test =>
    request(app.server).post(`/api/v1/chat/${path}`).set(who).send(body);
  const get = (path: string, who = alice): request.Test => request(app.server).get(`/api/v1/chat/${path}`).set(who);
  const say = async (message: string, session_id?: string): Promise<ChatData> =>
    expectSuccessEnvelope<ChatData>(await post('stateful', { message, session_id }));
  const begin = async (message = 'how many steps last week'): Promise<string> =>
    String((await say(message)).session_id);

  it('answers a question with the documented shape', async () => {
    const data = expectSuccessEnvelope(await post('stateless', { message: 'How many steps did I take last week?' }));
    expect(data).toEqual({
      response:
        'Your total steps last week (13 to 19 October 2025) were 42,000 steps: 7,000 steps per day on average. ' +
        'There is data on 6 of 7 days.',
      session_id: null,
      tools_used: [
        {
          name: 'get_health_metrics',
          arguments: { metric_types: ['StepCount'], time_period: 'last week', aggregations: ['sum'], bucket: 'day' },
          success: true,
          execution_time_ms: expect.any(Number) as number,
        },
      ],
      tool_calls_made: 1,
      memory_stats: { short_term_messages: 0, facts_used: 0, degraded: false },
      token_stats: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
      validation: { checked: 7, unmatched: [] },
      answered_by: 'builtin',
      degraded: false,
      response_time_ms: expect.any(Number) as number,
    });
  });

  it('answers with the failure of a tool rather than failing', async () => {
    const data = expectSuccessEnvelope<ChatData>(await post('stateless', { message: 'steps last week' }, bob));
    expect(data.tools_used).toMatchObject([{ success: false, error_code: 'HEALTH_DATA_NOT_FOUND' }]);
    expect(data.response).toContain('None has been recorded');
  });

  it('follows up within a session', async () => {
    const session = await begin();
    const next = await say('and the week before?', session);
    expect(next).toMatchObject({ session_id: session, memory_stats: { short_term_messages: 2, degraded: false } });
    expect(next.response).toContain('35,000 steps');
  });

  it('takes a session of null for none', async () => {
    const data = expectSuccessEnvelope<ChatData>(await post('stateful', { message: 'steps', session_id: null }));
    expect(data).toMatchObject({
      session_id: expect.stringMatching(/^ses_/) as string,
      memory_stats: { degraded: false },
    });
  });

  it.each([
    ['no message', {}],
    ['an empty message', { message: '' }],
    ['only blanks', { message: '  \n ' }],
    ['4,001 characters', { message: 'x'.repeat(4001) }],
    ['another type', { message: ['steps'] }],
    ['an unknown member', { message: 'steps', model: 'x' }],
  ])('refuses %s', async (_name, body) => {
    expectErrorEnvelope(await post('stateless', body), 'VALIDATION_INVALID_INPUT');
  });

  it('takes a message of 4,000 characters', async () => {
    expectSuccessEnvelope(await post('stateless', { message: 'steps '.repeat(700).slice(0, 4000) }));
  });

  it('needs the scope', async () => {
    const reader = await app.bearer('alice-of-the-chat', ['health:read']);
    expectErrorEnvelope(await post('stateless', { message: 'steps' }, reader), 'AUTH_SCOPE_FORBIDDEN');
    expectErrorEnvelope(
      await request(app.server).post('/api/v1/chat/stateless').send({ message: 'hi' }),
      'AUTH_TOKEN_MISSING',
    );
  });

  it('knows no session that is not there, or not this user’s', async () => {
    const session = await begin();
    for (const [id, who] of [
      ['ses_nothing', alice],
      [session, bob],
    ] as const) {
      expectErrorEnvelope(await post('stateful', { message: 'steps', session_id: id }, who), 'CHAT_SESSION_NOT_FOUND');
      expectErrorEnvelope(
        await post('stateful/stream', { message: 'steps', session_id: id }, who),
        'CHAT_SESSION_NOT_FOUND',
      );
      expectErrorEnvelope(await get(`sessions/${id}/messages`, who), 'CHAT_SESSION_NOT_FOUND');
      expectErrorEnvelope(
        await request(app.server).delete(`/api/v1/chat/sessions/${id}`).set(who),
        'CHAT_SESSION_NOT_FOUND',
      );
    }
  });

  it('pages through the messages of a session', async () => {
    const session = await begin('steps last week');
    await say('and the week before?', session);
    await say('thanks', session);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: { messages: Array<{ content: string }>; next_cursor: string | null } = expectSuccessEnvelope(
        await get(`sessions/${session}/messages?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`),
      );
      seen.push(...page.messages.map(({ content }) => content));
      cursor = page.next_cursor;
    }
    expect(seen).toHaveLength(6);
    expect([seen[0], seen[2], seen[4], seen[5]]).toEqual([
      'steps last week',
      'and the week before?',
      'thanks',
      'You are welcome.',
    ]);
    expectErrorEnvelope(await get(`sessions/${session}/messages?cursor=zzz`), 'VALIDATION_INVALID_INPUT');
  });

  it('lists the sessions of the user, page by page, each once', async () => {
    const mine = await Promise.all([begin(), begin(), begin()]);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: {
        sessions: Array<{ session_id: string; title: string; turns: number }>;
        next_cursor: string | null;
      } = expectSuccessEnvelope(await get(`sessions?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`));
      seen.push(...page.sessions.map(({ session_id }) => session_id));
      cursor = page.next_cursor;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(mine));
    expect(expectSuccessEnvelope(await get('sessions', bob))).toEqual({ sessions: [], next_cursor: null });
    expectErrorEnvelope(await get('sessions?cursor=!'), 'VALIDATION_INVALID_INPUT');
  });

  it('frees every key of a deleted session', async () => {
    const session = await begin();
    expectSuccessEnvelope(await request(app.server).delete(`/api/v1/chat/sessions/${session}`).set(alice));
    const keys = userKeys('alice-of-the-chat');
    const client = new Redis(app.redis.url.replace('unix://', ''));
    const left = [await client.exists(keys.session(session)), await client.zscore(keys.sessions(), session)];
    client.disconnect();
    expect(left).toEqual([0, null]);
    expectErrorEnvelope(await post('stateful', { message: 'steps', session_id: session }), 'CHAT_SESSION_NOT_FOUND');
  });

  it('keeps the turns of requests that race in one session', async () => {
    const session = await begin();
    await Promise.all(Array.from({ length: 8 }, (_, at) => say(`steps on October ${at + 6}th`, session)));
    const { messages } = expectSuccessEnvelope<{ messages: Array<{ role: string; content: string }> }>(
      await get(`sessions/${session}/messages`),
    );
    expect(messages.map(({ role }) => role)).toEqual(
      Array.from({ length: 18 }, (_, at) => (at % 2 ? 'assistant' : 'user')),
    );
    for (let at = 2; at < 18; at += 2) {
      const asked = /October (\d+)th/.exec(messages[at]?.content ?? '')?.[1];
      expect(messages[at + 1]?.content).toContain(`${asked} October 2025`);
    }
  });

  it('repeats nothing for the same idempotency key', async () => {
    const send = (): request.Test =>
      post('stateful', { message: 'steps last week' }).set('idempotency-key', 'chat-once');
    const first = expectSuccessEnvelope<ChatData>(await send());
    const again = await send();
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(expectSuccessEnvelope<ChatData>(again).session_id).toBe(first.session_id);
    const { messages } = expectSuccessEnvelope<{ messages: unknown[] }>(
      await get(`sessions/${first.session_id}/messages`),
    );
    expect(messages).toHaveLength(2);
  });

  describe('as a stream', () => {
    const stream = async (path: string, body: object): Promise<{ type: string; events: SseEvent[] }> => {
      const { text, headers } = await post(path, body).set('accept', 'text/event-stream').buffer(true);
      return { type: String(headers['content-type']), events: eventsIn(text) };
    };

    it('sends tools and words as they come, then the whole answer', async () => {
      const { type, events } = await stream('stateless/stream', { message: 'average heart rate yesterday' });
      expect(type).toMatch(/^text\/event-stream/);
      const names = events.map(({ event }) => event);
      expect([names[0], names.at(-1), new Set(names.slice(1, -1))]).toEqual(['tool', 'done', new Set(['token'])]);
      const tokens = events.filter(({ event }) => event === 'token').map(({ data }) => (data as { text: string }).text);
      expect(tokens.length).toBeGreaterThan(5);
      const done = events.at(-1)?.data as ChatData;
      expect(tokens.join('')).toBe(done.response);
      expect(done.response).toBe('Your average heart rate yesterday (20 October 2025) was 70 bpm.');
    });

    it('goes on with a session', async () => {
      const session = await begin();
      const { events } = await stream('stateful/stream', { message: 'and the week before?', session_id: session });
      expect(events.at(-1)).toMatchObject({ event: 'done', data: { session_id: session } });
      expect((events.at(-1)?.data as ChatData).response).toContain('35,000 steps');
    });

    it('says the same again to a repetition, instead of taking the turn twice', async () => {
      const session = await begin();
      const ask = (message: string): request.Test =>
        post('stateful/stream', { message, session_id: session }).set('idempotency-key', 'once').buffer(true);
      const first = await ask('and the week before?');
      const again = await ask('and the week before?');
      expect(again.text).toBe(first.text);
      expect([first, again].map(({ headers }) => headers['idempotency-replayed'] as unknown)).toEqual([
        undefined,
        'true',
      ]);
      const { messages } = expectSuccessEnvelope<{ messages: unknown[] }>(await get(`sessions/${session}/messages`));
      expect(messages).toHaveLength(4);
      expectErrorEnvelope(await ask('and before that?'), 'IDEMPOTENCY_KEY_REUSED');
    });

    it('refuses a bad request with the envelope', async () => {
      expectErrorEnvelope(await post('stateless/stream', { message: '' }), 'VALIDATION_INVALID_INPUT');
    });
  });
});

function eventsIn(text: string): SseEvent[] {
  return text
    .split('\n\n')
    .map((block) => ({ event: /^event: (.+)$/m.exec(block)?.[1], data: /^data: (.+)$/m.exec(block)?.[1] }))
    .flatMap(({ event, data }) => (event && data ? [{ event, data: JSON.parse(data) as unknown }] : []));
}
