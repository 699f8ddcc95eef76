import { execFile } from 'node:child_process';
import { readFile, readlink, realpath } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { hasCode, ifPresent, isAlive } from './exclusive-lock';
import type { PrivateRedisPlace } from './private-redis-place';
import { redisOptions } from './redis-options';
import { hangUp, RedisProcess, unixUrl } from './redis-process';

const PROBE_MS = 1_000;
const POLL_MS = 50;
/** A server that was just started opens its socket at once, so this long without an answer means it hangs. */
const SILENCE_LIMIT_MS = 3_000;
const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 5_000;

export interface FoundServer {
  readonly pid: number;
  /** Whether it was running already. */
  readonly reused: boolean;
}

type Sighting = { kind: 'ours'; pid: number } | { kind: 'loading' | 'silent' | 'nobody' } | { kind: 'foreign' };

/**
 * The server of this place: the one that runs, if one does, else a new one with the same data. Only to be called under
 * the place's lock: two servers on one append-only file would destroy it.
 */
export async function findOrStartServer(place: PrivateRedisPlace): Promise<FoundServer> {
  const pid = await findServer(place);
  if (pid !== undefined) return { pid, reused: true };
  const server = await RedisProcess.start({
    directory: place.directory,
    socket: place.socket,
    surviveWithLog: place.logFile,
    startTimeoutMs: START_LIMIT_MS,
    args: SETTINGS.concat('--pidfile', place.pidFile),
  });
  return { pid: server.pid, reused: false };
}

/** Every write reaches the disk within a second, and nothing is ever evicted: this is a store and not a cache. */
const SETTINGS = [
  ['--save', ''],
  ['--appendonly', 'yes'],
  ['--appendfsync', 'everysec'],
  ['--aof-load-truncated', 'yes'],
  ['--maxmemory-policy', 'noeviction'],
].flat();

async function findServer(place: PrivateRedisPlace): Promise<number | undefined> {
  const begun = Date.now();
  for (;;) {
    const seen = await look(place);
    if (seen.kind === 'ours') return seen.pid;
    if (seen.kind === 'foreign') throw new Error(`A Redis that is not ours listens on ${place.socket}. ${WAY_OUT}`);
    const waited = Date.now() - begun;
    const pid = await serverOfPidFile(place);
    if (pid === undefined && seen.kind === 'nobody') return undefined;
    if (seen.kind !== 'loading' && waited > SILENCE_LIMIT_MS) {
      if (pid === undefined) throw new Error(`What listens on ${place.socket} does not answer. ${WAY_OUT}`);
      await endServer(pid, place);
    }
    if (waited > START_LIMIT_MS) throw new Error(`The Redis in ${place.directory} takes too long to load its data`);
    await sleep(POLL_MS);
  }
}

const WAY_OUT = 'Stop it, or choose another DATA_DIR, or set REDIS_URL.';

/** No socket, or one that a server left behind. */
const NOBODY = ['ENOENT', 'ECONNREFUSED'];

async function look(place: PrivateRedisPlace): Promise<Sighting> {
  const settings = { url: unixUrl(place.socket), connectTimeoutMs: PROBE_MS, commandTimeoutMs: PROBE_MS };
  // Without the ready check a server that is still loading tells so instead of keeping us waiting.
  const options = { ...redisOptions(settings, 'health'), enableReadyCheck: false, retryStrategy: () => null };
  const probe = new Redis(options);
  let reason: unknown;
  probe.on('error', (error: Error) => (reason = error));
  try {
    await probe.connect();
    return await question(probe, place);
  } catch (error) {
    const isNobody = [reason, error].some((each) => NOBODY.some((code) => hasCode(each, code)));
    if (isNobody) return { kind: 'nobody' };
    return { kind: error instanceof Error && error.message.startsWith('LOADING') ? 'loading' : 'silent' };
  } finally {
    hangUp(probe);
  }
}

async function question(probe: Redis, place: PrivateRedisPlace): Promise<Sighting> {
  const reply = await probe.config('GET', 'dir');
  const directory = reply[1] === undefined ? undefined : await ifPresent(realpath(reply[1]));
  if (directory !== place.directory) return { kind: 'foreign' };
  await probe.ping();
  return { kind: 'ours', pid: Number(/process_id:(\d+)/.exec(await probe.info('server'))?.[1]) };
}

async function serverOfPidFile(place: PrivateRedisPlace): Promise<number | undefined> {
  const pid = Number(await ifPresent(readFile(place.pidFile, 'utf8')));
  return pid > 0 && (await isServerOf(pid, place)) ? pid : undefined;
}

/** Whether process `pid` is the server of this place: ids are used again, and files outlive who wrote them. */
async function isServerOf(pid: number, place: PrivateRedisPlace): Promise<boolean> {
  if (!isAlive(pid)) return false;
  try {
    if (process.platform !== 'linux') {
      const { stdout } = await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]);
      return stdout.includes('redis-server') && (stdout.includes(place.socket) || stdout.includes(place.directory));
    }
    const name = await readFile(`/proc/${pid}/comm`, 'utf8');
    return name.startsWith('redis-') && (await readlink(`/proc/${pid}/cwd`)) === place.directory;
  } catch {
    // It ended while we looked (a process that has ended and was not reaped has no folder), or is another user's.
    return false;
  }
}

/** Lets the server write what it holds and end; kills it when it does not. */
export async function endServer(pid: number, place: PrivateRedisPlace): Promise<void> {
  if (!(await isServerOf(pid, place))) return;
  // A stopped process takes no other signal before it continues.
  for (const signal of ['SIGCONT', 'SIGTERM'] as const) signalIfAlive(pid, signal);
  if (await isGone(pid, place, STOP_LIMIT_MS)) return;
  signalIfAlive(pid, 'SIGKILL');
  if (!(await isGone(pid, place, STOP_LIMIT_MS))) throw new Error(`The private Redis (process ${pid}) does not end`);
}

function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  if (isAlive(pid)) process.kill(pid, signal);
}

async function isGone(pid: number, place: PrivateRedisPlace, limitMs: number): Promise<boolean> {
  const until = Date.now() + limitMs;
  while (await isServerOf(pid, place)) {
    if (Date.now() > until) return false;
    await sleep(POLL_MS);
  }
  return true;
}
