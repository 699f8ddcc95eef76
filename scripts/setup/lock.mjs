import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './process.mjs';

const HEARTBEAT_MS = 1_000;
const SILENT_MS = 15_000;
const POLL_MS = 100;

/**
 * Runs `work` while no other process runs it under the same lock file. The holder touches the file every second; a
 * lock whose holder is dead, or has been silent for long, is taken over.
 */
export async function withLock(file, work) {
  mkdirSync(dirname(file), { recursive: true });
  await acquire(file);
  const heartbeat = setInterval(() => touch(file), HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    rmSync(file, { force: true });
  }
}

async function acquire(file) {
  let told = false;
  while (!tryCreate(file)) {
    if (isAbandoned(file)) takeAway(file);
    else {
      if (!told) say('Another run is preparing this folder; waiting for it.');
      told = true;
      await sleep(POLL_MS);
    }
  }
}

function tryCreate(file) {
  try {
    writeFileSync(file, `${process.pid} ${hostname()}`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function isAbandoned(file) {
  try {
    if (Date.now() - statSync(file).mtimeMs > SILENT_MS) return true;
    const [pid, host] = readFileSync(file, 'utf8').split(' ');
    return host === hostname() && !isAlive(Number(pid));
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}

// Two waiters may both find the lock abandoned. Only one of them can move it away, and one that moves away the new
// lock of the other (which cannot be abandoned) puts it back.
function takeAway(file) {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    if (isAbandoned(aside)) rmSync(aside, { force: true });
    else renameSync(aside, file);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

function isAlive(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return true; // just created, not yet written
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function touch(file) {
  try {
    utimesSync(file, new Date(), new Date());
  } catch (error) {
    // Somebody removed the lock by hand: nothing to keep alive any more.
    if (error.code !== 'ENOENT') throw error;
  }
}
