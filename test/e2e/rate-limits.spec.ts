import { setTimeout as sleep } from 'node:timers/promises';
import { RateLimiter, TokenVerifier } from '@app/common';
import { expectErrorEnvelope, startTestRedis, type TestApp, type TestRedis } from '@app/common/testing';
import { call, type HttpAnswer, type HttpCall, post } from './support/http';
import { burst, parsedList, startLimitedApp, statuses } from './support/limited-app';

const THINGS = '/api/v1/things';

describe('rate limits', () => {
  let redis: TestRedis;
  let app: TestApp;
  let other: TestApp;
  let both: TestApp[];
  let callers = 0;

  beforeAll(async () => {
    redis = await startTestRedis();
    app = await startLimitedApp(redis.url);
    other = await startLimitedApp(redis.url);
    both = [app, other];
  });
  afterAll(async () => {
    await app.close();
    await other.close();
    await redis.stop();
  });

  /** Headers of a user, or of an address, that never called before. */
  const someone = async (): Promise<Record<string, string>> => app.bearer(`user-${++callers}`, ['health:read']);
  const somewhere = (): Record<string, string> => ({ 'x-forwarded-for': `203.0.113.${++callers}` });

  describe('over two replicas on one Redis', () => {
    it('hold a limit of 100 to within 5 %', async () => {
      const { 200: admitted = 0, 429: rejected } = statuses(
        await burst(both, 240, { path: THINGS, headers: await someone() }),
      );
      expect(admitted).toBeLessThanOrEqual(100);
      expect(admitted).toBeGreaterThanOrEqual(95);
      expect(rejected).toBe(240 - admitted);
    });

    it('hold a smaller limit exactly, over all routes that name it', async () => {
      const headers = await someone();
      const answers = [
        ...(await burst(both, 12, { path: `${THINGS}/dear`, headers })),
        ...(await burst(both, 60, { path: `${THINGS}/dear/too`, headers }, 30)),
      ];
      expect(statuses(answers)).toEqual({ 200: 20, 429: 52 });
      expect((await call(app.port, { path: THINGS, headers })).status).toBe(200);
    });

    it('hold the limit of an address exactly', async () => {
      const answers = await burst(both, 80, { path: `${THINGS}/open`, headers: somewhere() }, 40);
      expect(statuses(answers)).toEqual({ 200: 20, 429: 60 });
    });

    it('tell both of too many mistakes', async () => {
      const headers = await someone();
      for (let i = 0; i < 10; i++) await call(app.port, { path: `${THINGS}/none`, headers });
      expectErrorEnvelope(await call(other.port, { path: THINGS, headers }), 'ERROR_RATE_EXCEEDED');
    });
  });

  describe('tell the caller', () => {
    it('where he stands, on every answer', async () => {
      const headers = await someone();
      const first = await call(app.port, { path: THINGS, headers });
      const second = await call(app.port, { path: `${THINGS}/dear`, headers });
      expect(parsedList(first.headers['ratelimit-policy'])).toEqual({ default: { q: 100, w: 60 } });
      expect(parsedList(first.headers.ratelimit)).toEqual({ default: { r: 99, t: expect.any(Number) as number } });
      expect(second.headers['ratelimit-policy']).toBe('"dear";q=20;w=60, "default";q=100;w=60');
      expect(parsedList(second.headers.ratelimit)).toMatchObject({ dear: { r: 19 }, default: { r: 98 } });
      const { t = 0 } = parsedList(first.headers.ratelimit).default ?? {};
      expect(t).toBeGreaterThan(50);
      expect(t).toBeLessThanOrEqual(60);
    });

    const failing: ReadonlyArray<readonly [string, (headers: Record<string, string>) => Promise<HttpAnswer>]> = [
      ['an unknown route', (headers) => call(app.port, { path: '/api/v1/none', headers })],
      ['another method', (headers) => call(app.port, { method: 'DELETE', path: THINGS, headers })],
      ['a malformed URL', (headers) => call(app.port, { path: '/api/v1/%zz', headers })],
      ['a missing token', (headers) => call(app.port, { path: THINGS, headers })],
      [
        'a bad token',
        (headers) => call(app.port, { path: THINGS, headers: { ...headers, authorization: 'Bearer x' } }),
      ],
      ['a malformed body', (headers) => post(app.port, THINGS, '{', headers)],
      ['a body of another type', (headers) => post(app.port, THINGS, '{}', { ...headers, 'content-type': 'text/csv' })],
      [
        'an expectation that nobody meets',
        (headers) => call(app.port, { path: THINGS, headers: { ...headers, expect: 'miracles' } }),
      ],
      ['an OPTIONS request', (headers) => call(app.port, { method: 'OPTIONS', path: THINGS, headers })],
      ['a page outside of the API', (headers) => call(app.port, { path: '/none', headers })],
    ];

    it.each(failing)('where he stands, on the answer to %s, and turn it away in the end', async (_what, send) => {
      const headers = somewhere();
      const first = await send(headers);
      expect(first.headers['ratelimit-policy']).toBe('"address";q=20;w=60');
      expect(parsedList(first.headers.ratelimit)).toMatchObject({ address: { r: 19 } });
      const answers = await burst([app], 20, { path: `${THINGS}/open`, headers });
      expect(statuses(answers)).toEqual({ 200: 19, 429: 1 });
      expectErrorEnvelope(await send(headers), 'RATE_LIMIT_EXCEEDED');
    });

    it('what the limit is, and when to come back', async () => {
      const headers = somewhere();
      await burst([app], 20, { path: `${THINGS}/open`, headers });
      const answer = await call(app.port, { path: `${THINGS}/open`, headers });
      expect(expectErrorEnvelope(answer, 'RATE_LIMIT_EXCEEDED').details).toEqual({ limit: 20, window_seconds: 60 });
      const { r, t } = parsedList(answer.headers.ratelimit).address ?? {};
      expect({ r, t }).toEqual({ r: 0, t: Number(answer.headers['retry-after']) });
      expect(t).toBeGreaterThan(40);
    });

    it('nothing that was not so while the process drains', async () => {
      const headers = await someone();
      const leaving = await startLimitedApp(redis.url);
      await call(leaving.port, { path: THINGS, headers });
      leaving.drain.refuse();
      const answer = await call(leaving.port, { path: THINGS, headers });
      expectErrorEnvelope(answer, 'SYSTEM_SHUTTING_DOWN');
      expect(parsedList(answer.headers.ratelimit)).toMatchObject({ default: { r: 99 } });
      await leaving.close();
    });
  });

  it('verify no token they have not seen for a request that is turned away anyway', async () => {
    const leaving = await startLimitedApp(redis.url);
    const verify = jest.spyOn(leaving.app.get(TokenVerifier, { strict: false }), 'verify');
    leaving.drain.refuse();
    const answer = await call(leaving.port, { path: THINGS, headers: await someone() });
    await leaving.close();
    expectErrorEnvelope(answer, 'SYSTEM_SHUTTING_DOWN');
    expect(answer.headers['ratelimit-policy']).toBe('"address";q=20;w=60');
    expect(verify).not.toHaveBeenCalled();
  });

  it('begin anew when the window turns, as Retry-After says', async () => {
    const quick = await startLimitedApp(redis.url, { routes: { dear: { limit: 2, windowMs: 4_000 } } });
    const options = { path: `${THINGS}/dear`, headers: await someone() };
    const answers = await burst([quick], 4, options, 1);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429, 429]);
    const seconds = Number(answers[3]?.headers['retry-after']);
    expect(seconds).toBeLessThanOrEqual(4);
    await sleep(seconds * 1_000);
    expect((await call(quick.port, options)).status).toBe(200);
    await quick.close();
  });

  it('are for each user, and each address, alone', async () => {
    const headers = somewhere();
    await burst([app], 21, { path: `${THINGS}/open`, headers });
    const user = { ...(await someone()), ...headers };
    expect((await call(app.port, { path: THINGS, headers: user })).status).toBe(200);
    expect((await call(app.port, { path: `${THINGS}/open`, headers: somewhere() })).status).toBe(200);
  });

  it('take all addresses of an IPv6 network for one', async () => {
    for (let i = 0; i < 20; i++) {
      await call(app.port, { path: `${THINGS}/open`, headers: { 'x-forwarded-for': `2001:db8::${i + 1}` } });
    }
    const answer = await call(app.port, { path: `${THINGS}/open`, headers: { 'x-forwarded-for': '2001:db8::ffff' } });
    expect(answer.status).toBe(429);
  });

  it('of a route can be changed, and lifted, by the decorators of the library', async () => {
    const headers = await someone();
    expect(statuses(await burst([app], 30, { path: `${THINGS}/cheap`, headers }))).toEqual({ 200: 30 });
    const answers = await burst(both, 6, { path: `${THINGS}/dearest`, headers });
    expect(statuses(answers)).toEqual({ 200: 2, 429: 4 });
    expect(answers[0]?.headers['ratelimit-policy']).toBe('"dear";q=2;w=60, "default";q=100;w=60');
  });

  it('that no settings know are a bug, and no free pass', async () => {
    expectErrorEnvelope(
      await call(app.port, { path: `${THINGS}/misnamed`, headers: await someone() }),
      'INTERNAL_SERVER_ERROR',
    );
  });

  it('never hold back a probe', async () => {
    const answers = await burst([app], 100, { path: `${THINGS}/probe`, headers: somewhere() });
    expect(statuses(answers)).toEqual({ 200: 100 });
    expect(answers[0]?.headers).not.toHaveProperty('ratelimit');
  });

  describe('for mistakes', () => {
    it('shut out a caller who goes on failing, and only him', async () => {
      const headers = await someone();
      const answers = await burst([app], 10, { path: `${THINGS}/none`, headers }, 1);
      expect(statuses(answers)).toEqual({ 404: 10 });
      const refused = await call(app.port, { path: THINGS, headers });
      const { details } = expectErrorEnvelope(refused, 'ERROR_RATE_EXCEEDED');
      expect(details).toEqual({ limit: 10, window_seconds: 60 });
      expect(refused.headers['ratelimit-policy']).toBe('"errors";q=10;w=60, "default";q=100;w=60');
      expect(parsedList(refused.headers.ratelimit)).toMatchObject({ errors: { r: 0 }, default: { r: 90 } });
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(40);
      expect((await call(app.port, { path: THINGS, headers: await someone() })).status).toBe(200);
    });

    it('count those that were on their way at once, too', async () => {
      const headers = { ...(await someone()), 'content-type': 'application/json' };
      const answers = await burst([app], 40, { method: 'POST', path: THINGS, headers, body: '{"number":"x"}' }, 40);
      expect(statuses(answers)).toEqual({ 400: 10, 429: 30 });
    });

    const mistakes: ReadonlyArray<readonly [number, HttpCall]> = [
      [400, { method: 'POST', path: THINGS, body: '{' }],
      [403, { path: `${THINGS}/closed` }],
      [404, { path: `${THINGS}/none` }],
      [405, { method: 'PUT', path: THINGS }],
      [413, { method: 'POST', path: THINGS, body: `"${'x'.repeat(2 * 1024 * 1024)}"` }],
      [415, { method: 'POST', path: THINGS, body: 'a,b', headers: { 'content-type': 'text/csv' } }],
    ];

    it.each(mistakes)('count answers of %d', async (status, request) => {
      const user = { 'content-type': 'application/json', ...(await someone()) };
      const answers = await burst([app], 10, { ...request, headers: { ...user, ...request.headers } }, 1);
      expect(statuses(answers)).toEqual({ [status]: 10 });
      expectErrorEnvelope(await call(app.port, { path: THINGS, headers: user }), 'ERROR_RATE_EXCEEDED');
    });

    it('count answers of 401, by address', async () => {
      const headers = { ...somewhere(), authorization: 'Bearer nonsense' };
      expect(statuses(await burst([app], 10, { path: THINGS, headers }, 1))).toEqual({ 401: 10 });
      expectErrorEnvelope(await call(app.port, { path: THINGS, headers }), 'ERROR_RATE_EXCEEDED');
      const user = { ...headers, ...(await someone()) };
      expect((await call(app.port, { path: THINGS, headers: user })).status).toBe(200);
    });

    it('count neither 422 nor 429', async () => {
      const headers = await someone();
      const refused = await burst([app], 30, { path: `${THINGS}/refused`, headers });
      expect(statuses(refused)).toEqual({ 422: 30 });
      const dear = await burst([app], 40, { path: `${THINGS}/dear`, headers });
      expect(statuses(dear)).toEqual({ 200: 20, 429: 20 });
      expect((await call(app.port, { path: THINGS, headers })).status).toBe(200);
    });
  });

  it('log the first rejection of a window, without the address', async () => {
    app.logs.clear();
    const headers = somewhere();
    await burst([app], 30, { path: `${THINGS}/open`, headers });
    await burst([app], 30, { path: `${THINGS}/dear`, headers: await someone() });
    expect(app.logs.named('rate_limit_exceeded')).toMatchObject([
      { policy: 'address', caller: 'address', limit: 20, window_seconds: 60 },
      { policy: 'dear', caller: 'user', user: expect.any(String) as string },
    ]);
    expect(app.logs.text).not.toContain(headers['x-forwarded-for']);
  });

  it('count what they admit and reject', async () => {
    const limiter = app.app.get(RateLimiter);
    const before = limiter.report().policies.dear;
    await burst([app], 30, { path: `${THINGS}/dear`, headers: await someone() });
    const { policies, shared } = limiter.report();
    expect(policies.dear).toEqual({
      admitted: (before?.admitted ?? 0) + 20,
      rejected: (before?.rejected ?? 0) + 10,
    });
    expect(shared).toMatchObject({ failures: 0, decided_alone: 0 });
    expect(shared.leases).toBeGreaterThan(20);
  });
});
