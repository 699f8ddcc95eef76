import { mkdtemp, rm } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  eventually,
  expectSuccessEnvelope,
  ReadinessProxy,
  startTestRedis,
  type TestRedis,
  TEST_SECRET,
  tokenFor,
} from '@app/common/testing';
import { call } from '../e2e/support/http';
import { ApplicationProcess } from '../support/application-process';
import { type LoadAnswer, type LoadCall, SteadyLoad } from '../support/steady-load';

const GRACE_MS = 1_500;
const NO_LIMITS = {
  RATE_LIMIT_USER_PER_MINUTE: '1000000',
  RATE_LIMIT_CHAT_PER_MINUTE: '1000000',
  RATE_LIMIT_ADDRESS_PER_MINUTE: '1000000',
};
/** For the rolling restart, which leaves two of them to others, and one more. */
const SPARES = 5;
const EXPORT = '<?xml version="1.0"?><HealthData locale="en_GB"></HealthData>';

// Each test starts processes of its own, which takes its time on a machine that is busy.
jest.setTimeout(150_000);

describe('under load', () => {
  let dataDir: string;
  let redis: TestRedis;
  let headers: Record<string, string>;
  let calls: LoadCall[];
  const processes: ApplicationProcess[] = [];
  /** Starting is what takes longest: they all start at the same time, and whoever is still whole afterwards is used again. */
  const spares: ApplicationProcess[] = [];

  beforeAll(async () => {
    redis = await startTestRedis();
    dataDir = await mkdtemp(join(tmpdir(), 'wellness-shutdown-'));
    for (let each = 0; each < SPARES; each++) spares.push(start());
    headers = { authorization: `Bearer ${await tokenFor('busy-user', ['health:read', 'health:write', 'chat'])}` };
    const json = { ...headers, 'content-type': 'application/json' };
    const message = JSON.stringify({ message: 'What can you do?' });
    calls = [
      { method: 'GET', path: '/api/v1/health-data/metrics', headers },
      { method: 'POST', path: '/api/v1/chat/stateless', headers: json, body: message },
      { method: 'GET', path: '/api/v1/imports', headers },
      { method: 'GET', path: '/errors' },
    ];
  });
  afterAll(async () => {
    await Promise.all(processes.map((each) => each.kill()));
    await redis.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const start = (): ApplicationProcess => {
    const application = ApplicationProcess.spawn({
      ...NO_LIMITS,
      LOG_LEVEL: 'info',
      ROLE: 'api',
      AUTH_JWT_SECRET: TEST_SECRET,
      DATA_DIR: dataDir,
      REDIS_URL: redis.url,
      SHUTDOWN_GRACE_MS: String(GRACE_MS),
      SHUTDOWN_TIMEOUT_MS: '10000',
    });
    processes.push(application);
    return application;
  };
  const take = (): ApplicationProcess => spares.shift() ?? start();

  it('replicas that are replaced one after the other fail nobody', async () => {
    const old = [take(), take()];
    const ports = await Promise.all(old.map((each) => each.port()));
    const proxy = await ReadinessProxy.start(ports);
    await eventually(() => proxy.inService.length === 2);
    const load = new SteadyLoad(proxy.port, calls);
    const replacements = [take(), take()];
    for (const [index, replacement] of replacements.entries()) {
      const port = await replacement.port();
      proxy.add(port);
      await eventually(() => proxy.inService.includes(port));
      old[index]?.child.kill('SIGTERM');
      expect(await old[index]?.exitCode()).toBe(0);
    }
    await sleep(300);
    await load.stop();
    await proxy.stop();

    const failed = load.answers.filter(({ status }) => status < 200 || status >= 300);
    expect(failed).toEqual([]);
    expect(load.answers.length).toBeGreaterThan(100);
    // All of them had their share.
    const shares = [...old, ...replacements].map((each) => each.named('request_completed').length);
    expect(shares.every((share) => share > 0)).toBe(true);
    spares.push(...replacements);
  });

  it('a process that is told to end fails nobody, and says goodbye to those who listen', async () => {
    const application = take();
    const port = await application.port();
    const events = await listen(port, await queueImport(port));
    const load = new SteadyLoad(port, calls);
    const lives = watchLiveness(port);
    await sleep(1_000);
    const toldAt = Date.now();
    application.child.kill('SIGTERM');
    expect(await application.exitCode()).toBe(0);
    await load.ended();

    const isGood = ({ status }: LoadAnswer): boolean => status >= 200 && status < 300;
    const bad = load.answers.filter((answer) => !isGood(answer));
    expect(bad.map(({ status, code, failure }) => ({ status, code, failure }))).toEqual(
      bad.map(() => ({ status: 503, code: 'SYSTEM_SHUTTING_DOWN', failure: undefined })),
    );
    // Refused in the end, and not before the grace period was over.
    expect(bad.length).toBeGreaterThan(0);
    expect(Math.min(...bad.map(({ sentAt }) => sentAt)) - toldAt).toBeGreaterThanOrEqual(GRACE_MS - 100);
    expect(load.answers.filter((answer) => isGood(answer) && answer.sentAt > toldAt + 200).length).toBeGreaterThan(5);
    expect(bad.every((answer) => answer.headers.connection === 'close')).toBe(true);

    expect(await events.whole).toMatch(/event: error\ndata: \{"code":"SYSTEM_SHUTTING_DOWN".*\}\n\n$/);
    expect(new Set(await lives)).toEqual(new Set([200]));
    expect(application.stderr).toBe('');
    expect(application.named('request_failed')).toEqual([]);
  });

  it('a process that has nothing left to finish when its grace period is over cuts nobody off either', async () => {
    const application = take();
    const load = new SteadyLoad(await application.port(), calls);
    await sleep(500);
    application.child.kill('SIGTERM');
    expect(await application.exitCode()).toBe(0);
    await load.ended();
    const bad = load.answers.filter(({ status }) => status < 200 || status >= 300);
    expect(bad.filter(({ code }) => code !== 'SYSTEM_SHUTTING_DOWN')).toEqual([]);
  });

  it('a second signal ends it at once', async () => {
    const application = take();
    const load = new SteadyLoad(await application.port(), calls);
    await sleep(300);
    application.child.kill('SIGTERM');
    await application.event('application_stopping');
    const toldAt = Date.now();
    application.child.kill('SIGTERM');
    expect(await application.exitCode()).toBe(1);
    expect(Date.now() - toldAt).toBeLessThan(GRACE_MS);
    await load.ended();
  });

  /** An import that nobody works on, so that its events go on until something ends them. */
  async function queueImport(port: number): Promise<string> {
    const answer = await call(port, {
      method: 'POST',
      path: '/api/v1/imports',
      headers: { ...headers, 'content-type': 'application/xml' },
      body: EXPORT,
    });
    return expectSuccessEnvelope<{ import_id: string }>(answer, 202).import_id;
  }

  /** Opens a stream of events; `whole` is all that it said, once it has ended. */
  async function listen(port: number, importId: string): Promise<{ whole: Promise<string> }> {
    const path = `/api/v1/imports/${importId}/events`;
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get({ port, host: '127.0.0.1', path, headers, agent: false }, resolve).on('error', reject);
    });
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    const whole = new Promise<string>((resolve, reject) => {
      response.on('end', () => resolve(text)).on('error', reject);
    });
    return { whole };
  }
});

/**
 * Asks whether the process lives until nobody listens any more; resolves with what it said. The last to ask may have
 * come in the moment of its end.
 */
async function watchLiveness(port: number): Promise<Array<number | string>> {
  const said: Array<number | string> = [];
  for (;;) {
    try {
      said.push((await call(port, { path: '/health/live' })).status);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ECONNREFUSED') return said.at(-1) === 'ECONNRESET' ? said.slice(0, -1) : said;
      said.push(code ?? message);
    }
    await sleep(50);
  }
}
