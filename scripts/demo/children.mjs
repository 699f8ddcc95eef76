import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupError } from '../setup/process.mjs';

const POLL_MS = 100;
const START_LIMIT_MS = 30_000;
const END_LIMIT_MS = 10_000;

/** Processes and folders of one run. They are gone when it ends, however it ends. */
export class Children {
  #children = [];
  #folders = [];

  constructor() {
    process.once('exit', () => {
      for (const { child } of this.#children) child.kill('SIGKILL');
      for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
    });
    // Without a listener a signal ends the process before anybody hears of its end.
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ]) {
      process.once(signal, () => process.exit(code)); // prettier-ignore
    }
  }

  /** Removed when all is over. */
  own(folder) {
    this.#folders.push(folder);
    return folder;
  }

  start(command, args, options = {}) {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    const state = { child, words: '' };
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => (state.words = `${state.words}${chunk}`.slice(-4_000)));
    }
    this.#children.push(state);
    return { child, lastWords: () => state.words };
  }

  /** The last started first. */
  async stop() {
    for (const { child } of this.#children.splice(0).reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const killing = setTimeout(() => child.kill('SIGKILL'), END_LIMIT_MS);
      await ended;
      clearTimeout(killing);
    }
  }
}

export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Waits until `url` answers well. */
export async function answering(url, { child, lastWords }) {
  for (const until = Date.now() + START_LIMIT_MS; Date.now() < until; await sleep(POLL_MS)) {
    if (child.exitCode !== null) break;
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
  }
  throw new SetupError(`${child.spawnfile} did not start:\n${lastWords()}`);
}
