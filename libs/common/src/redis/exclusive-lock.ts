import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const HEARTBEAT_MS = 1_000;
const SILENT_MS = 10_000;
const POLL_MS = 25;

/**
 * Runs `work` while no other process of this machine does so under the same lock file. The holder touches the file
 * every second; a lock whose holder is dead (kill -9), or has been silent for long, is taken over.
 */
export async function withExclusiveLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const token = `${process.pid} ${randomUUID()}`;
  while (!(await tryCreate(file, token))) {
    if (await isAbandoned(file)) await takeAway(file);
    else await sleep(POLL_MS);
  }
  const heartbeat = setInterval(() => keepAlive(file), HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if ((await contentOf(file)) === token) await rm(file, { force: true });
  }
}

async function tryCreate(file: string, token: string): Promise<boolean> {
  try {
    await writeFile(file, token, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function isAbandoned(file: string): Promise<boolean> {
  const holder = Number((await contentOf(file))?.split(' ')[0]);
  const touched = await touchedAt(file);
  if (touched === undefined) return false;
  // A file without content has just been made, and its holder has not written its name yet.
  return Date.now() - touched > SILENT_MS || (holder > 0 && !isAlive(holder));
}

// Two that wait may both find the lock abandoned. Only one can move it away, and one that moves the fresh lock of the
// other, which is not abandoned, puts it back.
async function takeAway(file: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  if (await isAbandoned(aside)) await rm(aside, { force: true });
  else await rename(aside, file);
}

/** Whether there is a process with this id, of whatever user. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

// A heartbeat that fails makes the lock look silent, no more: the work it guards goes on.
function keepAlive(file: string): void {
  const now = new Date();
  utimes(file, now, now).catch(() => undefined);
}

async function contentOf(file: string): Promise<string | undefined> {
  return ifPresent(readFile(file, 'utf8'));
}

async function touchedAt(file: string): Promise<number | undefined> {
  return (await ifPresent(stat(file)))?.mtimeMs;
}

/** `undefined` instead of the error when the file is not there. */
export async function ifPresent<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Whether this is a system error of that code, whichever realm it was made in. */
export function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
