import { mkdtemp, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expectErrorEnvelope, startTestRedis, type TestRedis, TEST_SECRET } from '@app/common/testing';
import { ApplicationProcess } from '../support/application-process';
import { call, type HttpAnswer } from './support/http';

const GRACE_MS = 600;
/** A request whose body is still coming is in flight. */
const SLOW_REQUEST =
  'POST /api/v1/chat/stateless HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{';

// Each test starts a process of its own, which takes its time on a machine that is busy.
jest.setTimeout(90_000);

describe('the process', () => {
  let dataDir: string;
  let redis: TestRedis;
  let application: ApplicationProcess;

  beforeAll(async () => {
    redis = await startTestRedis();
  });
  afterAll(() => redis.stop());
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'wellness-process-'));
  });
  afterEach(async () => {
    await application.kill();
    await rm(dataDir, { recursive: true, force: true });
  });

  const start = (environment: Readonly<Record<string, string>> = {}): ApplicationProcess => {
    application = ApplicationProcess.spawn({
      DATA_DIR: dataDir,
      REDIS_URL: redis.url,
      SHUTDOWN_GRACE_MS: String(GRACE_MS),
      ...environment,
    });
    return application;
  };

  const get = (port: number, path: string): Promise<HttpAnswer> => call(port, { path });

  it('does not start on a configuration that is wrong, and says all that is wrong with it, but no values', async () => {
    const app = start({ NODE_ENV: 'production', PORT: 'seventy', REDIS_URL: 'http://user:hunter2@host' });
    expect(await app.exitCode()).toBe(78);
    expect(app.stderr).toContain('PORT');
    expect(app.stderr).toContain('REDIS_URL');
    expect(app.stderr).not.toContain('hunter2');
  });

  it('does not start in production without a secret', async () => {
    const app = start({ NODE_ENV: 'production' });
    expect(await app.exitCode()).toBe(78);
    expect(app.stderr).toContain('AUTH_JWT_SECRET');
  });

  it('says in words that its port is taken, or its folder of no use', async () => {
    const taken = await start().port();
    const first = application;
    const second = start({ PORT: String(taken) });
    expect(await second.exitCode()).toBe(1);
    expect(second.stderr).toMatch(/^Port \d+ of 127\.0\.0\.1 is taken[^\n]*PORT[^\n]*\n$/);
    const third = start({ DATA_DIR: '/dev/null/data', REDIS_URL: '' });
    expect(await third.exitCode()).toBe(1);
    expect(third.stderr).toMatch(/^The folder DATA_DIR cannot be used: ENOTDIR[^\n]*\n$/);
    application = first;
  });

  it('starts while Redis is away', async () => {
    const port = await start({ REDIS_URL: 'redis://127.0.0.1:9', AUTH_JWT_SECRET: TEST_SECRET }).port();
    expect((await get(port, '/health/live')).status).toBe(200);
    expect((await get(port, '/health')).status).toBe(503);
  });

  it('makes a development secret that only its owner can read', async () => {
    await start().port();
    const { mode } = await stat(join(dataDir, 'dev-secret'));
    expect(mode & 0o777).toBe(0o600);
  });

  it('leaves, drains and ends on SIGTERM', async () => {
    const app = start();
    const port = await app.port();
    app.child.kill('SIGTERM');
    await app.event('application_stopping');
    const ready = await get(port, '/health/ready');
    const served = await get(port, '/errors');
    const live = await get(port, '/health/live');
    expect([ready.status, served.status, live.status]).toEqual([503, 200, 200]);
    expect(await app.exitCode()).toBe(0);
    expect(app.lines.at(-1)).toMatchObject({ event: 'application_stopped', exit_code: 0 });
  });

  it('finishes what is in flight and refuses what is new', async () => {
    const app = start({ SHUTDOWN_GRACE_MS: '0', BODY_RECEIVE_TIMEOUT_MS: '20000' });
    const port = await app.port();
    const slow = connect(port, '127.0.0.1');
    let answer = '';
    slow.on('data', (chunk) => (answer += chunk.toString('utf8')));
    slow.write(SLOW_REQUEST);
    await sleep(200);
    app.child.kill('SIGTERM');
    await app.event('application_stopping');
    await sleep(100);
    const refused = await get(port, '/errors');
    expectErrorEnvelope(refused, 'SYSTEM_SHUTTING_DOWN');
    expect(refused.headers.connection).toBe('close');
    slow.write('}');
    expect(await app.exitCode()).toBe(0);
    expect(answer).toContain('AUTH_TOKEN_MISSING');
    slow.destroy();
  });

  it('ends at once on a second signal', async () => {
    const app = start({ SHUTDOWN_GRACE_MS: '60000', SHUTDOWN_TIMEOUT_MS: '120000' });
    await app.port();
    app.child.kill('SIGTERM');
    await app.event('application_stopping');
    app.child.kill('SIGTERM');
    expect(await app.exitCode()).toBe(1);
  });

  it('survives a promise that nobody awaits, and logs it', async () => {
    const app = start();
    const port = await app.port();
    app.child.kill('SIGUSR2');
    const line = await app.event('promise_rejection_unhandled');
    expect(line).toMatchObject({
      level: 'error',
      err: { type: 'Error', stack: expect.stringContaining('misbehave') as string },
    });
    expect((await get(port, '/health/live')).status).toBe(200);
    expect(app.stdout).not.toContain('hunter2');
  });

  it('finishes what is in flight after an exception that nobody catches, and refuses what is new', async () => {
    const app = start();
    const port = await app.port();
    const slow = connect(port, '127.0.0.1');
    let answer = '';
    slow.on('data', (chunk) => (answer += chunk.toString('utf8')));
    slow.write(SLOW_REQUEST);
    await sleep(200);
    app.child.kill('SIGWINCH');
    await app.event('application_stopping');
    await sleep(100);
    expectErrorEnvelope(await get(port, '/errors'), 'SYSTEM_SHUTTING_DOWN');
    slow.write('}');
    expect(await app.exitCode()).toBe(1);
    expect(answer).toContain('AUTH_TOKEN_MISSING');
    expect(app.stderr).toBe('');
    slow.destroy();
  });

  it('ends with 1 when an exception that nobody catches comes during a shutdown', async () => {
    const app = start();
    await app.port();
    app.child.kill('SIGTERM');
    await app.event('application_stopping');
    app.child.kill('SIGWINCH');
    expect(await app.exitCode()).toBe(1);
    expect(app.lines.at(-1)).toMatchObject({ event: 'application_stopped', exit_code: 1 });
  });

  it('ends in good order after an exception that nobody catches', async () => {
    const app = start();
    await app.port();
    app.child.kill('SIGWINCH');
    expect(await app.exitCode()).toBe(1);
    const names = app.lines.map(({ event }) => event);
    expect(names).toEqual(
      expect.arrayContaining(['exception_uncaught', 'application_stopping', 'application_stopped']),
    );
  });
});
