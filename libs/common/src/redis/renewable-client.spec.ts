import { Redis } from 'ioredis';
import { eventually } from '../testing/eventually';
import { TcpFaultProxy } from '../testing/tcp-fault-proxy';
import { startTestRedis, type TestRedis } from '../testing/test-redis';
import { RedisConnections } from './redis-connections';
import { RedisGateway } from './redis-gateway';
import { RenewableClient } from './renewable-client';
import { whenReady } from './when-ready';

/** A port where no primary will ever be found. */
const NOWHERE = 1;

describe('the connection for commands, when its server becomes a replica', () => {
  let first: TestRedis;
  let second: TestRedis;
  let proxy: TcpFaultProxy;
  let connections: RedisConnections;
  let gateway: RedisGateway;

  beforeEach(async () => {
    [first, second] = await Promise.all([startTestRedis(), startTestRedis()]);
    for (const { url } of [first, second]) await direct(url, (client) => client.set('k', 'v'));
    proxy = await TcpFaultProxy.start({ upstream: upstreamOf(first), protocol: 'redis' });
    const settings = { url: `redis://${proxy.address}`, connectTimeoutMs: 500, commandTimeoutMs: 2_000 };
    const events = { warn: () => undefined, info: () => undefined };
    connections = new RedisConnections(settings, events as never);
    const client = new RenewableClient(connections, () => undefined);
    await whenReady(client.current, 5_000);
    gateway = new RedisGateway(client);
    await direct(first.url, (server) => server.replicaof('127.0.0.1', NOWHERE));
  });
  afterEach(async () => {
    connections.onApplicationShutdown();
    await proxy.close();
    await first.stop();
    await second.stop();
  });

  const read = (): Promise<string | null> => gateway.execute('read', (client) => client.get('k'));
  const write = (): Promise<unknown> => gateway.execute('write', (client) => client.set('k', 'new'));

  it('leads to the new primary', async () => {
    proxy.upstream = upstreamOf(second);
    await expect(write()).rejects.toMatchObject({ error_code: 'REDIS_WRITE_REFUSED' });
    await eventually(async () => {
      expect(await read()).toBe('v');
      return write().then(
        () => true,
        () => false,
      );
    });
    expect(await direct(second.url, (client) => client.get('k'))).toBe('new');
    await eventually(() => proxy.open === 1);
  });

  it('is not renewed again and again while there is none, and serves who reads all the time', async () => {
    for (let round = 0; round < 30; round++) {
      const [refused, value] = await Promise.allSettled([write(), read()]);
      expect(refused).toMatchObject({ status: 'rejected', reason: { error_code: 'REDIS_WRITE_REFUSED' } });
      expect(value).toEqual({ status: 'fulfilled', value: 'v' });
    }
    await eventually(() => proxy.open === 1);
    expect(proxy.traffic.connections).toBe(2);
  });
});

function upstreamOf({ url }: TestRedis): { path: string } {
  return { path: new URL(url).pathname };
}

async function direct<T>(url: string, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(new URL(url).pathname);
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
}
