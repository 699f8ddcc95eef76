import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { EventLogger } from '../logging/event-logger';
import { withExclusiveLock } from './exclusive-lock';
import { preparePrivateRedisPlace, type PrivateRedisPlace } from './private-redis-place';
import { endServer, findOrStartServer, type FoundServer } from './private-redis-server';
import { redisOptions } from './redis-options';
import { hangUp, unixUrl } from './redis-process';

export interface PrivateRedisOptions {
  /** `DATA_DIR`; the server works in `<dataDir>/redis`. */
  readonly dataDir: string;
  /** May be given later, when the logger is there (`PrivateRedis.events`). */
  readonly events?: PrivateRedisEvents;
}

export type PrivateRedisEvents = Pick<EventLogger, 'info' | 'error'>;

export interface PrivateRedis {
  /** `unix://…`, stable over restarts of the server. */
  readonly url: string;
  /** Process id of the server at this moment. */
  readonly pid: number;
  /** Where restarts are reported. */
  events: PrivateRedisEvents | undefined;
  /** Ends the server, its data saved; unless another application still uses it, which then ends it. */
  stop(): Promise<void>;
}

/**
 * Starts a Redis of this application's own, without a TCP port, its append-only file under `<dataDir>/redis`, or takes
 * over the one that runs there: left behind by a crash, or shared with another application on the same folder. While
 * this process lives the server is started again, with its data, whenever it dies.
 * @throws RedisServerMissingError; an Error that says what to do when the place is taken or the server fails to start
 */
export async function startPrivateRedis(options: PrivateRedisOptions): Promise<PrivateRedis> {
  const place = await preparePrivateRedisPlace(options.dataDir);
  const redis = new SupervisedRedis(place, options.events);
  const { pid, reused } = await redis.acquire();
  options.events?.info('redis_private_started', { pid, reused });
  return redis;
}

/** Who uses the server keeps a connection of this name open: it ends with its process, however that ends. */
const LEASE_NAME = 'wellness-private-lease';
const PROBE_MS = 1_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** A server that ran this long is well again. */
const STABLE_MS = 60_000;

class SupervisedRedis implements PrivateRedis {
  readonly url: string;
  private server: FoundServer | undefined;
  private lease: Redis | undefined;
  private acquiredAt = 0;
  private pauseMs = FIRST_PAUSE_MS;
  private restarts = 0;
  private readonly stopping = new AbortController();
  private healing: Promise<void> = Promise.resolve();

  constructor(
    private readonly place: PrivateRedisPlace,
    public events: PrivateRedisEvents | undefined,
  ) {
    this.url = unixUrl(place.socket);
  }

  get pid(): number {
    return this.server?.pid ?? -1;
  }

  acquire(): Promise<FoundServer> {
    return withExclusiveLock(this.place.lockFile, async () => {
      const server = await findOrStartServer(this.place);
      this.lease = await openLease(this.url);
      this.server = server;
      this.acquiredAt = Date.now();
      this.lease.once('close', () => this.heal());
      return server;
    });
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.healing;
    const { server, lease } = this;
    if (!server || !lease) return;
    await withExclusiveLock(this.place.lockFile, async () => {
      if (!(await isSharedNow(lease))) await endServer(server.pid, this.place);
    });
    hangUp(lease);
  }

  private heal(): void {
    if (!this.stopping.signal.aborted) this.healing = this.bringBack();
  }

  private async bringBack(): Promise<void> {
    if (Date.now() - this.acquiredAt > STABLE_MS) this.pauseMs = FIRST_PAUSE_MS;
    while (await this.pause()) {
      try {
        const { pid, reused } = await this.acquire();
        if (!reused) this.events?.info('redis_private_restarted', { pid, restarts: ++this.restarts });
        return;
      } catch (error) {
        this.events?.error('redis_private_failed', { err: error });
      }
    }
  }

  /** Waits a little longer each time; false when the application stops meanwhile. */
  private async pause(): Promise<boolean> {
    const pauseMs = this.pauseMs;
    this.pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    const { signal } = this.stopping;
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    return !signal.aborted;
  }
}

async function openLease(url: string): Promise<Redis> {
  const settings = { url, connectTimeoutMs: PROBE_MS, commandTimeoutMs: PROBE_MS };
  const options = { ...redisOptions(settings, 'health'), connectionName: LEASE_NAME, retryStrategy: () => null };
  const lease = new Redis(options);
  // What goes wrong with it ends in `close`.
  lease.on('error', () => undefined);
  await lease.connect();
  return lease;
}

/** Whether others hold a lease too. A server that cannot even say so is of no use to them. */
async function isSharedNow(lease: Redis): Promise<boolean> {
  if (lease.status !== 'ready') return false;
  try {
    const clients = (await lease.client('LIST')) as string;
    return clients.split('\n').filter((line) => line.includes(` name=${LEASE_NAME} `)).length > 1;
  } catch {
    return false;
  }
}
