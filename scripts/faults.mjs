import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { faultPage, faultTable } from './docs/faults.mjs';
import { JEST, LOAD_TEST, WITHOUT_LOAD_TEST } from './setup/jest.mjs';
import { prepare, ROOT } from './setup/prepare.mjs';
import { main, run, say } from './setup/process.mjs';

const RUNS = [['test/faults', WITHOUT_LOAD_TEST, '--maxWorkers=2'], [LOAD_TEST]];
const PAGE = 'docs/fault-table.md';
const LAST_LINES = 60;

// faults.mjs [--write]: calls every route under every fault and prints the table; --write puts it into the docs.
await main(async () => {
  const node = await prepare({ redis: true });
  const folder = mkdtempSync(join(tmpdir(), 'wellness-faults-'));
  try {
    const file = join(folder, 'report.jsonl');
    writeFileSync(file, '');
    say('Calling every route under every fault; this takes about two minutes …');
    const globals = JSON.stringify({ FAULT_REPORT: file });
    const ends = [];
    for (const args of RUNS) ends.push(await jest(node, [...args, '--globals', globals]));
    const reported = readFileSync(file, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    const runs = reported.filter(({ summary }) => summary !== undefined);
    const loads = reported.flatMap(({ load }) => load ?? []);
    process.stdout.write(faultTable(runs, loads));
    // Cells that failed have been told of; whatever else failed has not.
    for (const { code, output } of ends) if (code !== 0) say(output.split('\n').slice(-LAST_LINES).join('\n'));
    if (process.argv.includes('--write')) await writePage(runs, loads);
    return ends.every(({ code }) => code === 0) ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function jest(node, args) {
  return run(node, [...JEST, ...args], { cwd: ROOT });
}

async function writePage(runs, loads) {
  const prettier = await import('prettier');
  const path = join(ROOT, PAGE);
  const options = { ...(await prettier.resolveConfig(path)), filepath: path };
  writeFileSync(path, await prettier.format(faultPage(runs, loads), options));
  say(`${PAGE} written.`);
}
