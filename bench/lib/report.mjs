import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg, platform, release, totalmem, arch } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { table, withSection } from '../../scripts/docs/tables.mjs';
import { say } from './bench.mjs';

const PAGE = fileURLToPath(new URL('../results.md', import.meta.url));

/** One or two decimals where they matter. */
export function round(value) {
  return value.toLocaleString('en', { maximumFractionDigits: value >= 100 ? 0 : value >= 10 ? 1 : 2 });
}

/** A figure that should be `atLeast` or `atMost` so much. */
export function target(name, value, unit, { atLeast, atMost }) {
  const met = atLeast === undefined ? value <= atMost : value >= atLeast;
  const wanted = atLeast === undefined ? `≤ ${atMost}${unit}` : `≥ ${atLeast}${unit}`;
  return { name, result: `${round(value)}${unit}`, wanted, met };
}

/**
 * Prints the figures, writes them to their section of results.md when `write` is set, and tells whether all targets
 * are met. `raw` are tables below the targets: `{ title, head, rows }`; `peer`
 * names what the other side runs on.
 */
export async function report({ section, write, peer, subject, targets, raw }) {
  const verdicts = targets.map(({ name, result, wanted, met }) => [name, result, wanted, met ? 'met' : '**missed**']);
  const parts = [
    `${subject}\n\n${await machine(peer)}`,
    table(['Figure', 'Result', 'Target', ''], verdicts),
    ...raw.map(({ title, head, rows }) => `${title}\n\n${table(head, rows)}`),
  ];
  const text = parts.join('\n\n');
  process.stdout.write(`${await formatted(text)}\n`);
  if (write) {
    const page = await readFile(PAGE, 'utf8');
    await writeFile(PAGE, await formatted(withSection(page, section, text)));
    say('bench/results.md written.');
  }
  return targets.every(({ met }) => met);
}

async function formatted(text) {
  const prettier = await import('prettier');
  return prettier.format(text, { ...(await prettier.resolveConfig(PAGE)), parser: 'markdown' });
}

async function machine(peer) {
  const [processor] = cpus();
  const { stdout } = await promisify(execFile)('redis-server', ['--version']);
  const redis = /v=([\d.]+)/.exec(stdout)?.[1];
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  const software = [`Node.js ${process.version.slice(1)}`, `Redis ${redis}`, ...(peer ? [peer] : [])].join(', ');
  const load = loadavg().slice(0, 1).map(round);
  return (
    `Measured on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} × ${processor.model.trim()}, ${gigabytes} GiB, ` +
    `${platform()} ${release()} ${arch()}; ${software}; load at the end ${load}.`
  );
}
