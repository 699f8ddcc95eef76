import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { redisOptions } from './redis-options';

export interface RedisProcessOptions {
  /** Working directory of the server: its append-only file and snapshots go there. */
  readonly directory: string;
  /** Unix socket to listen on; without `port` the server has no TCP port at all. */
  readonly socket?: string;
  readonly port?: number;
  /** More `redis-server` arguments: `['--maxmemory', '10mb']`. */
  readonly args?: readonly string[];
  readonly startTimeoutMs?: number;
}

const POLL_MS = 20;

/** A `redis-server` this process started itself. */
export class RedisProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  /** Starts a server and waits until it answers; fails with the server's own last words when it does not. */
  static async start(options: RedisProcessOptions): Promise<RedisProcess> {
    const child = spawn('redis-server', argumentsOf(options), {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: options.directory,
    });
    const words: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        words.push(chunk.toString('utf8'));
        if (words.length > 20) words.shift();
      });
    }
    const failed = once(child, 'error').then(([error]) => Promise.reject(error as Error));
    const url = options.port === undefined ? `unix://${options.socket}` : `redis://127.0.0.1:${options.port}`;
    const server = new RedisProcess(child, url);
    const answered = server.waitUntilAnswering(options.startTimeoutMs ?? 10_000, words);
    await Promise.race([answered, failed]);
    failed.catch(() => undefined);
    return server;
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Resolves with the server's end, however it comes. */
  async exited(): Promise<void> {
    if (this.running) await once(this.child, 'exit');
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Lets the server save and end; kills it when it takes longer than `limitMs`. */
  async stop(limitMs = 5_000): Promise<void> {
    if (!this.running) return;
    this.child.kill('SIGCONT');
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), limitMs);
    await this.exited();
    clearTimeout(timer);
  }

  private async waitUntilAnswering(limitMs: number, words: readonly string[]): Promise<void> {
    const until = Date.now() + limitMs;
    while (Date.now() < until && this.running) {
      if (await answers(this.url)) return;
      await sleep(POLL_MS);
    }
    this.child.kill('SIGKILL');
    throw new Error(`redis-server did not start: ${words.join('').trim().split('\n').slice(-3).join(' | ')}`);
  }
}

/** Whether a Redis that is not loading its data answers at `url`, within a second. */
export async function answers(url: string): Promise<boolean> {
  const settings = { url, connectTimeoutMs: 1_000, commandTimeoutMs: 1_000 };
  const probe = new Redis({ ...redisOptions(settings, 'health'), retryStrategy: () => null });
  probe.on('error', () => undefined);
  try {
    await probe.connect();
    return (await probe.ping()) === 'PONG';
  } catch {
    return false;
  } finally {
    probe.disconnect();
  }
}

function argumentsOf(options: RedisProcessOptions): string[] {
  return [
    ['--dir', options.directory],
    ['--port', String(options.port ?? 0)],
    ['--bind', '127.0.0.1'],
    options.socket === undefined ? [] : ['--unixsocket', options.socket, '--unixsocketperm', '700'],
    ['--daemonize', 'no'],
    options.args ?? [],
  ].flat();
}
