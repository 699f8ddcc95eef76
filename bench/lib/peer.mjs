import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { onPath } from '../../scripts/setup/process.mjs';
import { atEnd, jsonOf, say, temporaryFolder } from './bench.mjs';

const SCRIPT = fileURLToPath(new URL('../peer/health_blob.py', import.meta.url));
/** Nothing is written to disk: what the peer's Redis does beside its work must not slow it down. */
const REDIS_ARGS = ['--save', '', '--appendonly', 'no'];

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
export async function startPeer(python, { RedisProcess }) {
  const folder = await temporaryFolder();
  const socket = join(folder.path, 'redis.sock');
  const starting = RedisProcess.start({ directory: folder.path, socket, args: REDIS_ARGS });
  const stop = atEnd(async () => {
    const [{ value: started }] = await Promise.allSettled([starting]);
    await started?.stop();
    await folder.remove();
  });
  const redis = await starting;
  // Without the site module and bytecode files: it starts sooner and leaves nothing behind.
  const run = (work, ...args) => jsonOf(python.path, ['-S', '-B', SCRIPT, work, socket, ...args]);
  return {
    stop,
    url: redis.url,
    importFile: (file) => run('import', file.path),
    query: (year, month) => run('query', year.from, year.to, month.from),
  };
}
