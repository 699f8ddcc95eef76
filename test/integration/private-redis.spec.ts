import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { hangUp, type PrivateRedis, RedisProcess, redisOptions, startPrivateRedis } from '@app/common';
import { Redis } from 'ioredis';

const APP = join(__dirname, '..', 'fixtures', 'private-redis-app.cjs');
const LONG = 20_000;

let folder: string;
let started: PrivateRedis[];
let apps: ChildProcess[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wellness-private-'));
  started = [];
  apps = [];
});

afterEach(async () => {
  for (const app of apps) app.kill('SIGKILL');
  // What a test left running on purpose is taken over, and then ended.
  if (apps.length > 0) await begin(folder).catch(() => undefined);
  for (const redis of started) await redis.stop();
  await rm(folder, { recursive: true, force: true });
});

async function begin(dataDir = folder, events?: PrivateRedis['events']): Promise<PrivateRedis> {
  const redis = await startPrivateRedis({ dataDir, events });
  started.push(redis);
  return redis;
}

interface App {
  readonly process: ChildProcess;
  readonly url: string;
  readonly pid: number;
  readonly error?: string;
}

async function beginApp(environment: NodeJS.ProcessEnv = process.env): Promise<App> {
  const child = spawn(process.execPath, [APP, folder], { stdio: ['ignore', 'pipe', 'inherit'], env: environment });
  apps.push(child);
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { process: child, ...(JSON.parse(line) as { url: string; pid: number }) };
}

async function end(app: App, signal: NodeJS.Signals): Promise<void> {
  const ended = once(app.process, 'exit');
  app.process.kill(signal);
  await ended;
}

async function ask<T>(url: string, question: (client: Redis) => Promise<T>): Promise<T> {
  const settings = { url, connectTimeoutMs: 2_000, commandTimeoutMs: 2_000 };
  const client = new Redis({ ...redisOptions(settings, 'commands'), retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await question(client);
  } finally {
    hangUp(client);
  }
}

const put = (url: string, value: string): Promise<string> => ask(url, (client) => client.set('key', value));
const read = (url: string): Promise<string | null> => ask(url, (client) => client.get('key'));

/** Whether a process is there; one that has ended and that nobody has reaped is not. */
function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  const limit = Date.now() + LONG;
  while (!(await what())) {
    if (Date.now() > limit) throw new Error('it never came true');
    await sleep(25);
  }
}

async function incrementalFile(): Promise<string> {
  const files = await readdir(join(folder, 'redis', 'appendonlydir'));
  return join(folder, 'redis', 'appendonlydir', files.find((name) => name.endsWith('.incr.aof')) ?? '');
}

describe('a private Redis', () => {
  it('is reachable by this user alone, keeps everything, and evicts nothing', async () => {
    const redis = await begin();
    const settings = await ask(redis.url, async (client) => {
      const names = ['port', 'appendonly', 'appendfsync', 'maxmemory-policy', 'aof-load-truncated', 'dir'];
      return Promise.all(names.map(async (name) => (await client.config('GET', name))[1]));
    });
    expect(settings).toEqual(['0', 'yes', 'everysec', 'noeviction', 'yes', join(folder, 'redis')]);
    expect((await stat(join(folder, 'redis'))).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, 'redis', 'redis.sock'))).mode & 0o077).toBe(0);
  });

  it('ends with its application, and the next start has the data', async () => {
    const first = await begin();
    await put(first.url, 'kept');
    const { pid } = first;
    await first.stop();
    expect(isRunning(pid)).toBe(false);
    const second = await begin();
    expect(second.pid).not.toBe(pid);
    expect(await read(second.url)).toBe('kept');
  });

  it('can be stopped twice', async () => {
    const redis = await begin();
    await redis.stop();
    await expect(redis.stop()).resolves.toBeUndefined();
  });

  it('survives the kill of its application and is taken over by the next one, which ends it', async () => {
    const crashed = await beginApp();
    await put(crashed.url, 'kept');
    await end(crashed, 'SIGKILL');
    expect(isRunning(crashed.pid)).toBe(true);
    const next = await begin();
    expect(next.pid).toBe(crashed.pid);
    expect(await read(next.url)).toBe('kept');
    await next.stop();
    await until(async () => (await ask(next.url, (client) => client.ping()).catch(() => 'gone')) === 'gone');
  });

  it('is shared by a second application and ends with the last of them, whichever that is', async () => {
    const redis = await begin();
    const app = await beginApp();
    expect(app.pid).toBe(redis.pid);
    await end(app, 'SIGTERM');
    expect(await put(redis.url, 'still here')).toBe('OK');
    const later = await beginApp();
    await redis.stop();
    expect(await read(later.url)).toBe('still here');
    await end(later, 'SIGTERM');
    await expect(read(later.url)).rejects.toThrow();
  });

  it('is one server when several applications start at the same moment', async () => {
    const all = await Promise.all([begin(), begin(), begin(), begin(), beginApp(), beginApp()]);
    expect(new Set(all.map(({ pid }) => pid)).size).toBe(1);
  });

  it('is started again with its data when it is killed, and says so', async () => {
    const events = { info: jest.fn(), error: jest.fn() };
    const redis = await begin(folder, events);
    await put(redis.url, 'kept');
    const { pid } = redis;
    process.kill(pid, 'SIGKILL');
    await until(() => events.info.mock.calls.length === 2);
    expect(redis.pid).not.toBe(pid);
    expect(await read(redis.url)).toBe('kept');
    expect(events.info).toHaveBeenCalledWith('redis_private_restarted', { pid: redis.pid, restarts: 1 });
    expect(events.error).not.toHaveBeenCalled();
  });

  it('is started again once, and stays shared, when it is killed under two applications', async () => {
    const redis = await begin();
    const app = await beginApp();
    process.kill(app.pid, 'SIGKILL');
    const leases = async (): Promise<number> =>
      ask(redis.url, (client) => client.client('LIST') as Promise<string>).then(
        (list) => list.split('wellness-private-lease').length - 1,
        () => 0,
      );
    await until(async () => (await leases()) === 2);
    await redis.stop();
    expect(await put(app.url, 'still here')).toBe('OK');
  });

  it('loads what there is of an append-only file that was cut off', async () => {
    const first = await begin();
    await put(first.url, 'kept');
    await first.stop();
    const file = await incrementalFile();
    await appendFile(file, '*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$1000\r\nonly the begi');
    expect(await read((await begin()).url)).toBe('kept');
  });

  it('loads what there is when the tail of the append-only file is missing', async () => {
    const first = await begin();
    await put(first.url, 'kept');
    await put(first.url, 'lost');
    await first.stop();
    const file = await incrementalFile();
    await truncate(file, (await stat(file)).size - 3);
    expect(await read((await begin()).url)).toBe('kept');
  });

  it('is not misled by a socket, a pid file and a lock that a crash left behind', async () => {
    const first = await begin();
    await put(first.url, 'kept');
    await first.stop();
    const directory = join(folder, 'redis');
    const stale = await RedisProcess.start({ directory: folder, socket: join(directory, 'redis.sock') });
    stale.signal('SIGKILL');
    await stale.exited();
    // Ids are used again: this one belongs to a process that is alive and no Redis.
    await writeFile(join(directory, 'redis.pid'), `${process.pid}\n`);
    await writeFile(join(directory, 'start.lock'), `${stale.pid} of-a-dead-process`);
    expect(await read((await begin()).url)).toBe('kept');
  });

  it('ends a server of its own that hangs before it starts another one on the same files', async () => {
    const crashed = await beginApp();
    await put(crashed.url, 'kept');
    await end(crashed, 'SIGKILL');
    process.kill(crashed.pid, 'SIGSTOP');
    const next = await begin();
    expect(isRunning(crashed.pid)).toBe(false);
    expect(next.pid).not.toBe(crashed.pid);
    expect(await read(next.url)).toBe('kept');
  });

  it('ends a server that it cannot reach any more because its socket was removed', async () => {
    const crashed = await beginApp();
    await put(crashed.url, 'kept');
    await end(crashed, 'SIGKILL');
    await rm(join(folder, 'redis', 'redis.sock'));
    const next = await begin();
    expect(isRunning(crashed.pid)).toBe(false);
    expect(next.pid).not.toBe(crashed.pid);
    expect(await read(next.url)).toBe('kept');
  });

  it('leaves a Redis alone that is not its own', async () => {
    await (await begin()).stop();
    const foreign = await RedisProcess.start({ directory: folder, socket: join(folder, 'redis', 'redis.sock') });
    await expect(startPrivateRedis({ dataDir: folder })).rejects.toThrow(/not ours .* REDIS_URL/);
    expect(foreign.running).toBe(true);
    await foreign.stop();
  });

  it('does not take the place of something that listens there and does not answer', async () => {
    await (await begin()).stop();
    const silent = await RedisProcess.start({ directory: folder, socket: join(folder, 'redis', 'redis.sock') });
    silent.signal('SIGSTOP');
    await expect(startPrivateRedis({ dataDir: folder })).rejects.toThrow(/does not answer.* REDIS_URL/);
    await silent.stop();
  });

  it('listens at a short path when the data folder has a long one', async () => {
    const long = join(folder, 'a'.repeat(120));
    const redis = await begin(long);
    await put(redis.url, 'kept');
    const socket = decodeURIComponent(new URL(redis.url).pathname);
    expect(Buffer.byteLength(socket)).toBeLessThanOrEqual(103);
    expect((await stat(join(socket, '..'))).mode & 0o777).toBe(0o700);
    expect((await begin(long)).pid).toBe(redis.pid);
    for (const one of started) await one.stop();
    await rm(join(socket, '..'), { recursive: true });
  });

  it('is the same one by every spelling of its folder', async () => {
    const alias = `${folder}-alias`;
    await symlink(folder, alias);
    const redis = await begin();
    expect((await begin(alias)).pid).toBe(redis.pid);
    await rm(alias);
  });

  it('works in a folder whose name has spaces, quotes, percent signs and umlauts', async () => {
    const redis = await begin(join(folder, `my "data" 100%25 für'uns #1?`));
    await put(redis.url, 'kept');
    expect(await read(redis.url)).toBe('kept');
  });

  it('says how to install redis-server when it is not there', async () => {
    const app = await beginApp({ ...process.env, PATH: folder });
    expect(app.error).toMatch(/redis-server was not found.*apt-get install redis-server/);
  });

  it("fails with the server's own words when the server cannot start", async () => {
    await (await begin()).stop();
    await writeFile(join(folder, 'redis', 'appendonlydir', 'appendonly.aof.manifest'), 'nonsense\n');
    await expect(startPrivateRedis({ dataDir: folder })).rejects.toThrow(/redis-server did not start: .*manifest/);
    expect(await readFile(join(folder, 'redis', 'redis.log'), 'utf8')).toContain('manifest');
  });
});
