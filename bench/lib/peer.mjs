import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { onPath } from '../../scripts/setup/process.mjs';
import { jsonOf, say } from './bench.mjs';
import { startRedis } from './redis.mjs';

const SCRIPT = fileURLToPath(new URL('../peer/health_blob.py', import.meta.url));

/** `python3` and its version; undefined, with a word about it, when there is none. */
export async function findPython() {
  const python = onPath('python3');
  if (python === undefined) {
    say('python3 was not found: the peer is left out, and nothing is compared. Install Python 3 to compare.');
    return undefined;
  }
  const { stdout } = await promisify(execFile)(python, ['--version']);
  return { path: python, version: stdout.trim() };
}

/** The usual peer (`peer/health_blob.py`) with a Redis of its own. */
export async function startPeer(python, built) {
  const { stop, url, socket } = await startRedis(built);
  // Without the site module and bytecode files: it starts sooner and leaves nothing behind.
  const run = (work, ...args) => jsonOf(python.path, ['-S', '-B', SCRIPT, work, socket, ...args]);
  return {
    stop,
    url,
    importFile: (file) => run('import', file.path),
    query: (year, month) => run('query', year.from, year.to, month.from),
  };
}
