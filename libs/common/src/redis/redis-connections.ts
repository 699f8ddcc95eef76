import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import { EventLogger } from '../logging/event-logger';
import { type RedisPurpose, type RedisSettings, redisOptions } from './redis-options';

/** A call may be several commands, one after the other. */
const RETIRE_AFTER_MS = 2_000;

export const REDIS_SETTINGS = Symbol('REDIS_SETTINGS');

/**
 * Makes, watches and closes every connection to Redis. Connections are made on demand and heal by themselves;
 * an application that starts while Redis is away starts all the same.
 */
@Injectable()
export class RedisConnections implements OnApplicationShutdown {
  private readonly opened = new Map<Redis, RedisPurpose>();

  constructor(
    @Inject(REDIS_SETTINGS) readonly settings: RedisSettings,
    private readonly events: EventLogger,
  ) {}

  /** A connection of its own for `purpose`, already on its way; closed with the application. */
  open(purpose: RedisPurpose): Redis {
    const client = new Redis(redisOptions(this.settings, purpose));
    let healthy = true;
    client.on('error', (error: Error) => {
      if (healthy) this.events.warn('redis_connection_failed', { purpose, err: error });
      healthy = false;
    });
    client.on('ready', () => {
      healthy = true;
      this.events.info('redis_connected', { purpose });
    });
    // The failure of this first attempt has been reported by the listener above, and the next attempt is scheduled.
    client.connect().catch(() => undefined);
    this.opened.set(client, purpose);
    return client;
  }

  /** What each connection is for, and how the driver calls its state (`ready`, `reconnecting`, …). */
  get states(): ReadonlyArray<{ readonly purpose: RedisPurpose; readonly status: Redis['status'] }> {
    return [...this.opened].map(([{ status }, purpose]) => ({ purpose, status }));
  }

  close(client: Redis): void {
    this.opened.delete(client);
    client.disconnect();
  }

  /** Closes a connection that nobody will begin anything on any more, once what was begun has had its time. */
  async retire(client: Redis): Promise<void> {
    await sleep(RETIRE_AFTER_MS, undefined, { ref: false });
    if (!this.opened.has(client)) return;
    try {
      await client.quit();
    } catch {
      // It broke in the meantime, and would come back.
      client.disconnect();
    }
    this.opened.delete(client);
  }

  // Requests in flight still need Redis while the server drains; this hook runs after the drain.
  onApplicationShutdown(): void {
    for (const client of this.opened.keys()) client.disconnect();
    this.opened.clear();
  }
}
