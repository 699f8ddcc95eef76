import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Probe, Public, RawResponse, RedisModule, RedisProcess } from '@app/common';
import {
  createTestApp,
  eventually,
  expectErrorEnvelope,
  expectSuccessEnvelope,
  startTestRedis,
  type TestApp,
  type TestRedis,
  tokenFor,
} from '@app/common/testing';
import { Controller, Get, VERSION_NEUTRAL } from '@nestjs/common';
import { AdminApiModule } from '../../src/api/admin/admin-api.module';
import { call, type HttpAnswer } from './support/http';

const PATH = '/api/v1/admin/maintenance';
const OPERATOR = 'operator-7';
const MINUTE_MS = 60_000;

interface Report {
  readonly active: boolean;
  readonly shared: boolean;
  readonly [field: string]: unknown;
}

@Public()
@Controller({ path: 'things', version: '1' })
class ThingsController {
  started = 0;
  private release: (() => void) | undefined;

  @Get()
  list(): string[] {
    return [];
  }

  @Get('held')
  async held(): Promise<string> {
    this.started += 1;
    await new Promise<void>((resolve) => (this.release = resolve));
    return 'done';
  }

  @Probe()
  @RawResponse()
  @Get('probe')
  probe(): string {
    return 'alive';
  }

  finish(): void {
    this.release?.();
  }
}

@Public()
@RawResponse()
@Controller({ path: 'pages', version: VERSION_NEUTRAL })
class PagesController {
  @Get()
  page(): string {
    return 'a page';
  }
}

describe('maintenance', () => {
  let redis: TestRedis;
  let restarted: RedisProcess | undefined;
  let authorization: string;
  const replicas: TestApp[] = [];

  beforeAll(async () => {
    authorization = `Bearer ${await tokenFor(OPERATOR, ['admin'])}`;
  });
  beforeEach(async () => {
    redis = await startTestRedis();
  });
  afterEach(async () => {
    await Promise.all(replicas.splice(0).map((app) => app.close()));
    await restarted?.stop();
    restarted = undefined;
    await redis.stop();
  });

  const start = async (): Promise<TestApp> => {
    const guard = { breaker: { threshold: 5, openMs: 200 } };
    const settings = { url: redis.url, connectTimeoutMs: 500, commandTimeoutMs: 500, guard };
    const app = await createTestApp({
      imports: [RedisModule.forRootAsync({ useFactory: () => settings }), AdminApiModule],
      controllers: [ThingsController, PagesController],
      unprefixed: ['pages'],
    });
    replicas.push(app);
    return app;
  };
  const things = (app: TestApp): Promise<HttpAnswer> => call(app.port, { path: '/api/v1/things' });
  const put = (app: TestApp, wanted: object, headers: object = {}): Promise<HttpAnswer> =>
    call(app.port, {
      method: 'PUT',
      path: PATH,
      headers: { authorization, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(wanted),
    });
  const set = async (app: TestApp, wanted: object): Promise<Report> => expectSuccessEnvelope(await put(app, wanted));
  const read = async (app: TestApp): Promise<Report> =>
    expectSuccessEnvelope(await call(app.port, { path: PATH, headers: { authorization } }));
  const isClosed = async (app: TestApp): Promise<boolean> => (await things(app)).status === 503;
  const restartRedis = async (): Promise<void> => {
    const socket = decodeURIComponent(redis.url.slice('unix://'.length));
    const args = ['--save', '', '--appendonly', 'no'];
    restarted = await RedisProcess.start({ directory: dirname(socket), socket, args });
  };
  const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();

  it('is for operators', async () => {
    const app = await start();
    const other = { authorization: `Bearer ${await tokenFor('somebody', ['health:read', 'chat'])}` };
    expectErrorEnvelope(await call(app.port, { path: PATH }), 'AUTH_TOKEN_MISSING');
    expectErrorEnvelope(await call(app.port, { path: PATH, headers: other }), 'AUTH_SCOPE_FORBIDDEN');
    expectErrorEnvelope(await put(app, { active: true }, other), 'AUTH_SCOPE_FORBIDDEN');
    expectSuccessEnvelope(await things(app));
  });

  it('closes the API with a word to its callers, and opens it again', async () => {
    const app = await start();
    expect(await read(app)).toEqual({
      active: false,
      message: null,
      until: null,
      retry_after_seconds: null,
      changed_at: null,
      changed_by: null,
      shared: true,
    });
    const message = 'Moving to a new data store';
    expect(await set(app, { active: true, message, retry_after_seconds: 120 })).toMatchObject({
      active: true,
      message,
      changed_by: 'op***-7',
      shared: true,
    });
    const closed = await things(app);
    expect(expectErrorEnvelope(closed, 'SYSTEM_MAINTENANCE_ACTIVE').details).toEqual({ message });
    expect(closed.headers['retry-after']).toBe('120');
    expectErrorEnvelope(await call(app.port, { path: '/api/v1/no/such/thing' }), 'SYSTEM_MAINTENANCE_ACTIVE');
    expect(await set(app, { active: false })).toMatchObject({ active: false, message: null });
    expectSuccessEnvelope(await things(app));
  });

  it('spares probes, operators, the pages at the root, and what is in progress', async () => {
    const app = await start();
    const controller = app.app.get(ThingsController);
    const held = call(app.port, { path: '/api/v1/things/held' });
    await eventually(() => controller.started === 1);
    await set(app, { active: true });
    expect((await call(app.port, { path: '/api/v1/things/probe' })).body).toBe('alive');
    expect((await call(app.port, { path: '/pages' })).body).toBe('a page');
    expectSuccessEnvelope(await call(app.port, { path: '/api/v1/admin/resilience', headers: { authorization } }));
    controller.finish();
    expect(expectSuccessEnvelope(await held)).toBe('done');
  });

  it('tells when it ends, and ends then by itself', async () => {
    const app = await start();
    const until = inMs(90 * MINUTE_MS);
    await set(app, { active: true, until, retry_after_seconds: 5 });
    const closed = await things(app);
    expect(expectErrorEnvelope(closed, 'SYSTEM_MAINTENANCE_ACTIVE').details).toEqual({ until });
    expect(Number(closed.headers['retry-after'])).toBeGreaterThan(90 * 60 - 30);
    await set(app, { active: true, until: inMs(1_000) });
    expect(await isClosed(app)).toBe(true);
    await eventually(async () => !(await isClosed(app)));
    expect((await read(app)).active).toBe(false);
    await eventually(() => app.logs.named('maintenance_ended').length === 1);
  });

  it.each([
    ['nothing to go by', {}, 'active'],
    ['a word that is no boolean', { active: 'yes' }, 'active'],
    ['an end in the past', { active: true, until: '2020-01-01T00:00:00Z' }, 'until'],
    ['an end without an offset', { active: true, until: '2099-01-01T00:00:00' }, 'until'],
    ['an end that is no time', { active: true, until: 'tomorrow' }, 'until'],
    ['a pause of no length', { active: true, retry_after_seconds: 0 }, 'retry_after_seconds'],
    ['a long story', { active: true, message: 'x'.repeat(201) }, 'message'],
    ['a field it does not know', { active: true, enabled: true }, 'enabled'],
  ])('does not take %s', async (_name, wanted, field) => {
    const app = await start();
    expect(expectErrorEnvelope(await put(app, wanted), 'VALIDATION_INVALID_INPUT').details.field).toBe(field);
    expectSuccessEnvelope(await things(app));
  });

  it('is the same for all replicas within seconds, and from the first request of one that is started later', async () => {
    const [one, other] = [await start(), await start()];
    await set(one, { active: true });
    await eventually(() => isClosed(other));
    expect(await isClosed(await start())).toBe(true);
    await set(other, { active: false });
    await eventually(async () => !(await isClosed(one)));
    // Who asks need not wait for that.
    await set(one, { active: true });
    expect((await read(other)).active).toBe(true);
  });

  it('is logged with who began and ended it, but not with the whole of his name', async () => {
    const app = await start();
    await set(app, { active: true });
    await set(app, { active: true, message: 'again' });
    await set(app, { active: false });
    expect(app.logs.named('maintenance_began')).toEqual([expect.objectContaining({ level: 'warn', by: 'op***-7' })]);
    expect(app.logs.named('maintenance_ended')).toEqual([expect.objectContaining({ level: 'info', by: 'op***-7' })]);
    expect(app.logs.text).not.toContain(OPERATOR);
    expect(app.logs.named('request_failed')).toEqual([]);
  });

  it('can be begun without Redis, says so, and reaches the others when Redis is back', async () => {
    const [one, other] = [await start(), await start()];
    await redis.server.stop();
    expect(await set(one, { active: true })).toMatchObject({ active: true, shared: false });
    expect([await isClosed(one), await isClosed(other)]).toEqual([true, false]);
    expect((await read(one)).shared).toBe(false);
    await restartRedis();
    await eventually(() => isClosed(other));
    expect(await read(one)).toMatchObject({ active: true, shared: true });
  });

  it('holds while Redis hangs', async () => {
    const app = await start();
    await set(app, { active: true });
    redis.server.signal('SIGSTOP');
    await sleep(2_500);
    expect(await isClosed(app)).toBe(true);
    expect(await set(app, { active: false })).toMatchObject({ active: false, shared: false });
    expect(await isClosed(app)).toBe(false);
    redis.server.signal('SIGCONT');
    await eventually(async () => (await read(app)).shared);
    expect((await read(app)).active).toBe(false);
  });

  it('survives the loss of all that Redis had, as long as one replica knows', async () => {
    const app = await start();
    await set(app, { active: true, message: 'for long' });
    await redis.server.stop();
    await restartRedis();
    await eventually(async () => (await read(app)).shared);
    expect(await isClosed(app)).toBe(true);
    expect(await read(await start())).toMatchObject({ active: true, message: 'for long' });
  });

  it('is what was said last, when several replicas were told different things without Redis', async () => {
    const [one, other] = [await start(), await start()];
    await redis.server.stop();
    await set(one, { active: true, message: 'first' });
    await sleep(5);
    await set(other, { active: true, message: 'second' });
    await restartRedis();
    const messages = async (): Promise<unknown[]> => [(await read(one)).message, (await read(other)).message];
    await eventually(async () => (await messages()).every((message) => message === 'second'));
    expect([await isClosed(one), await isClosed(other)]).toEqual([true, true]);
  });

  it('does not keep a replica from starting while Redis is away', async () => {
    await redis.server.stop();
    const app = await start();
    expectSuccessEnvelope(await things(app));
    expect(await read(app)).toMatchObject({ active: false, shared: false });
    await restartRedis();
    await eventually(async () => (await read(app)).shared);
  });
});
