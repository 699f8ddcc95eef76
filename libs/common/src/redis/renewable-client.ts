import type { Redis } from 'ioredis';
import type { RedisConnections } from './redis-connections';
import { whenReady } from './when-ready';

/** Each renewal that leads to a replica again is a hint that there is no primary yet. */
const RENEW_EVERY_MS = 5_000;
const RENEW_LIMIT_MS = 1_000;

/**
 * The connection for commands. A server that became a replica keeps the connections it had from when it was the
 * primary: whoever is refused a write asks for a new one, which may lead to the new primary. The old one serves until
 * the new one is ready, so that nobody who reads notices.
 */
export class RenewableClient {
  private renewedAt = Number.NEGATIVE_INFINITY;

  /** @param onReady called whenever a connection has become ready */
  constructor(
    private readonly connections: RedisConnections,
    private readonly onReady: () => void,
  ) {
    this.client = this.open();
  }

  private client: Redis;

  get current(): Redis {
    return this.client;
  }

  /** Never rejects. */
  async renew(): Promise<void> {
    if (Date.now() - this.renewedAt < RENEW_EVERY_MS) return;
    this.renewedAt = Date.now();
    const fresh = this.open();
    if (!(await whenReady(fresh, RENEW_LIMIT_MS))) {
      this.connections.close(fresh);
      return;
    }
    const old = this.client;
    this.client = fresh;
    await this.connections.retire(old);
  }

  private open(): Redis {
    const client = this.connections.open('commands');
    client.on('ready', this.onReady);
    return client;
  }
}
