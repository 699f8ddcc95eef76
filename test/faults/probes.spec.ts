import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { HealthComponents, PolicyRegistry, RedisConnectionError } from '@app/common';
import { Redis } from 'ioredis';
import { call, type HttpAnswer } from '../e2e/support/http';
import { startWellnessApp, type WellnessApp } from '../support/wellness-app';

const THRESHOLD = 3;
/** Longer than a health result is kept. */
const STALE_MS = 1_100;
/** Two thousand requests in two seconds. */
const STORM_STEPS = 40;
const STORM_STEP_MS = 50;
const PER_STEP = 50;

describe('probes', () => {
  let app: WellnessApp;

  beforeAll(async () => {
    app = await startWellnessApp({
      LOG_LEVEL: 'info',
      REDIS_BREAKER_THRESHOLD: String(THRESHOLD),
      REDIS_BREAKER_OPEN_MS: '600000',
    });
  });
  afterAll(() => app.close());

  const get = (path: string): Promise<HttpAnswer> => call(app.port, { path });
  const health = async (): Promise<{ components: Record<string, object> }> =>
    JSON.parse((await get('/health')).body) as { components: Record<string, object> };

  it.each([
    ['closed', () => Promise.resolve()],
    ['open', openCircuit],
    ['isolated', () => Promise.resolve(app.app.get(PolicyRegistry).get('redis').isolate())],
  ])('say the same while the circuit is %s: Redis is there, whatever its callers met', async (state, prepare) => {
    await sleep(STALE_MS);
    await prepare();
    const policy = app.app.get(PolicyRegistry).get('redis');
    expect(policy.state).toBe(state);
    expect((await get('/health/ready')).body).toBe('{"status":"ok"}');
    expect((await health()).components.redis).toMatchObject({ status: 'healthy', breaker: state });
    expect(policy.state).toBe(state);
    policy.isolate();
    policy.release();
  });

  it('ask a Redis that is there at most once a second, however many ask them', async () => {
    // Connections that are made on demand ask, too, before they are used for the first time.
    await get('/health');
    await sleep(STALE_MS);
    const redis = new Redis({ path: decodeURIComponent(app.redis.url.slice('unix://'.length)) });
    await redis.config('RESETSTAT');
    const startedAt = Date.now();
    const statuses = await storm(['/health/ready', '/health']);
    const seconds = (Date.now() - startedAt) / 1_000;
    const stats = await redis.info('commandstats');
    redis.disconnect();
    const checks = callsOf(stats, 'info') + callsOf(stats, 'ping');
    // A machine that is too busy to answer its own check within the limit is unhealthy, and ready all the same.
    const { '/health/ready 200': ready, '/health 200': healthy, '/health 503': unhealthy = 0, ...others } = statuses;
    expect({ ready, reports: (healthy ?? 0) + unhealthy, others }).toEqual({
      ready: 1_000,
      reports: 1_000,
      others: {},
    });
    expect(checks).toBeGreaterThanOrEqual(1);
    expect(checks).toBeLessThanOrEqual(Math.ceil(seconds) + 1);
  });

  it('are not held up by a component that hangs, nor broken by one that throws', async () => {
    const components = app.app.get(HealthComponents);
    components.register('stuck', () => new Promise<never>(() => undefined));
    components.register('broken', () => {
      throw new Error('hunter2');
    });
    const startedAt = Date.now();
    const report = await get('/health');
    expect(Date.now() - startedAt).toBeLessThan(5_000);
    expect(report.status).toBe(503);
    expect(JSON.parse(report.body)).toMatchObject({
      components: {
        redis: { status: 'healthy' },
        stuck: { status: 'unhealthy', error: 'REQUEST_DEADLINE_EXCEEDED' },
        broken: { status: 'unhealthy', error: 'INTERNAL_SERVER_ERROR' },
      },
    });
    expect(report.body).not.toContain('hunter2');
    for (const probe of ['live', 'ready', 'startup']) expect((await get(`/health/${probe}`)).status).toBe(200);
  });

  async function openCircuit(): Promise<void> {
    const policy = app.app.get(PolicyRegistry).get('redis');
    const fail = (): Promise<never> => Promise.reject(new RedisConnectionError('test', new Error('refused')));
    for (let call = 0; call < THRESHOLD; call++) await expect(policy.execute(fail)).rejects.toThrow();
  }

  /** A thousand requests a second, counted by path and status. */
  async function storm(paths: readonly string[]): Promise<Record<string, number>> {
    const agent = new Agent({ keepAlive: true, maxSockets: PER_STEP });
    const counts: Record<string, number> = {};
    const answers: Array<Promise<void>> = [];
    for (let step = 0; step < STORM_STEPS; step++) {
      for (let index = 0; index < PER_STEP; index++) {
        const path = paths[index % paths.length] as string;
        const counted = call(app.port, { path, agent }).then(({ status }) => {
          counts[`${path} ${status}`] = (counts[`${path} ${status}`] ?? 0) + 1;
        });
        answers.push(counted);
      }
      await sleep(STORM_STEP_MS);
    }
    await Promise.all(answers);
    agent.destroy();
    return counts;
  }
});

function callsOf(stats: string, command: string): number {
  const matches = stats.matchAll(new RegExp(`^cmdstat_${command}(?:\\|\\w+)?:calls=(\\d+)`, 'gm'));
  return [...matches].reduce((total, [, calls]) => total + Number(calls), 0);
}
