import { setTimeout as sleep } from 'node:timers/promises';
import { DIAGNOSTICS_SETTINGS, Diagnostics, type ErrorGroup, type RequestTrace } from '@app/common';
import {
  eventually,
  expectErrorEnvelope,
  expectSuccessEnvelope,
  FakeLlmServer,
  startTestRedis,
  type TestRedis,
} from '@app/common/testing';
import { startWellnessApp, type WellnessApp } from '../support/wellness-app';
import { call, type HttpAnswer, type HttpCall, post } from './support/http';

const OPERATOR = 'operator-7';
const USER = 'user-of-the-diagnostics';
const QUESTION = 'How many steps did I take in 2024?';

interface Here {
  readonly scope: string;
  readonly replica: { readonly id: string; readonly started_at: string };
}

describe('what operators see of a process', () => {
  let app: WellnessApp;
  let redis: TestRedis;
  let llm: FakeLlmServer;
  let admin: Record<string, string>;
  let user: Record<string, string>;

  beforeAll(async () => {
    [redis, llm] = await Promise.all([startTestRedis(), FakeLlmServer.start()]);
    app = await startWellnessApp(
      {
        LLM_BASE_URL: llm.url,
        LLM_MODEL: 'test-model',
        LLM_RETRY_MAX: '1',
        LLM_RETRY_BASE_MS: '1',
        REDIS_COMMAND_TIMEOUT_MS: '300',
        DIAGNOSTICS_SLOW_MS: '400',
        DIAGNOSTICS_MAX_BYTES: '300000',
        LOG_LEVEL: 'info',
      },
      { redis },
    );
    admin = await app.bearer(OPERATOR, ['admin']);
    user = await app.bearer(USER, ['health:read', 'health:write', 'chat']);
  });
  afterAll(async () => {
    await app.close();
    await llm.stop();
  });

  const ask = (path: string, id: string, more: Partial<HttpCall> = {}): Promise<HttpAnswer> =>
    call(app.port, { path: `/api/v1/${path}`, ...more, headers: { ...user, 'x-correlation-id': id, ...more.headers } });
  const operate = (path: string): Promise<HttpAnswer> =>
    call(app.port, { path: `/api/v1/admin/${path}`, headers: admin });
  const errors = async (): Promise<ErrorGroup[]> =>
    expectSuccessEnvelope<{ errors: ErrorGroup[] }>(await operate('errors?limit=500')).errors;
  const trace = async (id: string): Promise<RequestTrace> => {
    await eventually(() => app.app.get(Diagnostics).find(id).length > 0);
    const { requests } = expectSuccessEnvelope<{ requests: RequestTrace[] }>(await operate(`errors/${id}`));
    return requests[0] as RequestTrace;
  };
  const isolate = async (verb: 'isolate' | 'release', policy = 'redis'): Promise<void> => {
    await call(app.port, { method: 'POST', path: `/api/v1/admin/resilience/${policy}/${verb}`, headers: admin });
  };

  it.each(['errors', 'errors/some-id', 'performance', 'log-level'])('is for operators: %s', async (path) => {
    expectErrorEnvelope(await call(app.port, { path: `/api/v1/admin/${path}` }), 'AUTH_TOKEN_MISSING');
    expectErrorEnvelope(await call(app.port, { path: `/api/v1/admin/${path}`, headers: user }), 'AUTH_SCOPE_FORBIDDEN');
  });

  it.each(['errors', 'performance', 'log-level'])('says whose it is: %s', async (path) => {
    expect(expectSuccessEnvelope<Here>(await operate(path))).toMatchObject({
      scope: 'replica',
      replica: { id: expect.stringMatching(/^[\da-f]{8}$/) as string, started_at: expect.any(String) as string },
    });
  });

  it('tells what a request did that failed: events, calls, circuits, times', async () => {
    await isolate('isolate');
    const answer = await ask('me', 'failed-1');
    await isolate('release');
    expectErrorEnvelope(answer, 'REDIS_CIRCUIT_OPEN');
    const told = await trace('failed-1');
    expect(told).toMatchObject({
      kept_because: 'failed',
      method: 'GET',
      route: '/api/v1/me',
      status: 503,
      error_code: 'REDIS_CIRCUIT_OPEN',
      user: 'us***cs',
      trace_id: expect.stringMatching(/^[\da-f]{32}$/) as string,
      calls: [
        { policy: 'redis', outcome: 'rejected', attempts: 1, breaker: 'isolated', error_code: 'REDIS_CIRCUIT_OPEN' },
      ],
      left_out: 0,
    });
    expect(told.events.map(({ event, level }) => [event, level])).toEqual([
      ['request_failed', 'error'],
      ['request_completed', 'info'],
    ]);
    expect(told.events[0]).toMatchObject({ err: { code: 'REDIS_CIRCUIT_OPEN', stack: expect.any(String) as string } });
    const { total_ms = 0, admission_ms = 0, handler_ms = 0, calls } = told.timings ?? {};
    expect(calls).toMatchObject({ redis: { count: 1 } });
    expect(Math.abs(total_ms - admission_ms - handler_ms)).toBeLessThan(0.1);
    expect(JSON.stringify(told)).not.toContain(USER);
  });

  it('tells of attempts, in events of a level that is not even written', async () => {
    redis.server.signal('SIGSTOP');
    const answer = await ask('me', 'failed-2').finally(() => redis.server.signal('SIGCONT'));
    const { code } = (JSON.parse(answer.body) as { error: { code: string } }).error;
    expect(code).toMatch(/^REDIS_(?:OPERATION_TIMEOUT|CONNECTION_FAILED)$/);
    const { calls, events } = await trace('failed-2');
    expect(calls[0]).toMatchObject({ outcome: 'error', error_code: code });
    const retries = events.filter(({ event }) => event === 'call_retried');
    expect(retries).toHaveLength((calls[0]?.attempts ?? 0) - 1);
    expect(app.logs.lines.filter(({ event }) => event === 'call_retried')).toEqual([]);
  });

  it('tells of failures in spite of which a request was answered', async () => {
    llm.respond({ kind: 'status', status: 500 });
    const headers = { ...user, 'x-correlation-id': 'degraded-1' };
    expectSuccessEnvelope(await post(app.port, '/api/v1/chat/stateless', { message: QUESTION }, headers));
    llm.respond({ kind: 'text', text: 'Fine.' });
    const told = await trace('degraded-1');
    expect(told).toMatchObject({ kept_because: 'degraded', status: 200, error_code: null });
    expect(told.events.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['llm_attempt_failed', 'chat_model_failed', 'tool_executed', 'chat_answered']),
    );
    expect(told.calls).toEqual(
      expect.arrayContaining([expect.objectContaining({ policy: 'llm', operation: 'complete_chat', attempts: 2 })]),
    );
    expect(told.timings?.calls).toMatchObject({ llm: { count: 1 }, tools: { count: 1 } });
    expect(await errors()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          error_code: 'LLM_SERVICE_FAILED',
          event: 'chat_model_failed',
          route: '/api/v1/chat/stateless',
          status: 200,
        }),
      ]),
    );
    // The stack of one failure is told once, however many layers have something to say about it.
    expect(JSON.stringify(told.events).match(/"stack"/g)?.length).toBe(stacksOfDistinct(told));
  });

  function stacksOfDistinct({ events }: RequestTrace): number {
    const errs = events.flatMap(({ err }) =>
      err === undefined ? [] : [err as { logged_before?: true; cause?: object }],
    );
    return errs.reduce((sum, err) => sum + (err.logged_before ? 0 : depth(err)), 0);
  }
  function depth(err: { cause?: object } | undefined): number {
    return err === undefined ? 0 : 1 + depth(err.cause);
  }

  it('groups errors by code and route, whatever was asked for and by whom', async () => {
    for (let number = 0; number < 12; number++) {
      await ask(`imports/nothing-${number}`, `absent-${number}`);
      await ask(`no-such-route-${number}`, `nowhere-${number}`);
    }
    await eventually(async () => (await errors()).some(({ route, count }) => route === 'unmatched' && count >= 12));
    const found = (await errors()).filter(({ error_code }) => error_code === 'IMPORT_JOB_NOT_FOUND');
    expect(found).toEqual([
      {
        error_code: 'IMPORT_JOB_NOT_FOUND',
        method: 'GET',
        route: '/api/v1/imports/:id',
        event: null,
        status: 404,
        count: 12,
        first_seen: expect.any(String) as string,
        last_seen: expect.any(String) as string,
        correlation_ids: ['absent-11', 'absent-10', 'absent-9', 'absent-8', 'absent-7'],
      },
    ]);
    expect(await trace('absent-11')).toMatchObject({ kept_because: 'refused', status: 404 });
  });

  it('keeps nothing of requests that ended well, unless they were slow', async () => {
    expectSuccessEnvelope(await ask('me', 'well-1'));
    llm.respond({ kind: 'text', text: 'It takes its time', delayMs: 150 });
    const headers = { ...user, 'x-correlation-id': 'slow-1' };
    expectSuccessEnvelope(await post(app.port, '/api/v1/chat/stateless', { message: 'hello' }, headers));
    llm.respond({ kind: 'text', text: 'Fine.' });
    expect(await trace('slow-1')).toMatchObject({ kept_because: 'slow', status: 200, error_code: null });
    const answer = await operate('errors/well-1');
    expect(expectErrorEnvelope(answer, 'REQUEST_TRACE_NOT_FOUND').details).toEqual({ correlation_id: 'well-1' });
  });

  it('tells all that had the same id, the newest first', async () => {
    await ask('imports/nothing', 'twice');
    await ask('no-such-route', 'twice');
    await eventually(() => app.app.get(Diagnostics).find('twice').length === 2);
    const { requests } = expectSuccessEnvelope<{ requests: RequestTrace[] }>(await operate('errors/twice'));
    expect(requests.map(({ route }) => route)).toEqual(['unmatched', '/api/v1/imports/:id']);
  });

  it('tells of bytes that were no request', async () => {
    const answer = await call(app.port, { path: '/', headers: { 'x-large': 'h'.repeat(20_000) } });
    const { correlation_id } = expectErrorEnvelope(answer, 'REQUEST_HEADERS_TOO_LARGE');
    expect(await trace(correlation_id)).toMatchObject({ status: 431, error_code: 'REQUEST_HEADERS_TOO_LARGE' });
  });

  it('stays within its memory, whatever 10,000 users ask for', async () => {
    const { maxRequests, maxBytes } = app.app.get<{ maxRequests: number; maxBytes: number }>(DIAGNOSTICS_SETTINGS);
    const users = await Promise.all(
      Array.from({ length: 20 }, (_each, number) => app.bearer(`user-${number}`, ['chat'])),
    );
    const paths = [(id: string) => `imports/${id}`, (id: string) => `chat/sessions/${id}/messages`, (id: string) => id];
    for (let batch = 0; batch < 100; batch++) {
      await Promise.all(
        Array.from({ length: 100 }, (_each, index) => {
          const id = `${batch}-${index}-${Math.random().toString(36).slice(2)}`;
          const path = paths[index % paths.length]?.(id) ?? id;
          return ask(path, `crowd-${id}`, { headers: users[(batch + index) % users.length] ?? {} });
        }),
      );
    }
    const { requests, bytes } = app.app.get(Diagnostics).size;
    expect(requests).toBeLessThanOrEqual(maxRequests);
    expect(bytes).toBeLessThanOrEqual(maxBytes);
    const groups = await errors();
    expect(groups.length).toBeLessThan(40);
    const { routes } = expectSuccessEnvelope<{ routes: Array<{ name: string; count: number }> }>(
      await operate('performance?limit=200'),
    );
    expect(routes.length).toBeLessThan(60);
    expect(routes.find(({ name }) => name === 'GET unmatched')?.count).toBeGreaterThan(3_000);
    // What failed before all that is still there.
    expect(await trace('failed-1')).toMatchObject({ kept_because: 'failed' });
  }, 120_000);

  it('tells what takes long: routes, tools, calls to dependencies', async () => {
    llm.respond((_completion, number) =>
      number === 1
        ? { kind: 'tools', calls: [{ name: 'list_available_metrics', arguments: {} }] }
        : { kind: 'text', text: 'Fine.' },
    );
    await post(app.port, '/api/v1/chat/stateless', { message: QUESTION }, user);
    await sleep(50);
    const report = expectSuccessEnvelope<Record<string, Array<{ name: string; p95_ms: number; max_ms: number }>>>(
      await operate('performance?limit=200'),
    );
    const names = (list: string): string[] => (report[list] ?? []).map(({ name }) => name);
    expect(names('routes')).toContain('POST /api/v1/chat/stateless');
    expect(names('tools')).toContain('list_available_metrics');
    expect(names('calls')).toEqual(expect.arrayContaining(['llm complete_chat']));
    expect(names('calls').filter((name) => name.startsWith('redis '))).not.toEqual([]);
    const p95 = (report.routes ?? []).map((each) => each.p95_ms);
    expect(p95).toEqual([...p95].sort((a, b) => b - a));
    const { routes } = expectSuccessEnvelope<{ routes: object[] }>(await operate('performance?limit=2'));
    expect(routes).toHaveLength(2);
  });

  describe('Server-Timing', () => {
    it('comes to those who ask for it, on errors too', async () => {
      const timed = (path: string): Promise<HttpAnswer> => ask(path, 'timed', { headers: { 'x-server-timing': '1' } });
      expect((await ask('me', 'untimed')).headers).not.toHaveProperty('server-timing');
      for (const answer of [await timed('me'), await timed('imports/nothing')]) {
        expect(String(answer.headers['server-timing'])).toMatch(
          /^total;dur=[\d.]+, admission;dur=[\d.]+, handler;dur=[\d.]+, redis;dur=[\d.]+;desc="\d+ calls"$/,
        );
      }
      expect(String((await timed('no-such-route')).headers['server-timing'])).toMatch(/^total;dur=[\d.]+/);
    });

    it('tells of the model and the tools', async () => {
      llm.respond((_completion, number) =>
        number === 1
          ? { kind: 'tools', calls: [{ name: 'list_available_metrics', arguments: {} }] }
          : { kind: 'text', text: 'Fine.', delayMs: 30 },
      );
      const answer = await post(
        app.port,
        '/api/v1/chat/stateless',
        { message: QUESTION },
        { ...user, 'x-server-timing': '1' },
      );
      expect(String(answer.headers['server-timing'])).toMatch(
        /^total;dur=\S+, admission;dur=\S+, body;dur=\S+, handler;dur=.*llm;dur=[\d.]+;desc="2 calls"/,
      );
      expect(String(answer.headers['server-timing'])).toMatch(/tools;dur=[\d.]+;desc="1 calls"/);
    });
  });
});
