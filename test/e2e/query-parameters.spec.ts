import { expectErrorEnvelope, expectSuccessEnvelope } from '@app/common/testing';
import request from 'supertest';
import { startWellnessApp, type WellnessApp } from '../support/wellness-app';

const SCOPES = ['health:read', 'health:write', 'chat'];

interface Problems {
  readonly errors: ReadonlyArray<{ readonly field: string }>;
}

describe('query parameters', () => {
  let app: WellnessApp;
  let someone: { authorization: string };

  beforeAll(async () => {
    app = await startWellnessApp();
    someone = await app.bearer('someone-who-asks', SCOPES);
    const records = [{ metric_type: 'StepCount', value: 40, unit: 'count', start: '2025-09-30T08:00:00Z' }];
    await request(app.server).post('/api/v1/health-data/records').set(someone).send({ records }).expect(200);
  });
  afterAll(() => app.close());

  const send = (method: 'delete' | 'get' | 'post', path: string): request.Test =>
    request(app.server)[method](`/api/v1/${path}`).set(someone);

  it('are told at once with everything that is wrong, time zones included', async () => {
    const wrong = 'metric_types=StepCount&time_zone=Middle/Earth&bucket=eon&colour=red';
    const { details } = expectErrorEnvelope(
      await send('get', `health-data/aggregates?${wrong}`),
      'VALIDATION_INVALID_INPUT',
    );
    const fields = (details as unknown as Problems).errors.map(({ field }) => field);
    expect(fields.sort()).toEqual(['bucket', 'colour', 'time_zone']);
  });

  it.each([
    ['get', 'me'],
    ['get', 'health-data/metrics'],
    ['get', 'imports/none'],
    ['delete', 'imports/none'],
    ['post', 'imports'],
    ['post', 'chat/stateless'],
    ['delete', 'chat/sessions/none'],
  ] as const)('are refused where there are none: %s %s', async (method, path) => {
    const { details } = expectErrorEnvelope(await send(method, `${path}?mode=x&b=1`), 'VALIDATION_INVALID_INPUT');
    expect(details).toMatchObject({ field: 'mode', errors: [{ field: 'mode' }, { field: 'b' }] });
  });

  it('are looked at after the token, and not for routes that do not exist', async () => {
    expectErrorEnvelope(await request(app.server).get('/api/v1/me?a=1'), 'AUTH_TOKEN_MISSING');
    expectErrorEnvelope(await send('get', 'nothing?a=1'), 'ROUTE_PATH_NOT_FOUND');
  });

  it('may be added to probes by whoever calls them', async () => {
    await request(app.server).get('/health/live?from=somewhere').expect(200);
  });

  it.each([
    ['europe/paris', 'Europe/Paris'],
    ['utc', 'UTC'],
    ['asia/kathmandu', 'Asia/Kathmandu'],
    ['%2B0545', '+05:45'],
  ])('tell the zone %s as it is written, %s', async (given, written) => {
    const answer = await send(
      'get',
      `health-data/aggregates?metric_types=StepCount&time_period=2025&time_zone=${given}`,
    );
    expect(expectSuccessEnvelope<{ period: object }>(answer).period).toMatchObject({ time_zone: written });
  });
});
