import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, truncate } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { hasCode } from './exclusive-lock';
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
  /**
   * The server may outlive this process: it gets its own process group (no Ctrl-C from the terminal), does not keep
   * this process running, and writes its log to this file instead of to us.
   */
  readonly surviveWithLog?: string;
}

const POLL_MS = 20;
const LAST_WORDS = 3;

/** There is no `redis-server` to start; the message says what to do about it. */
export class RedisServerMissingError extends Error {
  constructor(cause: unknown) {
    super(
      'redis-server was not found. Install it (Debian, Ubuntu: apt-get install redis-server; macOS: brew install ' +
        'redis; Fedora: dnf install redis; Alpine: apk add redis), or set REDIS_URL to a Redis that is running.',
      { cause },
    );
    this.name = 'RedisServerMissingError';
  }
}

/** A `redis-server` this process started itself. */
export class RedisProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  /**
   * Starts a server and waits until it answers.
   * @throws RedisServerMissingError; or an Error with the server's own last words when it does not come up
   */
  static async start(options: RedisProcessOptions): Promise<RedisProcess> {
    const { directory, surviveWithLog } = options;
    if (surviveWithLog !== undefined) await emptyFile(surviveWithLog);
    const child = spawn('redis-server', argumentsOf(options), {
      stdio: surviveWithLog === undefined ? ['ignore', 'pipe', 'pipe'] : 'ignore',
      detached: surviveWithLog !== undefined,
      cwd: directory,
    });
    const lastWords = surviveWithLog === undefined ? listen(child) : () => contentOf(surviveWithLog);
    try {
      await once(child, 'spawn');
    } catch (error) {
      throw hasCode(error, 'ENOENT') ? new RedisServerMissingError(error) : error;
    }
    if (surviveWithLog !== undefined) child.unref();
    const server = new RedisProcess(child, urlOf(options));
    await server.waitUntilAnswering(options.startTimeoutMs ?? 10_000, lastWords);
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

  private async waitUntilAnswering(limitMs: number, lastWords: () => string | Promise<string>): Promise<void> {
    const until = Date.now() + limitMs;
    while (Date.now() < until && this.running) {
      if (await answers(this.url)) return;
      await sleep(POLL_MS);
    }
    this.child.kill('SIGKILL');
    const words = (await lastWords()).trim().split('\n').slice(-LAST_WORDS).join(' | ');
    throw new Error(`redis-server did not start: ${words}`);
  }
}

/** Keeps the last things the child says. */
function listen(child: ChildProcess): () => string {
  const words: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      words.push(chunk.toString('utf8'));
      if (words.length > 20) words.shift();
    });
  }
  return () => words.join('');
}

/** A log is of one run: it must not grow for ever, and last words must not be those of an earlier server. */
async function emptyFile(path: string): Promise<void> {
  try {
    await truncate(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}

async function contentOf(log: string): Promise<string> {
  try {
    return await readFile(log, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 'it ended before it wrote anything';
    throw error;
  }
}

function urlOf({ socket, port }: RedisProcessOptions): string {
  return socket === undefined ? `redis://127.0.0.1:${port}` : unixUrl(socket);
}

/** The URL of a unix socket, whatever characters its path has. */
export function unixUrl(socket: string): string {
  return `unix://${socket.split('/').map(encodeURIComponent).join('/')}`;
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
    hangUp(probe);
  }
}

/** Closes a connection. One that has closed already is left alone: the library would start a timer that never ends early. */
export function hangUp(client: Redis): void {
  if (client.status !== 'end' && client.status !== 'close') client.disconnect();
}

function argumentsOf(options: RedisProcessOptions): string[] {
  return [
    ['--dir', options.directory],
    ['--port', String(options.port ?? 0)],
    ['--bind', '127.0.0.1'],
    options.socket === undefined ? [] : ['--unixsocket', options.socket, '--unixsocketperm', '700'],
    ['--daemonize', 'no'],
    options.surviveWithLog === undefined ? [] : ['--logfile', options.surviveWithLog],
    options.args ?? [],
  ].flat();
}
