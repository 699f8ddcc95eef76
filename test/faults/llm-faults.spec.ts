import { setTimeout as sleep } from 'node:timers/promises';
import { type Policy, PolicyRegistry } from '@app/common';
import { eventually, expectErrorEnvelope, expectSuccessEnvelope, FakeLlmServer } from '@app/common/testing';
import type { ChatAnswer } from '../../src/api/chat/chat.answers';
import { fillChatData } from '../fixtures/chat-world';
import { startWellnessApp, type WellnessApp } from '../support/wellness-app';
import { LLM_FAULTS, type LlmFaultRow, WORDS } from './llm-chat.faults';

jest.setTimeout(60_000);

const USER = 'alice-of-the-model';
const QUESTION = 'steps in all my data, all time';
const OPEN_MS = 200;
const SILENCE_MS = 300;
/** Far more than any cell may take: three attempts that stay silent, and their pauses. */
const LIMIT_MS = 30_000;
const FAST = {
  LLM_MODEL: 'test-model',
  LLM_API_KEY: 'sk-a-secret-of-ours',
  LLM_FIRST_TOKEN_TIMEOUT_MS: String(SILENCE_MS),
  LLM_BREAKER_OPEN_MS: String(OPEN_MS),
  LLM_RETRY_BASE_MS: '5',
};

type Route = 'stateless' | 'stateful' | 'stateless/stream' | 'stateful/stream';
const ROUTES: readonly Route[] = ['stateless', 'stateful', 'stateless/stream', 'stateful/stream'];

interface Outcome {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Of a stream: the last event. */
  readonly last?: { readonly event: string; readonly data: unknown };
}

let llm: FakeLlmServer;
let app: WellnessApp;
let strict: WellnessApp;

beforeAll(async () => {
  llm = await FakeLlmServer.start();
  app = await startWellnessApp({ ...FAST, LLM_BASE_URL: llm.url });
  strict = await startWellnessApp({ ...FAST, LLM_BASE_URL: llm.url, LLM_FALLBACK: 'none' });
  for (const each of [app, strict]) await fillChatData(each.app, USER);
});

afterAll(async () => {
  await app.close();
  await strict.close();
  await llm.stop();
});

async function ask(on: WellnessApp, route: Route, init: RequestInit = {}): Promise<Outcome> {
  const response = await fetch(`${on.url}/api/v1/chat/${route}`, {
    method: 'POST',
    headers: { ...(await on.bearer(USER, ['chat'])), 'content-type': 'application/json' },
    body: JSON.stringify({ message: QUESTION }),
    signal: AbortSignal.timeout(LIMIT_MS),
    ...init,
  });
  const text = await response.text();
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  return { status: response.status, headers: response.headers, text, ...(isStream && { last: lastEvent(text) }) };
}

function lastEvent(text: string): Outcome['last'] {
  const [, event = '', data = 'null'] = /event: (\w+)\ndata: (.*)\n\n$/.exec(text) ?? [];
  return { event, data: JSON.parse(data) as unknown };
}

function answerOf(outcome: Outcome): ChatAnswer {
  if (outcome.last === undefined) return expectSuccessEnvelope<ChatAnswer>({ ...outcome, body: outcome.text });
  expect(outcome.last.event).toBe('done');
  return outcome.last.data as ChatAnswer;
}

/** Until the model answers itself, as it must soon after it is well again. */
async function recovered(on: WellnessApp): Promise<void> {
  await llm.listen();
  llm.respond({ kind: 'text', text: 'I am well.' });
  await eventually(
    async () => {
      const outcome = await ask(on, 'stateless');
      return outcome.status === 200 && answerOf(outcome).answered_by === 'test-model';
    },
    5 * (OPEN_MS + 2_000),
  );
}

/** The same without waiting for the open time. */
async function wellAgain(on: WellnessApp): Promise<void> {
  const policy = policyOf(on);
  policy.isolate();
  policy.release();
  await recovered(on);
}

function policyOf(on: WellnessApp): Policy {
  return on.app.get(PolicyRegistry).get('llm');
}

async function breakModel({ reply }: LlmFaultRow): Promise<void> {
  llm.respond({ kind: 'hang' });
  if (reply === 'refused') await llm.refuse();
  else llm.respond(reply);
}

describe.each(LLM_FAULTS)('a model that is $fault', (row) => {
  beforeEach(() => app.logs.clear());
  afterEach(() => wellAgain(app));

  it.each(ROUTES)('leaves %s an answer, and says who gave it', async (route) => {
    await breakModel(row);
    const outcome = await ask(app, route);
    expect(outcome.headers.get('x-correlation-id')).toMatch(/^req_/);
    // The budget may allow less than all the retries.
    expect(llm.completions.length).toBeGreaterThanOrEqual(Math.min(1, row.attempts));
    expect(llm.completions.length).toBeLessThanOrEqual(row.attempts);
    if (row.speaks === true && route.endsWith('/stream')) {
      expect(outcome.last).toMatchObject({ event: 'error', data: { code: row.code } });
    } else {
      const answer = answerOf(outcome);
      expect(answer).toMatchObject({ answered_by: 'builtin', degraded: true, validation: { unmatched: [] } });
      expect(answer.response).not.toContain(WORDS);
      expect(answer.response).toMatch(/steps/);
      expect(app.logs.named('chat_model_failed').at(-1)).toMatchObject({ level: 'warn', error_code: row.code });
    }
    expect(`${outcome.text}${app.logs.text}`).not.toMatch(/secret|db7\.internal|127\.0\.0\.1/);
  });

  it('is said to have failed where nobody answers in its stead', async () => {
    await breakModel(row);
    const outcome = await ask(strict, 'stateless');
    expectErrorEnvelope({ ...outcome, body: outcome.text }, row.code);
    expect(outcome.text).not.toMatch(/secret|db7\.internal|127\.0\.0\.1/);
    await wellAgain(strict);
  });

  it(`${row.opens ? 'is left alone after' : 'is asked again in spite of'} some failures, and answers when it is back`, async () => {
    await breakModel(row);
    const { circuit_opened: before } = policyOf(app).snapshot().counts;
    for (let question = 0; question < 3; question++) expect((await ask(app, 'stateless')).status).toBe(200);
    expect(policyOf(app).snapshot().counts.circuit_opened > before).toBe(row.opens);
    await recovered(app);
  });
});

describe('a model that is well', () => {
  beforeEach(() => llm.respond({ kind: 'text', text: 'You are fine.' }));

  it('answers, with the correlation id, its name and its tokens', async () => {
    const outcome = await ask(app, 'stateful');
    expect(answerOf(outcome)).toMatchObject({
      response: 'You are fine.',
      answered_by: 'test-model',
      degraded: false,
      token_stats: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
    });
    const [completion] = llm.completions;
    expect(completion?.headers['x-correlation-id']).toBe(outcome.headers.get('x-correlation-id'));
    expect(completion?.headers.authorization).toBe('Bearer sk-a-secret-of-ours');
    expect(completion?.body.messages[0]).toMatchObject({ role: 'system', content: expect.stringContaining('Today is') as string }); // prettier-ignore
  });

  it('streams its words as they come', async () => {
    const { text } = await ask(app, 'stateless/stream');
    expect(text.match(/event: token/g)).toHaveLength(3);
  });

  it('is given what its tools say, and may mend calls that are wrong', async () => {
    llm.respond((_completion, number) => {
      if (number === 1)
        return { kind: 'tools', calls: [{ name: 'get_health_metrics', arguments: '{"metric_types": [' }] };
      if (number === 2) return { kind: 'tools', calls: [{ name: 'eval', arguments: {} }] };
      if (number === 3) return { kind: 'tools', calls: [{ name: 'list_available_metrics', arguments: {} }] };
      return { kind: 'text', text: 'Done.' };
    });
    const answer = answerOf(await ask(app, 'stateless'));
    expect(answer).toMatchObject({ response: 'Done.', answered_by: 'test-model', tool_calls_made: 3 });
    expect(answer.tools_used.map(({ name, success, error_code }) => [name, success, error_code])).toEqual([
      ['get_health_metrics', false, 'TOOL_INVALID_INPUT'],
      ['eval', false, 'TOOL_INVALID_INPUT'],
      ['list_available_metrics', true, undefined],
    ]);
    const said = llm.completions.at(-1)?.body.messages ?? [];
    expect(said.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool', 'assistant', 'tool', 'assistant', 'tool']); // prettier-ignore
    expect(said[3]?.content).toContain('TOOL_INVALID_INPUT');
  });

  it('remembers the session', async () => {
    const { session_id } = answerOf(await ask(app, 'stateful'));
    await ask(app, 'stateful', { body: JSON.stringify({ message: 'And now?', session_id }) });
    const said = llm.completions.at(-1)?.body.messages ?? [];
    expect(said.map(({ content }) => content).slice(1)).toEqual([QUESTION, 'You are fine.', 'And now?']);
  });

  it('is called off when the client leaves, and its place is free again', async () => {
    llm.respond({ kind: 'hang' });
    const abandoned = llm.abandoned;
    const client = new AbortController();
    const question = ask(app, 'stateless', { signal: client.signal }).catch(() => undefined);
    await eventually(() => llm.completions.length === 1);
    client.abort();
    await question;
    await eventually(() => llm.abandoned > abandoned);
    await sleep(2 * SILENCE_MS);
    expect(llm.completions).toHaveLength(1);
  });

  it('is not waited for beyond the deadline', async () => {
    llm.respond({ kind: 'hang' });
    const headers = { ...(await app.bearer(USER, ['chat'])), 'content-type': 'application/json', 'x-request-timeout-ms': '100' }; // prettier-ignore
    const outcome = await ask(app, 'stateless', { headers });
    expectErrorEnvelope({ ...outcome, body: outcome.text }, 'REQUEST_DEADLINE_EXCEEDED');
  });
});

describe('a model that is down', () => {
  const OTHERS = ['/', '/errors', '/health/live', '/health/ready', '/api/v1/me', '/api/v1/health-data/metrics', '/api/v1/chat/sessions', '/api/v1/imports'] as const; // prettier-ignore

  beforeEach(() => llm.respond({ kind: 'hang' }));
  afterEach(() => wellAgain(app));

  it.each(OTHERS)('means nothing to GET %s', async (path) => {
    const headers = await app.bearer(USER, ['chat', 'health:read', 'health:write']);
    const response = await fetch(`${app.url}${path}`, { headers });
    expect(response.status).toBe(200);
    expect(llm.completions).toHaveLength(0);
  });

  it('is asked by nobody but the trial once its circuit is open', async () => {
    llm.respond({ kind: 'status', status: 500 });
    await eventually(async () => {
      await ask(app, 'stateless');
      return policyOf(app).state === 'open';
    });
    policyOf(app).isolate();
    llm.respond({ kind: 'status', status: 500 });
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(app, 'stateless')));
    for (const answer of answers) expect(answerOf(answer)).toMatchObject({ answered_by: 'builtin', degraded: true });
    expect(llm.completions).toHaveLength(0);
    expect(app.logs.named('circuit_changed').map(({ state }) => state)).toContain('open');
  });

  it('ends a stream of words that nobody can take back with the error', async () => {
    llm.respond({ kind: 'reset', text: WORDS });
    const { text, last } = await ask(strict, 'stateless/stream');
    expect(text).toContain('event: token');
    expect(last).toMatchObject({ event: 'error', data: { code: 'LLM_SERVICE_FAILED' } });
    await wellAgain(strict);
  });

  it('frees its place at the deadline', async () => {
    const headers = { ...(await app.bearer(USER, ['chat'])), 'content-type': 'application/json', 'x-request-timeout-ms': '100' }; // prettier-ignore
    const outcome = await ask(app, 'stateless', { headers });
    expectErrorEnvelope({ ...outcome, body: outcome.text }, 'REQUEST_DEADLINE_EXCEEDED');
    await eventually(() => policyOf(app).snapshot().in_flight === 0);
  });
});

describe('the health of the model', () => {
  const health = async (): Promise<{ status: number; body: { components: { llm: object } } }> => {
    await sleep(1_050);
    const response = await fetch(`${app.url}/health`);
    return { status: response.status, body: (await response.json()) as { components: { llm: object } } };
  };
  afterEach(async () => {
    llm.respondToModels(200);
    await recovered(app);
  });

  it('is that of its list of models: no completion is paid for', async () => {
    llm.respond({ kind: 'hang' });
    const { status, body } = await health();
    expect(status).toBe(200);
    expect(body.components.llm).toMatchObject({ status: 'healthy', model: 'test-model', breaker: 'closed' });
    expect(llm.completions).toHaveLength(0);
  });

  it.each([401, 403, 404])('is bad after a completion was refused with %s, until one works', async (status) => {
    llm.respond({ kind: 'status', status });
    await ask(app, 'stateless');
    const refused = await health();
    expect(refused.status).toBe(503);
    expect(refused.body.components.llm).toMatchObject({ status: 'unhealthy', error: 'LLM_SERVICE_FAILED' });
    await recovered(app);
    expect((await health()).status).toBe(200);
  });

  it('has nothing to do with readiness', async () => {
    await llm.refuse();
    expect((await health()).status).toBe(503);
    expect((await fetch(`${app.url}/health/ready`)).status).toBe(200);
  });
});
