import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorCode, newContext, runInContext } from '@app/common';
import { eventually, FakeLlmServer, type LlmReply } from '@app/common/testing';
import { IMPATIENT, listen, LONG, modelClient } from '../../../test/fixtures/model-client';
import type { LlmGuard, LlmSettings } from './llm-settings';

let llm: FakeLlmServer;

beforeEach(async () => {
  llm = await FakeLlmServer.start();
});
afterEach(() => llm.stop());

const setUp = (guard: Partial<LlmGuard> = {}, settings: Partial<LlmSettings> = {}): ReturnType<typeof modelClient> =>
  modelClient(llm.url, guard, settings);

describe('a model that works', () => {
  it('is heard word by word, then as a whole', async () => {
    llm.respond({ kind: 'text', text: 'You slept 7 hours.' });
    const { model, policy, events } = setUp();
    const { words, end } = await listen(model);
    expect(words.length).toBeGreaterThan(2);
    expect(words.join('')).toBe('You slept 7 hours.');
    const tokens = { promptTokens: expect.any(Number) as number, completionTokens: expect.any(Number) as number };
    expect(end).toEqual({ text: 'You slept 7 hours.', toolCalls: [], tokens });
    expect(end?.tokens.promptTokens).toBeGreaterThan(0);
    expect(policy.snapshot()).toMatchObject({ in_flight: 0, counts: { calls: 1, successes: 1 } });
    expect(events.info).toHaveBeenCalledWith('llm_completed', expect.objectContaining({ tool_calls: 0 }));
  });

  it('is asked for a stream with usage, with the tools, for the context it is asked in, and without a key', async () => {
    const { model } = setUp();
    await runInContext(newContext({ correlationId: 'mine-1' }), () => listen(model));
    const [call] = llm.completions;
    expect(call?.body).toMatchObject({
      model: 'test-model',
      messages: [{ role: 'user', content: 'How did I sleep?' }],
      tools: [{ type: 'function', function: { name: 'get_sleep', parameters: { type: 'object' } } }],
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(call?.headers['x-correlation-id']).toBe('mine-1');
    expect(call?.headers.authorization).toBeUndefined();
  });

  it('takes nothing from the environment that is not configured', async () => {
    const before = { ...process.env };
    Object.assign(process.env, { OPENAI_API_KEY: 'sk-other', OPENAI_ORG_ID: 'org', OPENAI_PROJECT_ID: 'project' });
    const { model } = setUp({}, { apiKey: 'sk-mine' });
    await listen(model);
    process.env = before;
    expect(llm.completions[0]?.headers).toMatchObject({ authorization: 'Bearer sk-mine' });
    expect(Object.keys(llm.completions[0]?.headers ?? {}).filter((name) => name.startsWith('openai-'))).toEqual([]);
  });

  it('calls tools', async () => {
    llm.respond({
      kind: 'tools',
      calls: [
        { name: 'get_sleep', arguments: { night: 'last' } },
        { name: 'x', arguments: 'oops' },
      ],
    });
    const { words, end } = await listen(setUp().model);
    expect(words).toEqual([]);
    expect(end?.toolCalls).toEqual([
      { id: expect.stringMatching(/^call_/) as string, name: 'get_sleep', arguments: '{"night":"last"}' },
      { id: expect.stringMatching(/^call_/) as string, name: 'x', arguments: 'oops' },
    ]);
  });
});

type Row = readonly [what: string, reply: LlmReply, code: ErrorCode, calls: number, health: 'failure' | 'answered'];

const status = (code: number): LlmReply => ({ kind: 'status', status: code });

/** With two retries, and a circuit that opens at the third failure. */
const FAULTS: readonly Row[] = [
  ['silent', { kind: 'hang' }, 'LLM_SERVICE_FAILED', 3, 'failure'],
  ['reset', { kind: 'reset', text: '' }, 'LLM_SERVICE_FAILED', 3, 'failure'],
  ['408', status(408), 'LLM_SERVICE_FAILED', 3, 'failure'],
  ['409', status(409), 'LLM_SERVICE_FAILED', 3, 'failure'],
  ['500', status(500), 'LLM_SERVICE_FAILED', 3, 'failure'],
  ['503', status(503), 'LLM_SERVICE_FAILED', 3, 'failure'],
  ['a page for people', { kind: 'raw', body: '<html>', type: 'text/html' }, 'LLM_RESPONSE_INVALID', 3, 'failure'],
  ['no completion', { kind: 'raw', body: 'data: null\n\n' }, 'LLM_RESPONSE_INVALID', 3, 'failure'],
  ['truncated', { kind: 'truncated', text: '' }, 'LLM_RESPONSE_INVALID', 3, 'failure'],
  ['invalid JSON', { kind: 'raw', body: 'data: {"choices\n\n' }, 'LLM_RESPONSE_INVALID', 3, 'failure'],
  ['empty', { kind: 'empty' }, 'LLM_RESPONSE_INVALID', 3, 'failure'],
  ['429', status(429), 'LLM_RATE_LIMITED', 3, 'answered'],
  ['400', status(400), 'LLM_SERVICE_FAILED', 1, 'answered'],
  ['401', status(401), 'LLM_SERVICE_FAILED', 1, 'answered'],
  ['403', status(403), 'LLM_SERVICE_FAILED', 1, 'answered'],
  ['404', status(404), 'LLM_SERVICE_FAILED', 1, 'answered'],
  ['413', status(413), 'LLM_SERVICE_FAILED', 1, 'answered'],
  ['422', status(422), 'LLM_SERVICE_FAILED', 1, 'answered'],
  ['content filter', { kind: 'content_filter' }, 'LLM_RESPONSE_INVALID', 1, 'answered'],
];

describe('a model that does not', () => {
  it.each(FAULTS)('is told of by a code, and counts or does not: %s', async (_what, reply, code, calls, health) => {
    const { model, policy, events } = setUp({}, reply.kind === 'hang' ? IMPATIENT : {});
    llm.respond(reply);
    const { words, error } = await listen(model);
    expect(words).toEqual([]);
    expect(error?.error_code).toBe(code);
    expect(error?.cause === undefined && reply.kind === 'status').toBe(false);
    expect(error?.message).not.toMatch(/127\.0\.0\.1|secret|sleep/);
    expect(llm.completions).toHaveLength(calls);
    expect(policy.state).toBe(health === 'failure' ? 'open' : 'closed');
    expect(events.warn).toHaveBeenCalledWith('llm_attempt_failed', expect.objectContaining({ error_code: code }));
    expect(policy.snapshot().in_flight).toBe(0);
  });

  it('is told of by a code when nobody listens', async () => {
    const { model, policy } = setUp();
    await llm.refuse();
    expect((await listen(model)).error?.error_code).toBe('LLM_SERVICE_FAILED');
    expect(policy.state).toBe('open');
  });

  it.each([401, 403, 404])('is misconfigured after %d, until a call works', async (code) => {
    const { model, status: known } = setUp();
    llm.respond(status(code));
    await listen(model);
    expect(known.fault).toBe('LLM_SERVICE_FAILED');
    llm.respond({ kind: 'text', text: 'Fine.' });
    await listen(model);
    expect(known.fault).toBeUndefined();
  });

  it.each([
    ['reset', { kind: 'reset', text: LONG }, 'LLM_SERVICE_FAILED'],
    ['cut off', { kind: 'truncated', text: LONG }, 'LLM_RESPONSE_INVALID'],
    ['silent', { kind: 'hang_midway', text: LONG }, 'LLM_SERVICE_FAILED'],
  ] as const)('is not asked again once it has begun to answer: %s', async (_what, reply, code) => {
    const { model, policy, events } = setUp({ breaker: { threshold: 1, openMs: 1_000 } }, IMPATIENT);
    llm.respond(reply);
    const { words, error } = await listen(model);
    // What it said before is not lost.
    expect(words.join('')).toBe(LONG);
    expect(error?.error_code).toBe(code);
    expect(llm.completions).toHaveLength(1);
    expect(policy.state).toBe('open');
    expect(events.warn).toHaveBeenCalledWith('llm_attempt_failed', expect.objectContaining({ midway: true }));
  });

  it('is asked again while nothing but a part of a tool call has come, which nobody has seen', async () => {
    const call = { id: 'call_0', function: { name: 'get_sleep', arguments: '{"time' } };
    const part = JSON.stringify({ choices: [{ index: 0, delta: { tool_calls: [{ index: 0, ...call }] } }] });
    llm.respond((_completion, number) =>
      number === 1
        ? { kind: 'raw', body: `data: ${part}\n\n` }
        : { kind: 'tools', calls: [{ name: 'get_sleep', arguments: {} }] },
    );
    expect((await listen(setUp().model)).end?.toolCalls).toMatchObject([{ name: 'get_sleep', arguments: '{}' }]);
    expect(llm.completions).toHaveLength(2);
  });

  it('is given the time it asks for, if that is not too long', async () => {
    const { model, events } = setUp();
    llm.respond({ kind: 'status', status: 429, headers: { 'retry-after': '1' } });
    events.warn.mockImplementation(() => llm.respond({ kind: 'text', text: 'Fine.' }));
    const startedAt = performance.now();
    expect((await listen(model)).end?.text).toBe('Fine.');
    expect(performance.now() - startedAt).toBeGreaterThan(900);
    llm.respond({ kind: 'status', status: 429, headers: { 'retry-after': '7' } });
    events.warn.mockReset();
    const { error } = await listen(model);
    expect(error).toMatchObject({ error_code: 'LLM_RATE_LIMITED', retryAfterSeconds: 7 });
    expect(events.warn).toHaveBeenCalledTimes(1);
  });

  it('is given up on when its answer takes too long in all, and not asked again', async () => {
    llm.respond({ kind: 'text', text: LONG, delayMs: 300 });
    const { model, policy } = setUp({ timeoutMs: 1_800 });
    const { words, error } = await listen(model);
    expect(words.length).toBeGreaterThan(0);
    expect(error?.error_code).toBe('LLM_SERVICE_FAILED');
    await eventually(() => llm.abandoned === 1);
    expect(llm.completions).toHaveLength(1);
    expect(policy.snapshot()).toMatchObject({ in_flight: 0, counts: { timeouts: 1, failures: 1 } });
  });

  it('is left alone while its circuit is open', async () => {
    const { model } = setUp();
    llm.respond({ kind: 'status', status: 500 });
    await listen(model);
    expect((await listen(model)).error?.error_code).toBe('LLM_CIRCUIT_OPEN');
    expect(llm.completions).toHaveLength(3);
    llm.respond({ kind: 'text', text: 'Fine.' });
    await sleep(500);
    expect((await listen(model)).end?.text).toBe('Fine.');
  });

  it('keeps as many waiting as it may, and no more', async () => {
    llm.respond({ kind: 'text', text: LONG, delayMs: 20 });
    const { model, policy } = setUp();
    const all = await Promise.all([listen(model), listen(model), listen(model), listen(model)]);
    expect(all.filter(({ end }) => end?.text === LONG)).toHaveLength(3);
    expect(all.find(({ error }) => error)?.error?.error_code).toBe('LLM_CAPACITY_EXHAUSTED');
    expect(policy.state).toBe('closed');
  });
});
