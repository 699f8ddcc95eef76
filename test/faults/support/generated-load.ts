import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const GENERATOR = join(__dirname, 'load-generator.mjs');

/** A call that is made again and again; `{n}` in headers and body stands for a number that was never used. */
export interface GeneratedCall {
  readonly kind: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface GeneratedAnswer {
  readonly kind: string;
  /** Epoch milliseconds. */
  readonly sentAt: number;
  readonly ms: number;
  /** As in the fault table (`200 cache`), or what went wrong with the connection (`ECONNRESET`). */
  readonly outcome: string;
}

export interface LoadReport {
  readonly answers: readonly GeneratedAnswer[];
  /** How long the generator itself was held up at most: what it measured may be too long by that. */
  readonly stallMs: number;
}

/** A constant load from a process of its own, whose clock nothing in this process can hold up. */
export class GeneratedLoad {
  private constructor(private readonly child: ChildProcess) {}

  /** @param calls made in turn */
  static async start(port: number, perSecond: number, calls: readonly GeneratedCall[]): Promise<GeneratedLoad> {
    const child = fork(GENERATOR, { execArgv: [] });
    await once(child, 'spawn');
    child.send({ port, perSecond, calls });
    return new GeneratedLoad(child);
  }

  /** Ends when everything that was asked is settled. */
  async stop(): Promise<LoadReport> {
    const reported = once(this.child, 'message') as Promise<[LoadReport]>;
    this.child.send('end');
    const [report] = await reported;
    return report;
  }

  /** For cleaning up. */
  kill(): void {
    this.child.kill('SIGKILL');
  }
}
