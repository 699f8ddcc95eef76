import { expectErrorEnvelope } from '@app/common/testing';
import { exportXml, recordXml } from '../fixtures/health-export';
import { startWellnessApp, type WellnessApp } from '../support/wellness-app';
import { call, type HttpAnswer, post } from './support/http';
import { burst, parsedList, statuses } from './support/limited-app';

describe('the limits of the API', () => {
  let app: WellnessApp;
  let users = 0;

  beforeAll(async () => {
    app = await startWellnessApp({
      RATE_LIMIT_USER_PER_MINUTE: '30',
      RATE_LIMIT_CHAT_PER_MINUTE: '3',
      RATE_LIMIT_IMPORTS_PER_HOUR: '2',
      RATE_LIMIT_ADDRESS_PER_MINUTE: '10',
      TRUST_PROXY: 'loopback',
    });
  });
  afterAll(() => app.close());

  const someone = (): Promise<Record<string, string>> =>
    app.bearer(`somebody-${++users}`, ['health:read', 'health:write', 'chat']);

  it('are for all ways to chat together', async () => {
    const headers = await someone();
    const paths = ['stateless', 'stateful', 'stateless/stream', 'stateful/stream'];
    const answers: HttpAnswer[] = [];
    for (const path of paths) answers.push(await post(app.port, `/api/v1/chat/${path}`, { message: 'Hello' }, headers));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(parsedList(answers[2]?.headers['ratelimit-policy'])).toEqual({
      chat: { q: 3, w: 60 },
      default: { q: 30, w: 60 },
    });
    expect(parsedList(answers[2]?.headers.ratelimit)).toMatchObject({ chat: { r: 0 }, default: { r: 27 } });
    expect((await call(app.port, { path: '/api/v1/chat/sessions', headers })).status).toBe(200);
  });

  it('are for uploads by the hour, and not for looking at them', async () => {
    const user = await someone();
    const headers = { ...user, 'content-type': 'application/xml' };
    const upload = (): Promise<HttpAnswer> =>
      call(app.port, { method: 'POST', path: '/api/v1/imports', headers, body: exportXml(recordXml()) });
    expect([(await upload()).status, (await upload()).status]).toEqual([202, 202]);
    const refused = await upload();
    expect(expectErrorEnvelope(refused, 'RATE_LIMIT_EXCEEDED').details).toEqual({ limit: 2, window_seconds: 3_600 });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(3_500);
    expect((await call(app.port, { path: '/api/v1/imports', headers: user })).status).toBe(200);
  });

  it('are not lifted for somebody who has everything erased', async () => {
    const headers = await someone();
    await burst([app], 25, { path: '/api/v1/me', headers });
    expect((await call(app.port, { method: 'DELETE', path: '/api/v1/me', headers })).status).toBe(200);
    const again = await call(app.port, { method: 'DELETE', path: '/api/v1/me', headers });
    expect(JSON.parse(again.body)).toMatchObject({ data: { records: 0, keys: 0 } });
    expect(parsedList(again.headers.ratelimit)).toMatchObject({ default: { r: 3 } });
  });

  it('are for pages by address, and never for probes, whatever becomes of Redis', async () => {
    const headers = { 'x-forwarded-for': '198.51.100.7' };
    const pages = ['/', '/docs', '/errors', '/openapi.json', '/nowhere'];
    const answers = [];
    for (const path of [...pages, ...pages, ...pages]) answers.push(await call(app.port, { path, headers }));
    expect(statuses(answers)).toEqual({ 200: 8, 404: 2, 429: 5 });
    expect(statuses(await burst([app], 50, { path: '/health/live', headers }))).toEqual({ 200: 50 });
    app.redis.server.signal('SIGSTOP');
    const begun = performance.now();
    expect(statuses(await burst([app], 50, { path: '/health/live', headers }))).toEqual({ 200: 50 });
    expect(performance.now() - begun).toBeLessThan(5_000);
    app.redis.server.signal('SIGCONT');
  });
});
