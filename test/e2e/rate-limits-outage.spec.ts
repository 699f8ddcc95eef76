import { setTimeout as sleep } from 'node:timers/promises';
import { RedisProcess } from '@app/common';
import { expectErrorEnvelope, startTestRedis, type TestApp, type TestRedis } from '@app/common/testing';
import { Redis } from 'ioredis';
import { call, type HttpAnswer } from './support/http';
import { burst, parsedList, startLimitedApp, statuses } from './support/limited-app';

const THINGS = '/api/v1/things';
const WAIT_MS = 500;
/** Callers are shared again one after the other; by then the last one is. */
const RETURN_MS = 2_000;
/** What a request may take at most while Redis is silent: one wait, and a busy machine. */
const PATIENCE_MS = 10 * WAIT_MS;

describe('rate limits without Redis', () => {
  let redis: TestRedis;
  let server: RedisProcess;
  let app: TestApp;
  let callers = 0;

  beforeEach(async () => {
    redis = await startTestRedis();
    server = redis.server;
    app = await startLimitedApp(redis.url, { sharedWaitMs: WAIT_MS });
    // The counts are shared to begin with.
    await call(app.port, { path: THINGS, headers: await someone() });
  });
  afterEach(async () => {
    await app.close();
    await server.stop();
    await redis.stop();
  });

  const someone = async (): Promise<Record<string, string>> => app.bearer(`user-${++callers}`, ['health:read']);
  const restart = async (args: readonly string[] = []): Promise<void> => {
    const socket = decodeURIComponent(new URL(redis.url).pathname);
    const directory = socket.slice(0, socket.lastIndexOf('/'));
    server = await RedisProcess.start({ directory, socket, args: ['--save', '', ...args] });
  };

  const outages: ReadonlyArray<readonly [string, () => Promise<void> | void]> = [
    ['killed', async () => (redis.server.signal('SIGKILL'), redis.server.exited())],
    ['silent', () => redis.server.signal('SIGSTOP')],
    ['full', () => admin((client) => client.config('SET', 'maxmemory', '1'))],
    ['a replica that takes no writes', () => admin((client) => client.replicaof('127.0.0.1', 1))],
    ['asking for a password', () => admin((client) => lock(client))],
  ];

  const admin = async (act: (client: Redis) => Promise<unknown>): Promise<void> => {
    const client = new Redis(decodeURIComponent(new URL(redis.url).pathname));
    await act(client);
    client.disconnect();
  };
  const lock = async (client: Redis): Promise<void> => {
    await client.config('SET', 'requirepass', 'another');
    await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  };

  it.each(outages)('hold in each process, and make nobody wait: Redis is %s', async (_what, begin) => {
    await begin();
    const headers = await someone();
    const begun = performance.now();
    const first = await call(app.port, { path: `${THINGS}/dear`, headers });
    expect(performance.now() - begun).toBeLessThan(PATIENCE_MS);
    expect(first.status).toBe(200);
    expect(parsedList(first.headers.ratelimit)).toMatchObject({ dear: { r: 19 }, default: { r: 99 } });
    expect(statuses(await burst([app], 60, { path: `${THINGS}/dear`, headers }))).toEqual({ 200: 19, 429: 41 });
    expect(statuses(await burst([app], 99, { path: THINGS, headers }))).toEqual({ 200: 39, 429: 60 });
    const mistaken = await someone();
    await burst([app], 10, { path: `${THINGS}/none`, headers: mistaken }, 1);
    expectErrorEnvelope(await call(app.port, { path: THINGS, headers: mistaken }), 'ERROR_RATE_EXCEEDED');
    expect(app.logs.named('rate_limits_unshared')).toHaveLength(1);
  });

  it('never hold back a probe', async () => {
    redis.server.signal('SIGSTOP');
    const begun = performance.now();
    const answers = await burst([app], 200, { path: `${THINGS}/probe` });
    expect(statuses(answers)).toEqual({ 200: 200 });
    expect((performance.now() - begun) / 200).toBeLessThan(WAIT_MS);
  });

  it('keep hardly anybody waiting while it stays silent', async () => {
    redis.server.signal('SIGSTOP');
    const waits: number[] = [];
    for (let i = 0; i < 40; i++) {
      const headers = await someone();
      const begun = performance.now();
      await call(app.port, { path: THINGS, headers });
      waits.push(performance.now() - begun);
      await sleep(60);
    }
    expect(waits.filter((ms) => ms >= WAIT_MS).length).toBeLessThanOrEqual(2);
  });

  describe('and when it is back', () => {
    const both = async (path: string, headers: Record<string, string>): Promise<HttpAnswer[]> => {
      const other = await startLimitedApp(redis.url);
      const answers = await burst([other], 60, { path, headers });
      await other.close();
      return answers;
    };
    /** Until this process shares all counts again; the first request after the pause tries, the next ones find out. */
    const shared = async (): Promise<void> => {
      const until = Date.now() + 10_000;
      while (app.logs.named('rate_limits_shared').length === 0) {
        if (Date.now() > until) throw new Error('The counts are not shared again');
        await call(app.port, { path: THINGS, headers: await someone() });
        await sleep(50);
      }
      await sleep(RETURN_MS);
    };

    it('share again what was counted meanwhile', async () => {
      const headers = await someone();
      const path = `${THINGS}/dear`;
      await burst([app], 5, { path, headers });
      redis.server.signal('SIGSTOP');
      expect(statuses(await burst([app], 10, { path, headers }))).toEqual({ 200: 10 });
      redis.server.signal('SIGCONT');
      await shared();
      expect((await call(app.port, { path, headers })).status).toBe(200);
      expect(statuses(await both(path, headers))).toEqual({ 200: 4, 429: 56 });
    });

    it('go on counting where they were when it comes back empty', async () => {
      const headers = await someone();
      const path = `${THINGS}/dear`;
      await burst([app], 15, { path, headers });
      redis.server.signal('SIGKILL');
      await redis.server.exited();
      await call(app.port, { path, headers });
      await restart();
      await shared();
      await call(app.port, { path, headers });
      expect(statuses(await both(path, headers))).toEqual({ 200: 3, 429: 57 });
    });
  });
});
