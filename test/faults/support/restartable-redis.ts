import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RedisProcess } from '@app/common';
import { eventually } from '@app/common/testing';
import { Redis } from 'ioredis';

const SETTINGS = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'always', '--enable-protected-configs', 'yes'];

/** A real Redis on a unix socket that can be killed and come back, with its data or without. */
export class RestartableRedis {
  private restarting: Promise<void> = Promise.resolve();

  private constructor(
    private readonly directory: string,
    private process: RedisProcess,
  ) {}

  static async start(): Promise<RestartableRedis> {
    const directory = await mkdtemp(join(tmpdir(), 'wellness-faults-'));
    return new RestartableRedis(directory, await launch(directory));
  }

  get socket(): string {
    return socketIn(this.directory);
  }

  get url(): string {
    return this.process.url;
  }

  get server(): RedisProcess {
    return this.process;
  }

  async kill(): Promise<void> {
    this.process.signal('SIGKILL');
    await this.process.exited();
  }

  /** Starts a server again after `kill`. @param args more arguments for it */
  async restart(data: 'kept' | 'lost', args: readonly string[] = []): Promise<void> {
    if (data === 'lost') await rm(join(this.directory, 'appendonlydir'), { recursive: true, force: true });
    this.process = await launch(this.directory, args);
  }

  /** The same for a server that takes long to load what it has: returns when it listens. */
  async beginRestart(args: readonly string[]): Promise<void> {
    this.restarting = this.restart('kept', args);
    await eventually(() =>
      this.direct((client) => client.config('GET', 'port')).then(
        () => true,
        () => false,
      ),
    );
  }

  async endRestart(): Promise<void> {
    await this.restarting;
  }

  /** A direct line to the server, past whatever stands before it for the application. */
  async direct<T>(work: (client: Redis) => Promise<T>, password?: string): Promise<T> {
    const options = { path: this.socket, password, lazyConnect: true, enableReadyCheck: false };
    const client = new Redis({ ...options, retryStrategy: () => null });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await work(client);
    } finally {
      client.disconnect();
    }
  }

  /** A folder beside the server's own. */
  async folder(name: string): Promise<string> {
    const path = join(this.directory, name);
    await mkdir(path, { recursive: true });
    return path;
  }

  async stop(): Promise<void> {
    await this.process.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}

function socketIn(directory: string): string {
  return join(directory, 'redis.sock');
}

function launch(directory: string, args: readonly string[] = []): Promise<RedisProcess> {
  return RedisProcess.start({ directory, socket: socketIn(directory), args: [...SETTINGS, ...args] });
}
