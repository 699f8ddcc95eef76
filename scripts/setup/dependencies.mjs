import { createHash } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { runOrAdvise, say } from './process.mjs';

const ADVICE = 'npm could not install the dependencies (see above). Check the network or registry, then try again.';

/** Installs the dependencies that package-lock.json names, unless they are there already. */
export async function ensureDependencies(root) {
  const wanted = stampOf(root);
  if (isInstalled(root, wanted)) return;
  say('Installing dependencies (npm ci; about half a minute) …');
  const npm = npmCommand();
  // Tools to build and test with are needed also where the environment says production.
  const args = [
    ...npm.args,
    'ci',
    '--loglevel=error',
    '--no-audit',
    '--no-fund',
    '--include=dev',
    '--include=optional',
  ];
  await runOrAdvise(npm.command, args, { cwd: root, env: npm.env, shell: npm.shell }, ADVICE);
  writeFileSync(stampFile(root), wanted);
}

function isInstalled(root, wanted) {
  if (contentOf(stampFile(root)) === wanted) return true;
  // Somebody ran npm by hand: npm writes its own lock file last, so it tells a finished installation.
  const installed = changedAt(join(root, 'node_modules', '.package-lock.json'));
  return installed !== undefined && installed >= (changedAt(join(root, 'package-lock.json')) ?? 0);
}

const stampFile = (root) => join(root, 'node_modules', '.setup-stamp');

function stampOf(root) {
  const lock = readFileSync(join(root, 'package-lock.json'));
  return `${createHash('sha256').update(lock).digest('hex')} ${process.platform} ${process.arch}`;
}

function contentOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function changedAt(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}

/** The user's own npm, run by the user's own Node: the one in node_modules is about to be replaced. */
function npmCommand() {
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !/node_modules[\\/]\.bin$/.test(folder));
  const env = { ...process.env, PATH: path.join(delimiter) };
  const { npm_execpath: script, npm_node_execpath: node } = process.env;
  if (script && node && /^npm-cli\.c?js$/.test(basename(script))) {
    return { command: node, args: [script], env, shell: false };
  }
  return { command: 'npm', args: [], env, shell: process.platform === 'win32' };
}
