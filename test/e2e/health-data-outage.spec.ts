import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, expectErrorEnvelope, expectSuccessEnvelope } from '@app/common/testing';
import { ERASED_USERS_KEY, EventLogger, LastKnownGood, ownerOf, RedisGateway } from '@app/common';
import { Redis } from 'ioredis';
import request, { type Response } from 'supertest';
import { ErasureNotices } from '../../src/services/erasure/erasure-notices.service';
import { startWellnessApp, type WellnessApp } from '../support/wellness-app';

const RECORD = {
  metric_type: 'HeartRate',
  value: 60,
  unit: 'count/min',
  start: '2025-09-30T07:00:00Z',
  source: 'Watch',
};
const OPEN_MS = 300;
const READS = [
  'metrics',
  'records?metric_types=HeartRate&time_period=2025',
  'aggregates?metric_types=HeartRate&time_period=2025',
];

let app: WellnessApp;
let alice: { authorization: string };

beforeAll(async () => {
  app = await startWellnessApp({ REDIS_COMMAND_TIMEOUT_MS: '200', REDIS_BREAKER_OPEN_MS: String(OPEN_MS) });
  alice = await app.bearer('alice-0001', ['health:read', 'health:write']);
  expectSuccessEnvelope(await push());
});

afterAll(() => app.close());

function push(): Promise<Response> {
  return Promise.resolve(
    request(app.server)
      .post('/api/v1/health-data/records')
      .set(alice)
      .send({ records: [RECORD] }),
  );
}

function read(path: string): Promise<Response> {
  return Promise.resolve(request(app.server).get(`/api/v1/health-data/${path}`).set(alice));
}

describe('while Redis does not answer', () => {
  beforeAll(() => app.redis.server.signal('SIGSTOP'));

  it.each(READS)('%s says that health data is unavailable, and when to come back', async (path) => {
    const response = await read(path);
    expectErrorEnvelope(response, 'HEALTH_DATA_UNAVAILABLE');
    expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    expect(response.body.error.details).toEqual({});
  });

  it('a push fails instead of pretending', async () => {
    const response = await push();
    expect(['REDIS_OPERATION_TIMEOUT', 'REDIS_CONNECTION_FAILED', 'REDIS_CIRCUIT_OPEN']).toContain(
      response.body.error.code,
    );
    expect(response.status).toBe(503);
  });

  it('the log has the cause once, and no health data', () => {
    const failures = app.logs
      .named('request_failed')
      .filter(({ error_code }) => error_code === 'HEALTH_DATA_UNAVAILABLE');
    expect(failures).toHaveLength(READS.length);
    expect(JSON.stringify(failures[0])).toMatch(/REDIS_(?:OPERATION_TIMEOUT|CONNECTION_FAILED)/);
    expect(app.logs.text).not.toContain('"value":60');
  });
});

describe('when Redis is back', () => {
  beforeAll(async () => {
    app.redis.server.signal('SIGCONT');
    await sleep(OPEN_MS);
  });

  it.each(READS)('%s answers again without a restart', async (path) => {
    expectSuccessEnvelope(await read(path));
  });
});

describe('while Redis does not answer, what was read before', () => {
  const [metrics = '', records = '', aggregates = ''] = READS;
  const before = new Map<string, object>();
  let chat: { authorization: string };
  const ask = (message: string): Promise<Response> =>
    Promise.resolve(request(app.server).post('/api/v1/chat/stateless').set(chat).send({ message }));

  beforeAll(async () => {
    chat = await app.bearer('alice-0001', ['chat']);
    for (const path of READS) before.set(path, expectSuccessEnvelope<object>(await read(path)));
    expectSuccessEnvelope(await ask('average heart rate in September 2025'));
    app.redis.server.signal('SIGSTOP');
  });
  afterAll(async () => {
    app.redis.server.signal('SIGCONT');
    await sleep(OPEN_MS);
    expectSuccessEnvelope(await read(metrics));
  });

  it.each(READS)('%s is answered again, and says how old it is', async (path) => {
    const response = await read(path);
    const { meta, ...data } = expectSuccessEnvelope<{ meta: { source: string; stale_since: string } }>(response);
    expect(data).toEqual(before.get(path));
    expect(meta).toEqual({ source: 'cache', stale_since: expect.any(String) as string });
    expect(Date.parse(meta.stale_since)).toBeLessThanOrEqual(Date.now());
    expect(response.headers).toMatchObject({ 'x-data-source': 'cache', age: expect.stringMatching(/^\d+$/) as string });
  });

  it('is what the chat answers with, and the answer says so', async () => {
    const response = await ask('average heart rate in September 2025');
    const data = expectSuccessEnvelope<{ response: string; validation: { unmatched: string[] } }>(response);
    expect(data.response).toContain('60');
    expect(data.response).toContain('known before');
    expect(data).toMatchObject({ validation: { unmatched: [] }, meta: { source: 'cache' } });
    expect(response.headers['x-data-source']).toBe('cache');
  });

  it('is nobody else’s', async () => {
    const bob = await app.bearer('bob-0002', ['health:read']);
    for (const path of [records, aggregates])
      expectErrorEnvelope(
        await request(app.server).get(`/api/v1/health-data/${path}`).set(bob),
        'HEALTH_DATA_UNAVAILABLE',
      );
  });
});

describe('after a user was erased', () => {
  it('an outage brings nothing of them back, in this process or another', async () => {
    const carol = await app.bearer('carol-0003', ['health:read', 'health:write']);
    const metrics = (): Promise<Response> =>
      Promise.resolve(request(app.server).get('/api/v1/health-data/metrics').set(carol));
    await request(app.server)
      .post('/api/v1/health-data/records')
      .set(carol)
      .send({ records: [RECORD] });
    const other = new LastKnownGood({ maxBytes: 10_000, maxAgeMs: 60_000 }, app.app.get(EventLogger));
    const held = { userId: 'carol-0003', operation: 'x', key: '', weigh: () => 1 };
    await other.read(held, () => Promise.resolve({}));
    expectSuccessEnvelope(await metrics());
    expectSuccessEnvelope(await request(app.server).delete('/api/v1/me').set(carol));
    await new ErasureNotices(app.app.get(RedisGateway), other, app.app.get(EventLogger)).look();
    expect(other.stats.entries).toBe(0);
    app.redis.server.signal('SIGSTOP');
    try {
      expectErrorEnvelope(await metrics(), 'HEALTH_DATA_UNAVAILABLE');
    } finally {
      app.redis.server.signal('SIGCONT');
      await sleep(OPEN_MS);
    }
  });
});

describe('while Redis takes no writes', () => {
  it('a user is erased all the same, and the other replicas hear of it later', async () => {
    const dave = await app.bearer('dave-0004', ['health:read', 'health:write']);
    expectSuccessEnvelope(
      await request(app.server)
        .post('/api/v1/health-data/records')
        .set(dave)
        .send({ records: [RECORD] }),
    );
    const client = new Redis(app.redis.url.replace('unix://', ''));
    try {
      await client.config('SET', 'maxmemory', '1mb');
      const erasure = expectSuccessEnvelope(await request(app.server).delete('/api/v1/me').set(dave));
      expect(erasure).toMatchObject({ records: 1 });
      expect(app.logs.named('erasure_not_announced')).toHaveLength(1);
      expect(await client.zscore(ERASED_USERS_KEY, ownerOf('dave-0004'))).toBeNull();
      await client.config('SET', 'maxmemory', '0');
      await eventually(async () => (await client.zscore(ERASED_USERS_KEY, ownerOf('dave-0004'))) !== null);
    } finally {
      await client.config('SET', 'maxmemory', '0');
      client.disconnect();
    }
  });
});

describe('a push with an idempotency key', () => {
  const send = (value: number): Promise<Response> =>
    Promise.resolve(
      request(app.server)
        .post('/api/v1/health-data/records')
        .set({ ...alice, 'idempotency-key': 'push-1' })
        .send({ records: [{ ...RECORD, value }] }),
    );

  it('is answered the same the second time, and refused for another body', async () => {
    const first = await send(71);
    const second = await send(71);
    expect(first.body.data).toMatchObject({ stored: 1 });
    expect(second.body.data).toEqual(first.body.data);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expectErrorEnvelope(await send(72), 'IDEMPOTENCY_KEY_REUSED');
  });
});
