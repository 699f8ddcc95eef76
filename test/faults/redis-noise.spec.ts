import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RedisProcess } from '@app/common';
import { eventually, TEST_SECRET, tokenFor } from '@app/common/testing';
import { call, post } from '../e2e/support/http';
import { ApplicationProcess } from '../support/application-process';

/** Long enough for several attempts of everything that tries again. */
const OUTAGE_MS = 2_500;

describe('whatever Redis does, the drivers', () => {
  let directory: string;
  let redis: RedisProcess | undefined;
  let application: ApplicationProcess;
  let httpPort: number;
  let redisPort: number;
  let authorization: string;

  // One process goes through all of it: what one outage leaves behind must not show in the next.
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'wellness-noise-'));
    redisPort = await freePort();
    let liar = await startLiar(redisPort);
    authorization = `Bearer ${await tokenFor('noisy-user', ['health:read', 'health:write', 'chat'])}`;
    application = ApplicationProcess.spawn({
      AUTH_JWT_SECRET: TEST_SECRET,
      NODE_ENV: 'production',
      DATA_DIR: join(directory, 'data'),
      REDIS_URL: `redis://127.0.0.1:${redisPort}`,
      REDIS_BREAKER_OPEN_MS: '300',
      SHUTDOWN_GRACE_MS: '0',
    });
    httpPort = await application.port();
    await outage();
    await liar.stop();
    await outage();
    await startRedis();
    redis?.signal('SIGSTOP');
    await outage();
    redis?.signal('SIGCONT');
    await healthy();
    redis?.signal('SIGKILL');
    await redis?.exited();
    liar = await startLiar(redisPort);
    await outage();
    await liar.stop();
    await startRedis();
    // The queue comes back in its own time, and says its piece then.
    await eventually(() => application.named('library_printed').length > 0, 60_000);
    application.child.kill('SIGTERM');
    await application.exitCode();
  }, 120_000);
  afterAll(async () => {
    await application.kill();
    await redis?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const startRedis = async (): Promise<void> => {
    // The queue's library has something to say about this policy, whenever it connects.
    const args = ['--save', '', '--appendonly', 'no', '--maxmemory-policy', 'allkeys-lru'];
    redis = await RedisProcess.start({ directory, port: redisPort, args });
    await healthy();
  };
  const healthy = (): Promise<void> =>
    eventually(async () => (await call(httpPort, { path: '/health/ready' })).status === 200);

  /** A little of everything that goes to Redis, while it is away. */
  async function outage(): Promise<void> {
    for (const until = Date.now() + OUTAGE_MS; Date.now() < until; await sleep(100)) {
      const headers = { authorization, 'x-request-timeout-ms': '1500' };
      await Promise.all([
        call(httpPort, { path: '/api/v1/health-data/metrics', headers }),
        call(httpPort, { path: '/health/ready' }),
        post(httpPort, '/api/v1/chat/stateless', { message: 'How many steps today?' }, headers),
        call(httpPort, {
          method: 'POST',
          path: '/api/v1/imports',
          headers: { ...headers, 'content-type': 'application/xml' },
          body: '<?xml version="1.0"?><HealthData locale="en_GB"></HealthData>',
        }),
      ]);
    }
  }

  it('print nothing of their own', () => {
    expect(application.stderr).toBe('');
    const strangers = application.stdout.split('\n').filter((line) => line !== '' && !isEvent(line));
    expect(strangers).toEqual([]);
    expect(application.named('library_printed')).not.toEqual([]);
  });

  it('leave no promise that nobody awaits, and no exception that nobody catches', () => {
    expect(application.named('promise_rejection_unhandled')).toEqual([]);
    expect(application.named('exception_uncaught')).toEqual([]);
  });

  it('give away no address', () => {
    expect(application.stdout).not.toContain(`:${redisPort}`);
  });

  it('do not end the process, nor keep it from ending well', () => {
    expect(application.child.exitCode).toBe(0);
    expect(application.lines.at(-1)).toMatchObject({ event: 'application_stopped', exit_code: 0 });
  });
});

function isEvent(line: string): boolean {
  try {
    const { level, event } = JSON.parse(line) as Record<string, unknown>;
    return typeof level === 'string' && typeof event === 'string';
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Something that listens where Redis should, and answers with bytes that mean nothing. */
async function startLiar(port: number): Promise<{ stop(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.on('data', () => socket.write(randomBytes(64)));
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    stop: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
