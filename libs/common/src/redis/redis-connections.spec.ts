import type { Redis } from 'ioredis';
import { eventually } from '../testing/eventually';
import { TcpFaultProxy } from '../testing/tcp-fault-proxy';
import { startTestRedis, type TestRedis } from '../testing/test-redis';
import { RedisConnections } from './redis-connections';
import type { RedisPurpose } from './redis-options';

const COMMAND_TIMEOUT_MS = 100;

describe('a connection to Redis', () => {
  let redis: TestRedis;
  let proxy: TcpFaultProxy;
  let connections: RedisConnections;

  beforeEach(async () => {
    redis = await startTestRedis();
    proxy = await TcpFaultProxy.start({ upstream: { path: new URL(redis.url).pathname }, protocol: 'redis' });
    const settings = {
      url: `redis://${proxy.address}`,
      connectTimeoutMs: 500,
      commandTimeoutMs: COMMAND_TIMEOUT_MS,
    };
    const events = { warn: () => undefined, info: () => undefined };
    connections = new RedisConnections(settings, events as never);
  });
  afterEach(async () => {
    connections.onApplicationShutdown();
    await proxy.close();
    await redis.stop();
  });

  const PURPOSES: readonly RedisPurpose[] = ['commands', 'health', 'queue'];
  it.each(PURPOSES)('that the network forgot is made anew: %s', async (purpose) => {
    const client = connections.open(purpose);
    await eventually(() => client.status === 'ready');
    await client.set('k', 'v');
    await proxy.inject({ kind: 'sever' });
    await proxy.heal();
    const read = (): Promise<string | null> => client.get('k').catch(() => null);
    await eventually(async () => (await read()) === 'v', 50 * COMMAND_TIMEOUT_MS);
    expect(client.status).toBe('ready');
  });

  it('that waits on purpose may be silent', async () => {
    const client: Redis = connections.open('blocking');
    await eventually(() => client.status === 'ready');
    const reconnected = jest.fn();
    client.on('close', reconnected);
    expect(await client.bzpopmin('nothing', (5 * COMMAND_TIMEOUT_MS) / 1_000)).toBeNull();
    expect(reconnected).not.toHaveBeenCalled();
  });
});
