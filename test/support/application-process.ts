import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogLine } from '@app/common/testing';

const MAIN = join(__dirname, '../../dist/src/main.js');
const MISBEHAVE = join(__dirname, '../fixtures/misbehave.cjs');
const POLL_MS = 20;
/** A start takes two seconds; on a machine that is busy with other tests it has taken fifteen. */
const PATIENCE_MS = 60_000;

/** The built application as a process of its own. */
export class ApplicationProcess {
  private output = '';
  private errors = '';

  private constructor(readonly child: ChildProcess) {
    child.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString('utf8')));
    child.stderr?.on('data', (chunk: Buffer) => (this.errors += chunk.toString('utf8')));
  }

  static spawn(environment: Readonly<Record<string, string>>): ApplicationProcess {
    const env = { LOG_LEVEL: 'debug', LOG_FORMAT: 'json', PORT: '0', SAMPLE_DATA: 'off', ...environment };
    return new ApplicationProcess(spawn(process.execPath, ['--require', MISBEHAVE, MAIN], { env, stdio: 'pipe' }));
  }

  get stdout(): string {
    return this.output;
  }

  get stderr(): string {
    return this.errors;
  }

  get lines(): LogLine[] {
    return this.output
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as LogLine);
  }

  named(event: string): LogLine[] {
    return this.lines.filter((line) => line.event === event);
  }

  async event(name: string, count = 1): Promise<LogLine> {
    for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await sleep(POLL_MS)) {
      const line = this.named(name)[count - 1];
      if (line !== undefined) return line;
    }
    throw new Error(`${name} was not logged: ${this.output}${this.errors}`);
  }

  async port(): Promise<number> {
    return (await this.event('application_started')).port as number;
  }

  async exitCode(): Promise<number | null> {
    const { child } = this;
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.exitCode;
  }

  /** Ends it, however it is; for cleaning up. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exitCode();
  }
}
