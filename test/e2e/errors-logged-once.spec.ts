import { randomUUID } from 'node:crypto';
import { PolicyRegistry } from '@app/common';
import { eventually, FakeLlmServer, type LogLine, startTestRedis, TcpFaultProxy } from '@app/common/testing';
import { startWellnessApp, type WellnessApp } from '../support/wellness-app';
import { FaultController } from './support/fault.controller';
import { call, type HttpCall } from './support/http';

interface LoggedErr {
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: LoggedErr;
  readonly logged_before?: boolean;
}

const QUESTION = JSON.stringify({ message: 'How many steps did I take in 2024?' });
const RECORD = {
  metric_type: 'StepCount',
  value: 40,
  unit: 'count',
  start: '2024-06-01T10:00:00Z',
  end: '2024-06-01T10:01:00Z',
};
const JSON_TYPE = 'application/json';
const post = (path: string, body: string, type = JSON_TYPE): HttpCall => ({
  method: 'POST',
  path: `/api/v1/${path}`,
  body,
  headers: { 'content-type': type },
});

describe('an error is logged once', () => {
  let app: WellnessApp;
  let llm: FakeLlmServer;
  let proxy: TcpFaultProxy;
  let user: Record<string, string>;

  beforeAll(async () => {
    llm = await FakeLlmServer.start();
    const redis = await startTestRedis();
    const upstream = { path: redis.url.replace(/^unix:\/\//, '') };
    proxy = await TcpFaultProxy.start({ upstream, protocol: 'redis' });
    const stop = (): Promise<void> => proxy.close().then(() => redis.stop());
    app = await startWellnessApp(
      {
        LLM_BASE_URL: llm.url,
        LLM_MODEL: 'test-model',
        LLM_FALLBACK: 'none',
        RATE_LIMIT_SHARED_WAIT_MS: '5000',
        LLM_RETRY_MAX: '0',
        LLM_BREAKER_THRESHOLD: '1000',
        REDIS_RETRY_MAX: '0',
        REDIS_BREAKER_THRESHOLD: '1000',
        REDIS_COMMAND_TIMEOUT_MS: '300',
      },
      {
        redis: { url: `redis://${proxy.address}`, server: redis.server, stop },
        features: [{ module: class FaultModule {}, controllers: [FaultController] }],
      },
    );
    user = await app.bearer('user-of-errors', ['health:read', 'health:write', 'chat']);
  });
  afterAll(async () => {
    await app.close();
    await llm.stop();
  });
  beforeEach(() => llm.respond({ kind: 'text', text: 'Fine.' }));

  /** All lines of one request, once it is over. */
  async function linesOf({ headers, ...request }: HttpCall): Promise<LogLine[]> {
    const id = `once-${randomUUID()}`;
    const own = (): LogLine[] => app.logs.lines.filter((line) => line.correlation_id === id);
    await call(app.port, {
      ...request,
      headers: { ...user, 'x-correlation-id': id, ...(headers as Record<string, string>) },
    }).catch(() => undefined);
    await eventually(() => own().some(({ event }) => event === 'request_completed'));
    return own();
  }

  const errorsOf = (lines: LogLine[]): LogLine[] => lines.filter(({ level }) => level === 'error');
  const told = (lines: LogLine[]): LoggedErr[] =>
    lines.flatMap(({ err }) => (err === undefined ? [] : [err as LoggedErr]));
  /** Lines that tell an error of this code with its stack. */
  const withStack = (lines: LogLine[], code: string): number =>
    told(lines).filter((err) => err.code === code && err.stack !== undefined).length;

  it.each<[string, HttpCall, string, string]>([
    ['a handler', { path: '/api/v1/faults/throw/driver' }, 'request_failed', 'INTERNAL_SERVER_ERROR'],
    ['a service', { path: '/api/v1/faults/throw/redis' }, 'request_failed', 'REDIS_CONNECTION_FAILED'],
    ['a guard', { path: '/api/v1/faults/guard' }, 'request_failed', 'INTERNAL_SERVER_ERROR'],
    ['a serializer', { path: '/api/v1/faults/serializer' }, 'request_failed', 'INTERNAL_SERVER_ERROR'],
    ['a stream midway', { path: '/api/v1/faults/midway' }, 'response_failed_midway', 'INTERNAL_SERVER_ERROR'],
    [
      'events midway',
      { method: 'POST', path: '/api/v1/faults/events/late' },
      'response_failed_midway',
      'INTERNAL_SERVER_ERROR',
    ],
  ])('when it comes from %s', async (_where, request, event, code) => {
    const lines = await linesOf(request);
    expect(errorsOf(lines)).toEqual([
      expect.objectContaining({ event, error_code: code, err: expect.objectContaining({ stack: expect.any(String) }) }),
    ]);
    expect(told(lines)).toHaveLength(1);
  });

  it.each<[string, HttpCall]>([
    ['read', { path: '/api/v1/me' }],
    ['read of health data', { path: '/api/v1/health-data/metrics' }],
    ['write', post('health-data/records', JSON.stringify({ records: [RECORD] }))],
    [
      'write that must not be repeated',
      { ...post('chat/stateful', QUESTION), headers: { 'content-type': JSON_TYPE, 'idempotency-key': 'k-1' } },
    ],
  ])('with its causes, when Redis is away for a %s', async (_what, request) => {
    await proxy.inject({ kind: 'refuse' });
    const lines = await linesOf(request).finally(() => proxy.heal());
    const [failure, ...others] = errorsOf(lines);
    expect(others).toEqual([]);
    expect(failure).toMatchObject({
      event: 'request_failed',
      err: {
        code: expect.any(String) as string,
        stack: expect.any(String) as string,
        cause: { stack: expect.any(String) as string },
      },
    });
    expect(told(lines)).toHaveLength(1);
    await eventually(async () => (await call(app.port, { path: '/api/v1/me', headers: user })).status === 200);
  });

  it.each(['chat/stateless', 'chat/stateless/stream'])(
    'when the model fails, whoever tells of it (%s)',
    async (route) => {
      llm.respond({ kind: 'status', status: 500 });
      const lines = await linesOf(post(route, QUESTION));
      expect(lines.map(({ event, level }) => `${level} ${event}`)).toEqual(
        expect.arrayContaining(['warn llm_attempt_failed', 'error request_failed']),
      );
      expect(errorsOf(lines)).toHaveLength(1);
      // The attempt has the stack; who gives up has the code, and says that it was logged.
      expect(withStack(lines, 'LLM_SERVICE_FAILED')).toBe(1);
      expect(errorsOf(lines)[0]).toMatchObject({ error_code: 'LLM_SERVICE_FAILED', err: { logged_before: true } });
    },
  );

  it('when a tool fails, and the answer is given all the same', async () => {
    llm.respond((_completion, number) =>
      number === 1
        ? { kind: 'tools', calls: [{ name: 'list_available_metrics', arguments: {} }] }
        : { kind: 'text', text: 'I cannot look.' },
    );
    const policy = app.app.get(PolicyRegistry).get('redis');
    policy.isolate();
    const lines = await linesOf(post('chat/stateless', QUESTION));
    policy.release();
    expect(errorsOf(lines)).toEqual([]);
    const tool = lines.filter(({ event }) => event === 'tool_executed');
    expect(tool).toEqual([expect.objectContaining({ level: 'warn', success: false, err: expect.anything() })]);
    // One for each thing that failed: the tool, and what was to be known of the user.
    expect(told(lines).filter(({ stack }) => stack !== undefined)).toHaveLength(told(lines).length);
  });

  it('and not at all when it is the mistake of a caller', async () => {
    for (const request of [
      { path: '/api/v1/imports/nothing' },
      post('chat/stateless', '{'),
      post('chat/stateless', '{}'),
    ]) {
      const lines = await linesOf(request);
      expect([errorsOf(lines), told(lines)]).toEqual([[], []]);
    }
  });
});
