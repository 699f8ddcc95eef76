import { eventually, expectErrorEnvelope, expectSuccessEnvelope, tokenFor } from '@app/common/testing';
import { startWellnessApp, type WellnessApp } from '../support/wellness-app';
import { call, type HttpAnswer } from './support/http';

const PATH = '/api/v1/admin/resilience';
const OPERATOR = 'operator-7';

interface Snapshot {
  readonly name: string;
  readonly state: string;
  readonly counts: Readonly<Record<string, number>>;
}

describe('what operators can do', () => {
  let app: WellnessApp;
  let authorization: string;

  beforeAll(async () => {
    app = await startWellnessApp();
    authorization = `Bearer ${await tokenFor(OPERATOR, ['admin', 'health:read'])}`;
  });
  afterAll(() => app.close());
  beforeEach(() => app.logs.clear());

  const ask = (path: string, method = 'GET'): Promise<HttpAnswer> =>
    call(app.port, { path, method, headers: { authorization } });
  const act = async (name: string, verb: string): Promise<Snapshot> =>
    expectSuccessEnvelope(await ask(`${PATH}/${name}/${verb}`, 'POST'));

  it.each([
    ['GET', PATH],
    ['POST', `${PATH}/redis/isolate`],
    ['POST', `${PATH}/redis/release`],
  ])('is for operators: %s %s', async (method, path) => {
    expectErrorEnvelope(await call(app.port, { method, path }), 'AUTH_TOKEN_MISSING');
    const user = { authorization: `Bearer ${await tokenFor('somebody', ['health:read', 'health:write', 'chat'])}` };
    expectErrorEnvelope(await call(app.port, { method, path, headers: user }), 'AUTH_SCOPE_FORBIDDEN');
  });

  it('is to see how every dependency is guarded, and how the process does', async () => {
    const { policies, load } = expectSuccessEnvelope<{ policies: Snapshot[]; load: object }>(await ask(PATH));
    expect(policies.map(({ name }) => name)).toContain('redis');
    for (const policy of policies) {
      expect(policy).toMatchObject({
        state: 'closed',
        next_trial_at: null,
        in_flight: expect.any(Number) as number,
        queued: expect.any(Number) as number,
        counts: { calls: expect.any(Number) as number, circuit_opened: 0 },
      });
    }
    expect(load).toEqual({
      exceeded: [],
      event_loop_delay_ms: expect.any(Number) as number,
      heap_percent: expect.any(Number) as number,
      in_flight: 1,
      shed: { event_loop_delay_ms: 0, heap_percent: 0, in_flight: 0 },
    });
  });

  it('is to isolate a dependency and release it again, as often as they like', async () => {
    expect(await act('redis', 'isolate')).toMatchObject({ name: 'redis', state: 'isolated' });
    expect(await act('redis', 'isolate')).toMatchObject({ name: 'redis', state: 'isolated' });
    const refused = await ask('/api/v1/health-data/metrics');
    expect(refused.status).toBe(503);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    // An isolated dependency is no dependency that is gone: probes ask for themselves.
    expect((await ask('/health/ready')).status).toBe(200);
    expect(JSON.parse((await ask('/health')).body)).toMatchObject({
      components: { redis: { status: 'healthy', breaker: 'isolated' } },
    });
    expect(await act('redis', 'release')).toMatchObject({ name: 'redis', state: 'closed' });
    expect(await act('redis', 'release')).toMatchObject({ name: 'redis', state: 'closed' });
    expectSuccessEnvelope(await ask('/api/v1/health-data/metrics'));
  });

  it('is logged with who did it, but not with the whole of his name', async () => {
    await act('redis', 'isolate');
    await act('redis', 'release');
    const user = 'op***-7';
    expect(app.logs.named('policy_isolated')).toEqual([
      expect.objectContaining({ level: 'warn', policy: 'redis', user }),
    ]);
    expect(app.logs.named('policy_released')).toEqual([
      expect.objectContaining({ level: 'info', policy: 'redis', user }),
    ]);
    expect(app.logs.text).not.toContain(OPERATOR);
  });

  it.each(['isolate', 'release'])('is nothing to a dependency that is not there (%s)', async (verb) => {
    const answer = await ask(`${PATH}/rediss/${verb}`, 'POST');
    expect(expectErrorEnvelope(answer, 'RESILIENCE_POLICY_NOT_FOUND').details).toEqual({ policy: 'rediss' });
  });

  it('is to close every route of the API but their own, and none at the root', async () => {
    const put = (active: boolean): Promise<HttpAnswer> =>
      call(app.port, {
        method: 'PUT',
        path: '/api/v1/admin/maintenance',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ active }),
      });
    const { paths } = JSON.parse((await ask('/openapi.json')).body) as { paths: Record<string, object> };
    // A report is a second old at most, and may tell of an isolation before.
    await eventually(async () => (await ask('/health')).status === 200);
    expectSuccessEnvelope(await put(true));
    for (const [path, methods] of Object.entries(paths)) {
      for (const method of Object.keys(methods)) {
        if (path.startsWith('/api/v1/admin/')) continue;
        const answer = await ask(path.replaceAll(/\{\w+\}/g, 'x'), method.toUpperCase());
        if (path.startsWith('/api/')) expectErrorEnvelope(answer, 'SYSTEM_MAINTENANCE_ACTIVE');
        else expect([path, answer.status < 500]).toEqual([path, true]);
      }
    }
    expectSuccessEnvelope(await ask(PATH));
    expectSuccessEnvelope(await put(false));
  });
});
