import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { loadBuilt } from '../../scripts/setup/load.mjs';
import { ensureRedisServer } from '../../scripts/setup/redis-server.mjs';
import { main, say, SetupError } from '../../scripts/setup/process.mjs';

const OPTIONS = {
  records: { type: 'string' },
  runs: { type: 'string' },
  write: { type: 'boolean', default: false },
  'no-check': { type: 'boolean', default: false },
  'node-options': { type: 'string', default: '' },
  help: { type: 'boolean', short: 'h', default: false },
};

const usage = ({ name, runs, records }) => `npm run bench:${name} -- [options]

  --records N       size of the generated export (default: ${records})
  --runs N          how often each side is measured, taking turns (default: ${runs})
  --write           write the results to bench/results.md
  --no-check        exit with 0 whatever the figures are (else 1 when a target is missed)
  --node-options=X  for the Node of the application: "--cpu-prof --cpu-prof-dir=/tmp/profiles" shows where time goes`;

const RECORDS = 1_000_000;

const MOST_OUTPUT_BYTES = 16 * 1024 * 1024;
const pending = new Set();

/** Has `undo` done at the end, however that comes about; returns a function that does it before. */
export function atEnd(undo) {
  let undone;
  // Who comes second (a signal brings the work to a stop, and both end here) waits for it, too.
  const once = () => (undone ??= undo().finally(() => pending.delete(once)));
  pending.add(once);
  return once;
}

async function undoAll() {
  while (pending.size > 0) await [...pending].at(-1)();
}

/**
 * Runs a bench on the application as it is built. `measure` gets the options and what `modules` export, and resolves
 * with whether all targets are met.
 */
export function runBench({ modules, records = RECORDS, ...defaults }, measure) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => void undoAll().finally(() => process.exit(128 + constants.signals[signal])));
  }
  return main(async () => {
    const options = optionsOf({ ...defaults, records });
    if (options.help) {
      process.stdout.write(`${usage({ ...defaults, records })}\n`);
      return 0;
    }
    const built = await loadBuilt(...modules);
    if (!built) return process.exitCode;
    await ensureRedisServer();
    try {
      return (await measure(options, built)) || options.noCheck ? 0 : 1;
    } finally {
      await undoAll();
    }
  });
}

function optionsOf(defaults) {
  try {
    const { values } = parseArgs({ options: OPTIONS });
    return {
      help: values.help,
      write: values.write,
      noCheck: values['no-check'],
      nodeOptions: values['node-options'].split(' ').filter(Boolean),
      records: wholeNumber('--records', values.records ?? String(defaults.records), 1_000),
      runs: wholeNumber('--runs', values.runs ?? String(defaults.runs), 1),
    };
  } catch (error) {
    throw new SetupError(`${error.message}\n\n${usage(defaults)}`);
  }
}

function wholeNumber(option, text, least) {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least) throw new Error(`${option} takes a whole number from ${least}`);
  return value;
}

/** Runs a program to its end and resolves with the JSON it prints; it does not outlive the bench. */
export async function jsonOf(command, args) {
  const running = promisify(execFile)(command, args, { maxBuffer: MOST_OUTPUT_BYTES });
  const stop = atEnd(async () => running.child.kill());
  try {
    return JSON.parse((await running).stdout);
  } finally {
    await stop();
  }
}

/** A folder that is gone when the bench has ended, or after `remove`. */
export async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'wellness-bench-'));
  return { path, remove: atEnd(() => rm(path, { recursive: true, force: true })) };
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
}

export { say };
