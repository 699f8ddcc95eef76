import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where a private Redis keeps its things. All paths are real ones, so that two spellings of a folder are one place. */
export interface PrivateRedisPlace {
  /** Append-only file, log, pid file and start lock. */
  readonly directory: string;
  readonly socket: string;
  readonly pidFile: string;
  readonly logFile: string;
  readonly lockFile: string;
}

/** `sun_path` holds 104 bytes on macOS and the BSDs and 108 on Linux, the terminating zero included. */
export const SOCKET_PATH_MAX_BYTES = 103;

/**
 * Makes `<dataDir>/redis`, for this user alone. Where the path of a socket in there would be too long, the socket goes
 * to a folder of the system's temporary one that is named after the data folder.
 */
export async function preparePrivateRedisPlace(dataDir: string): Promise<PrivateRedisPlace> {
  const wanted = join(dataDir, 'redis');
  await mkdir(wanted, { recursive: true, mode: 0o700 });
  const directory = await realpath(wanted);
  return {
    directory,
    socket: await socketFor(directory),
    pidFile: join(directory, 'redis.pid'),
    logFile: join(directory, 'redis.log'),
    lockFile: join(directory, 'start.lock'),
  };
}

async function socketFor(directory: string): Promise<string> {
  const near = join(directory, 'redis.sock');
  if (fits(near)) return near;
  const name = `wellness-${createHash('sha256').update(directory).digest('hex').slice(0, 16)}`;
  const folders = [join(tmpdir(), name), join('/tmp', name)];
  const folder = folders.find((candidate) => fits(join(candidate, 'redis.sock'))) ?? join('/tmp', name);
  await ownFolder(folder);
  return join(folder, 'redis.sock');
}

function fits(path: string): boolean {
  return Buffer.byteLength(path) <= SOCKET_PATH_MAX_BYTES;
}

/** The temporary folder is everybody's: what stands there under our name must really be ours. */
async function ownFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) {
    throw new Error(`${folder} belongs to somebody else; choose a shorter DATA_DIR, or set REDIS_URL`);
  }
  await chmod(folder, 0o700);
}
