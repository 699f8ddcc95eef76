import { join } from 'node:path';
import { atEnd, temporaryFolder } from './bench.mjs';

/** Nothing is written to disk: what a Redis does beside its work must not slow down what is measured. */
const ARGS = ['--save', '', '--appendonly', 'no'];

/** A Redis of the bench's own, on a socket in a folder of its own. `pause` stops it as it stands, `resume` goes on. */
export async function startRedis({ RedisProcess }) {
  const folder = await temporaryFolder();
  const socket = join(folder.path, 'redis.sock');
  const starting = RedisProcess.start({ directory: folder.path, socket, args: ARGS });
  const stop = atEnd(async () => {
    const [{ value: started }] = await Promise.allSettled([starting]);
    await started?.stop();
    await folder.remove();
  });
  const redis = await starting;
  return {
    stop,
    socket,
    url: redis.url,
    pause: () => redis.signal('SIGSTOP'),
    resume: () => redis.signal('SIGCONT'),
  };
}
