import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorEnvelope, QUEUE_PREFIX, RedisProcess } from '@app/common';
import {
  type AnyResponse,
  expectErrorEnvelope,
  expectSuccessEnvelope,
  startTestRedis,
  TEST_SECRET,
  type TestRedis,
  tokenFor,
} from '@app/common/testing';
import { Redis } from 'ioredis';
import type { ImportReceiptAnswer } from '../../src/api/imports/imports.answers';
import { exportXml, manyRecords } from '../fixtures/health-export';
import { dataOf, type ImportsApp, ImportsClient, startImportsApp } from './support/imports-app';

jest.setTimeout(90_000);

const RECORDS = 80_000;
const small = exportXml(manyRecords(50));
let large: string;
let directory: string;

beforeAll(() => {
  large = exportXml(manyRecords(RECORDS));
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wellness-outage-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** A Redis that keeps its data over restarts. */
async function durableRedis(): Promise<TestRedis & { restart(): Promise<void>; down(): Promise<void> }> {
  const socket = join(directory, 'r.sock');
  const options = { directory, socket, args: ['--save', '', '--appendonly', 'yes', '--appendfsync', 'always'] };
  let server = await RedisProcess.start(options);
  return {
    url: server.url,
    get server() {
      return server;
    },
    stop: () => server.stop(),
    down: () => server.stop(),
    restart: async () => {
      server = await RedisProcess.start(options);
    },
  };
}

async function begin(client: ImportsClient, content: string): Promise<ImportReceiptAnswer> {
  return expectSuccessEnvelope<ImportReceiptAnswer>(await client.uploadRaw(content), 202);
}

async function stored(client: ImportsClient): Promise<unknown> {
  const { body } = await client.request('GET', '/health-data/metrics');
  return dataOf<{ metrics: { count: number }[] }>(body).metrics.map(({ count }) => count);
}

/** Whether the circuit is open by then is a matter of how much was tried before. */
function expectRedisAway(response: AnyResponse): void {
  const { code } = (response.body as ErrorEnvelope).error;
  expect(['REDIS_CONNECTION_FAILED', 'REDIS_CIRCUIT_OPEN']).toContain(code);
  expectErrorEnvelope(response, code);
}

describe('imports while Redis is away', () => {
  it('accepts an upload, says that it waits, and does it when Redis is back', async () => {
    const redis = await durableRedis();
    const running = await startImportsApp({ redis });
    try {
      await redis.down();
      const client = new ImportsClient(running.app, 'user-without-redis');
      const receipt = await begin(client, small);
      expect(receipt.status).toBe('waiting_for_redis');
      expect(await client.get(receipt.import_id)).toMatchObject({
        status: 'waiting_for_redis',
        file_bytes: Buffer.byteLength(small),
      });
      const stranger = new ImportsClient(running.app, 'user-who-is-curious');
      expectRedisAway(await stranger.request('GET', `/imports/${receipt.import_id}`));
      expectRedisAway(await client.uploadRaw(small, 'application/xml', { 'idempotency-key': 'k' }));
      expect(await running.spooled()).toEqual([receipt.import_id]);
      await redis.restart();
      expect(await endOf(client, receipt.import_id)).toMatchObject({ status: 'completed', result: { records: 50 } });
      expect(await stored(client)).toEqual([50]);
    } finally {
      await running.close();
      await redis.stop();
    }
  });

  it('starts without Redis, and imports when it comes', async () => {
    const redis = await durableRedis();
    await redis.down();
    const running = await startImportsApp({ redis });
    try {
      const client = new ImportsClient(running.app, 'user-of-a-late-redis');
      const { import_id } = await begin(client, small);
      // Longer than the first attempts to connect: those have failed.
      await sleep(1_500);
      await redis.restart();
      expect(await endOf(client, import_id)).toMatchObject({ status: 'completed', result: { records: 50 } });
    } finally {
      await running.close();
      await redis.stop();
    }
  });

  it('resumes an import by itself when Redis was away in the middle of it', async () => {
    const redis = await durableRedis();
    const running = await startImportsApp({ redis });
    try {
      const client = new ImportsClient(running.app, 'user-of-a-flaky-redis');
      const { import_id } = await begin(client, large);
      await client.until(import_id, ({ progress }) => progress.records_seen > 0);
      await redis.down();
      await client.until(import_id, ({ status }) => status === 'waiting_for_redis');
      await redis.restart();
      expect(await endOf(client, import_id)).toMatchObject({ status: 'completed', result: { records: RECORDS } });
      expect(await stored(client)).toEqual([RECORDS]);
      await running.spoolEmptied();
    } finally {
      await running.close();
      await redis.stop();
    }
  });

  it('keeps its word when Redis comes back without its data', async () => {
    const port = await freePort();
    const first = await RedisProcess.start({ directory, port, args: ['--save', ''] });
    const running = await startImportsApp({ redis: { url: first.url, server: first, stop: () => first.stop() } });
    let second: RedisProcess | undefined;
    try {
      const client = new ImportsClient(running.app, 'user-of-a-forgetful-redis');
      const { import_id } = await begin(client, large);
      await client.until(import_id, ({ progress }) => progress.records_seen > 0);
      await first.stop();
      second = await RedisProcess.start({ directory, port, args: ['--save', ''] });
      expect(await endOf(client, import_id)).toMatchObject({ status: 'completed', result: { records: RECORDS } });
      expect(await stored(client)).toEqual([RECORDS]);
    } finally {
      await running.close();
      await first.stop();
      await second?.stop();
    }
  });
});

describe('imports whose process ends', () => {
  it('are put back and done by the next process', async () => {
    const redis = await startTestRedis();
    const first = await startImportsApp({ redis, dataDir: directory });
    let second: ImportsApp | undefined;
    try {
      const { import_id } = await begin(new ImportsClient(first.app, 'user-of-a-restart'), large);
      await new ImportsClient(first.app, 'user-of-a-restart').until(
        import_id,
        ({ progress }) => progress.records_seen > 0,
      );
      await first.close();
      second = await startImportsApp({ redis, dataDir: directory });
      const client = new ImportsClient(second.app, 'user-of-a-restart');
      expect(await endOf(client, import_id)).toMatchObject({ status: 'completed', result: { records: RECORDS } });
      expect(await stored(client)).toEqual([RECORDS]);
    } finally {
      await second?.close();
      await redis.stop();
    }
  });

  it('are taken up by another process when theirs is killed', async () => {
    const redis = await startTestRedis();
    const port = await freePort();
    const victim = await startProcess({ REDIS_URL: redis.url, DATA_DIR: directory, PORT: String(port) });
    let survivor: ImportsApp | undefined;
    try {
      const bearer = async (sub: string, scopes?: readonly string[]): Promise<{ authorization: string }> => ({
        authorization: `Bearer ${await tokenFor(sub, scopes)}`,
      });
      const remote = new ImportsClient({ url: `http://127.0.0.1:${port}`, bearer }, 'user-of-a-killed-process');
      const { import_id } = await begin(remote, large);
      await remote.until(import_id, ({ progress }) => progress.records_seen > 0);
      victim.kill('SIGKILL');
      await once(victim, 'exit');
      await expireLock(redis.url, import_id);
      survivor = await startImportsApp({ redis, dataDir: directory });
      const client = new ImportsClient(survivor.app, 'user-of-a-killed-process');
      expect(await endOf(client, import_id)).toMatchObject({ status: 'completed', result: { records: RECORDS } });
      expect(await stored(client)).toEqual([RECORDS]);
      await survivor.spoolEmptied();
    } finally {
      victim.kill('SIGKILL');
      await survivor?.close();
      await redis.stop();
    }
  });
});

/** Polls through an outage: until Redis is back, nothing but the manifest answers. */
async function endOf(client: ImportsClient, importId: string): Promise<unknown> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const { body } = await client.request('GET', `/imports/${importId}`);
    const answer = dataOf<{ status: string } | null>(body);
    if (answer !== null && ['completed', 'failed', 'cancelled'].includes(answer.status)) return answer;
    if (Date.now() > deadline) throw new Error(`The import is still ${JSON.stringify(body)}`);
    await sleep(100);
  }
}

/** The application as it is shipped, as a process of its own. */
async function startProcess(environment: Record<string, string>): Promise<ChildProcess> {
  const fixed = { NODE_ENV: 'test', AUTH_JWT_SECRET: TEST_SECRET, SAMPLE_DATA: 'off', LOG_LEVEL: 'silent' };
  const child = spawn(process.execPath, ['dist/src/main.js'], { env: { ...fixed, ...environment }, stdio: 'ignore' });
  const deadline = Date.now() + 20_000;
  while (
    !(await fetch(`http://127.0.0.1:${environment.PORT}/health/live`).then(
      (response) => response.ok,
      () => false,
    ))
  ) {
    if (Date.now() > deadline || child.exitCode !== null) throw new Error('The application did not start');
    await sleep(100);
  }
  return child;
}

/** What happens by itself fifteen seconds after the death of a worker. */
async function expireLock(url: string, importId: string): Promise<void> {
  const client = new Redis(new URL(url).pathname);
  await client.del(`${QUEUE_PREFIX}:imports:${importId}:lock`);
  client.disconnect();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
