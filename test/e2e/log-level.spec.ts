import { eventually, expectErrorEnvelope, expectSuccessEnvelope } from '@app/common/testing';
import { startWellnessApp, type WellnessApp } from '../support/wellness-app';
import { call, type HttpAnswer } from './support/http';

const PATH = '/api/v1/admin/log-level';

describe('the level of the log', () => {
  let app: WellnessApp;
  let admin: Record<string, string>;

  beforeAll(async () => {
    app = await startWellnessApp({ LOG_LEVEL: 'info' });
    admin = await app.bearer('operator-7', ['admin', 'health:read']);
  });
  afterAll(() => app.close());

  const get = (path: string): Promise<HttpAnswer> => call(app.port, { path, headers: admin });
  const put = (body: object): Promise<HttpAnswer> =>
    call(app.port, {
      method: 'PUT',
      path: PATH,
      headers: { ...admin, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('can be changed for a while, and is changed back', async () => {
    const before = Date.now();
    const changed = expectSuccessEnvelope<{ until: string }>(await put({ level: 'debug' }));
    expect(changed).toMatchObject({
      level: 'debug',
      configured_level: 'info',
      changed_by: 'op***-7',
      scope: 'replica',
    });
    const seconds = (Date.parse(changed.until) - before) / 1_000;
    expect(Math.abs(seconds - 900)).toBeLessThan(30);
    app.logs.clear();
    await call(app.port, { path: '/health/live' });
    await eventually(() => app.logs.named('request_completed').some(({ level }) => level === 'debug'));
    expect(expectSuccessEnvelope(await put({ level: 'info' }))).toMatchObject({ level: 'info', until: null });
    expect(app.logs.named('log_level_changed')).toMatchObject([{ from: 'debug', to: 'info', user: 'op***-7' }]);
    app.logs.clear();
    await call(app.port, { path: '/health/live' });
    await get('/api/v1/me');
    await eventually(() => app.logs.named('request_completed').length > 0);
    expect(app.logs.lines.filter(({ level }) => level === 'debug')).toEqual([]);
  });

  it('goes back by itself', async () => {
    expectSuccessEnvelope(await put({ level: 'trace', for_seconds: 1 }));
    await eventually(async () => expectSuccessEnvelope<{ level: string }>(await get(PATH)).level === 'info');
  });

  it.each([
    { level: 'silent' },
    { level: 'fatal' },
    {},
    { level: 'debug', for_seconds: 0 },
    { level: 'debug', for_seconds: 21_601 },
  ])('cannot be %j', async (body) => {
    expectErrorEnvelope(await put(body), 'VALIDATION_INVALID_INPUT');
  });
});
