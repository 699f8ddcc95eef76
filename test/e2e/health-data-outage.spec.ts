import { expectErrorEnvelope, expectSuccessEnvelope } from '@app/common/testing';
import request, { type Response } from 'supertest';
import { startWellnessApp, type WellnessApp } from '../support/wellness-app';

const RECORD = {
  metric_type: 'HeartRate',
  value: 60,
  unit: 'count/min',
  start: '2025-09-30T07:00:00Z',
  source: 'Watch',
};
const READS = [
  'metrics',
  'records?metric_types=HeartRate&time_period=2025',
  'aggregates?metric_types=HeartRate&time_period=2025',
];

let app: WellnessApp;
let alice: { authorization: string };

beforeAll(async () => {
  app = await startWellnessApp({ REDIS_COMMAND_TIMEOUT_MS: '200' });
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
    expect(['REDIS_OPERATION_TIMEOUT', 'REDIS_CONNECTION_FAILED']).toContain(response.body.error.code);
    expect(response.status).toBe(503);
  });

  it('the log has the cause once, and no health data', () => {
    const failures = app.logs
      .named('request_failed')
      .filter(({ error_code }) => error_code === 'HEALTH_DATA_UNAVAILABLE');
    expect(failures).toHaveLength(READS.length);
    expect(JSON.stringify(failures[0])).toContain('RedisTimeoutError');
    expect(app.logs.text).not.toContain('"value":60');
  });
});

describe('when Redis is back', () => {
  beforeAll(() => app.redis.server.signal('SIGCONT'));

  it.each(READS)('%s answers again without a restart', async (path) => {
    expectSuccessEnvelope(await read(path));
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
