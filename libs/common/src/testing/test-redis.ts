import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RedisProcess } from '../redis/redis-process';

export interface TestRedis {
  readonly url: string;
  readonly server: RedisProcess;
  /** Stops the server and removes its folder. */
  stop(): Promise<void>;
}

/** A real, empty Redis of the test's own, on a unix socket in a temporary folder, persisting nothing unless told to. */
export async function startTestRedis(args: readonly string[] = []): Promise<TestRedis> {
  const directory = await mkdtemp(join(tmpdir(), 'wellness-redis-'));
  const server = await RedisProcess.start({
    directory,
    socket: join(directory, 'redis.sock'),
    args: ['--save', '', '--appendonly', 'no', ...args],
  });
  return {
    url: server.url,
    server,
    stop: async () => {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
