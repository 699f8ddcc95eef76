import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ERROR_CODES } from '@app/common';
import { expectErrorEnvelope, expectErrorHeaders } from '@app/common/testing';
import { startWellnessApp, type WellnessApp } from '../support/wellness-app';
import { call, type HttpAnswer } from './support/http';

const GRACE_MS = 400;
/** Longer than a health result is kept. */
const STALE_MS = 1_100;

describe('the routes at the root', () => {
  let app: WellnessApp;

  beforeAll(async () => {
    app = await startWellnessApp({ READINESS_REDIS_GRACE_MS: String(GRACE_MS) });
  });
  afterAll(() => app.close());

  const get = (path: string, headers: Record<string, string> = {}): Promise<HttpAnswer> =>
    call(app.port, { path, headers });
  const json = <T = Record<string, unknown>>({ body }: HttpAnswer): T => JSON.parse(body) as T;

  it('lead from the index to pages that are there', async () => {
    const { links } = json<{ links: Record<string, string> }>(await get('/'));
    for (const [name, path] of Object.entries(links)) {
      if (name === 'api') continue;
      expect({ path, status: (await get(path)).status }).toEqual({ path, status: 200 });
    }
  });

  it.each(['/docs/nothing-here', '/docs/nothing-here.js', '/docs/../package.json', '/docs/..%2fpackage.json'])(
    'say that there is nothing at %s',
    async (path) => {
      expectErrorEnvelope(await get(path), 'ROUTE_PATH_NOT_FOUND');
    },
  );

  describe('the error catalogue', () => {
    it('lists every code for programs, and describes each', async () => {
      const { errors } = json<{ errors: Array<{ code: string }> }>(await get('/errors'));
      expect(errors.map(({ code }) => code)).toEqual(ERROR_CODES);
      expect(json(await get('/errors/redis_connection_failed'))).toMatchObject({
        code: 'REDIS_CONNECTION_FAILED',
        status: 503,
        retryable: true,
        retry_after_seconds: 5,
        details: [],
      });
    });

    it('is a page for browsers, without a script in it', async () => {
      const accept = 'text/html,application/xhtml+xml,*/*;q=0.8';
      const list = await get('/errors', { accept });
      const one = await get('/errors/HEALTH_DATA_NOT_FOUND', { accept });
      for (const { headers, body } of [list, one]) {
        expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', vary: 'Accept' });
        expect(body).toContain('HEALTH_DATA_NOT_FOUND');
        expect(body).not.toContain('<script');
      }
      expect((await get('/errors/AUTH_TOKEN_MISSING', { accept })).body).toContain('Bearer &lt;token&gt;');
    });

    it('suggests codes for one that is not there', async () => {
      const error = expectErrorEnvelope(await get('/errors/AUTH_TOKEN_INVALLID'), 'ERROR_CODE_UNKNOWN');
      expect(error.details.did_you_mean).toContain('AUTH_TOKEN_INVALID');
    });
  });

  describe('the probes', () => {
    it('say how every component is', async () => {
      const answer = await get('/health');
      expect(answer.status).toBe(200);
      expect(json(answer)).toEqual({
        status: 'healthy',
        timestamp: expect.stringMatching(/Z$/) as string,
        components: {
          imports: { status: 'healthy', queued: 0, delayed: 0, running: 0 },
          redis: {
            breaker: 'closed',
            eviction_policy: 'noeviction',
            status: 'healthy',
            latency_ms: expect.any(Number) as number,
            version: expect.stringMatching(/^\d+\.\d+/) as string,
            memory_used_percent: expect.any(Number) as number,
          },
          llm: { status: 'healthy', model: 'builtin' },
        },
      });
    });

    it('say ok without a token, and are logged at debug alone', async () => {
      app.logs.clear();
      for (const probe of ['live', 'ready', 'startup']) {
        const answer = await get(`/health/${probe}`);
        expect([probe, answer.status, answer.body]).toEqual([probe, 200, '{"status":"ok"}']);
      }
      expect(app.logs.named('request_completed').map(({ level }) => level)).toEqual(['debug', 'debug', 'debug']);
    });

    it('cost one check however many ask at once', async () => {
      await sleep(STALE_MS);
      const startedAt = Date.now();
      const answers = await Promise.all(Array.from({ length: 50 }, () => get('/health')));
      const seconds = (Date.now() - startedAt) / 1_000;
      const latencies = new Set(
        answers.map((answer) => JSON.stringify(json<{ components: object }>(answer).components)),
      );
      expect(latencies.size).toBeLessThanOrEqual(Math.ceil(seconds));
    });

    it('tell of a Redis that hangs, in bounded time, and of its return', async () => {
      app.redis.server.signal('SIGSTOP');
      await sleep(STALE_MS);
      const startedAt = Date.now();
      const health = await get('/health');
      expect(Date.now() - startedAt).toBeLessThan(5_000);
      expect(health.status).toBe(503);
      expect(Number(health.headers['retry-after'])).toBeGreaterThanOrEqual(1);
      expect(json(health)).toMatchObject({
        status: 'unhealthy',
        components: { redis: { status: 'unhealthy', error: 'REDIS_OPERATION_TIMEOUT' }, llm: { status: 'healthy' } },
      });
      await sleep(GRACE_MS);
      const ready = await get('/health/ready');
      expect([ready.status, json(ready)]).toEqual([
        503,
        { status: 'unavailable', reason: 'redis', error: 'REDIS_CONNECTION_FAILED' },
      ]);
      expect((await get('/health/live')).status).toBe(200);
      expect((await get('/health/startup')).status).toBe(200);
      expect(health.body).not.toContain('sock');
      expectErrorEnvelope(await call(app.port, { path: '/%zz' }), 'REQUEST_URL_MALFORMED');
      app.redis.server.signal('SIGCONT');
      await waitFor(async () => (await get('/health/ready')).status === 200);
      await waitFor(async () => (await get('/health')).status === 200);
    });

    it('are the only thing that answers while the process drains', async () => {
      app.drain.leave();
      const leaving = await get('/health/ready');
      expect([leaving.status, json(leaving)]).toMatchObject([
        503,
        { reason: 'draining', error: 'SYSTEM_SHUTTING_DOWN' },
      ]);
      const served = await get('/errors');
      expect([served.status, served.headers.connection]).toEqual([200, 'close']);
      app.drain.refuse();
      const refused = await get('/errors');
      const { correlation_id } = expectErrorEnvelope(refused, 'SYSTEM_SHUTTING_DOWN');
      expectErrorHeaders(refused, 'SYSTEM_SHUTTING_DOWN', correlation_id);
      expect(refused.headers.connection).toBe('close');
      expectErrorEnvelope(await get('/nothing/here'), 'SYSTEM_SHUTTING_DOWN');
      expect((await get('/health/live')).status).toBe(200);
    });
  });
});

describe('readiness that may degrade', () => {
  it('stays while Redis is away', async () => {
    const app = await startWellnessApp({ READINESS_REDIS: 'degrade', READINESS_REDIS_GRACE_MS: '0' });
    app.redis.server.signal('SIGSTOP');
    await waitFor(async () => (await call(app.port, { path: '/health' })).status === 503);
    expect((await call(app.port, { path: '/health/ready' })).status).toBe(200);
    app.redis.server.signal('SIGCONT');
    await app.close();
  });
});

describe('the language model in the health report', () => {
  let model: Server;
  let respond: 'well' | 'with an error' | 'with nonsense';

  beforeAll(async () => {
    model = createServer((request, response) => {
      const isAllowed = request.url === '/v1/models' && request.headers.authorization === 'Bearer key-123';
      if (!isAllowed || respond === 'with an error') response.writeHead(500);
      response.end(respond === 'with nonsense' ? 'hello' : JSON.stringify({ data: [{ id: 'qwen' }] }));
    });
    await new Promise<void>((resolve) => model.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    model.closeAllConnections();
    model.close();
  });

  it.each([
    ['well', 200, { status: 'healthy', model: 'qwen', breaker: 'closed', latency_ms: expect.any(Number) as number }],
    ['with an error', 503, { status: 'unhealthy', model: 'qwen', breaker: 'closed', error: 'LLM_SERVICE_FAILED' }],
    ['with nonsense', 503, { status: 'unhealthy', model: 'qwen', breaker: 'closed', error: 'LLM_SERVICE_FAILED' }],
  ] as const)('is what it answers: %s', async (how, status, llm) => {
    respond = how;
    const { port } = model.address() as AddressInfo;
    const app = await startWellnessApp({
      LLM_BASE_URL: `http://127.0.0.1:${port}/v1/`,
      LLM_MODEL: 'qwen',
      LLM_API_KEY: 'key-123',
    });
    const answer = await call(app.port, { path: '/health' });
    expect(answer.status).toBe(status);
    expect((JSON.parse(answer.body) as { components: { llm: object } }).components.llm).toEqual(llm);
    expect((await call(app.port, { path: '/health/ready' })).status).toBe(200);
    await app.close();
  });
});

async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (await condition()) return;
    await sleep(50);
  }
  throw new Error('it did not come to be');
}
