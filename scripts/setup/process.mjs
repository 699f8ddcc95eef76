import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { delimiter, join } from 'node:path';

/** Something the person at the keyboard has to know or do; its message is all that is shown. */
export class SetupError extends Error {
  constructor(message) {
    super(message);
    this.name = 'SetupError';
  }
}

/** One short line on what is going on. On stderr: stdout belongs to what was asked for (logs, a token). */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Full path of the first executable `name` on PATH, or undefined. */
export function onPath(name) {
  const names = process.platform === 'win32' ? [`${name}.exe`, `${name}.cmd`, name] : [name];
  for (const folder of (process.env.PATH ?? '').split(delimiter).filter(Boolean)) {
    for (const candidate of names.map((file) => join(folder, file))) {
      if (isExecutable(candidate)) return candidate;
    }
  }
  return undefined;
}

export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * Runs a command to its end, quietly; SIGINT and SIGTERM are passed on to it.
 * Resolves with `{ code, output }`; `code` is null when it could not be started or was ended by a signal.
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
    const stop = (signal) => child.kill(signal);
    const chunks = [];
    const finish = (code, extra = '') => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
      resolve({ code, output: `${Buffer.concat(chunks).toString('utf8')}${extra}` });
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.once('error', (error) => finish(null, error.message));
    child.once('close', (code, signal) => finish(code, signal ? `ended by ${signal}` : ''));
  });
}

/** Like `run`, but fails with `advice` and the last lines of the command's own words when it does not succeed. */
export async function runOrAdvise(command, args, options, advice) {
  const { code, output } = await run(command, args, options);
  if (code === 0) return output;
  const lastWords = output.trim().split('\n').slice(-25).join('\n');
  throw new SetupError(`${lastWords}\n\n${advice}`);
}

const REPEAT_MS = 500;

/**
 * Runs a command in this terminal until it ends and resolves with its exit code; signals are passed on to it.
 *
 * With `ownGroup` a Ctrl-C reaches it once, through us: the terminal and npm both send us one, and the application
 * takes a second signal as "stop at once". The price is that it cannot read from the terminal.
 */
export function runInForeground(command, args, { cwd, ownGroup = false }) {
  return new Promise((resolve, reject) => {
    const detached = ownGroup && process.platform !== 'win32';
    const child = spawn(command, args, { cwd, stdio: 'inherit', detached });
    let last = -Infinity;
    const forward = (signal) => {
      const now = performance.now();
      if (now - last > REPEAT_MS) child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
      last = now;
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward);
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + (osConstants.signals[signal] ?? 0)));
  });
}

/** Runs a script's main function; a SetupError becomes its message and exit code 1. */
export async function main(work) {
  try {
    process.exitCode = (await work()) ?? 0;
  } catch (error) {
    say(error instanceof SetupError ? error.message : error.stack);
    process.exitCode = 1;
  }
}
