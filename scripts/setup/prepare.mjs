import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from './build.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { withLock } from './lock.mjs';
import { findNode } from './node-runtime.mjs';
import { ensureRedisServer } from './redis-server.mjs';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LOCK = join(ROOT, '.setup', 'lock');

/**
 * Everything between a fresh clone and a program that runs: dependencies, a fitting Node, redis-server if it is
 * needed, a build of the sources as they are. Does only what is missing; runs in one folder take turns.
 * Uses nothing but Node itself (18 or newer). Resolves with the path of the Node to run programs with.
 */
export function prepare({ redis }) {
  return withLock(LOCK, async () => {
    await ensureDependencies(ROOT);
    const node = await findNode(ROOT);
    if (redis) await ensureRedisServer();
    await ensureBuilt(ROOT, node);
    return node;
  });
}

/** The build alone, for tools that run inside a prepared folder. */
export function build() {
  return withLock(LOCK, () => ensureBuilt(ROOT, process.execPath));
}
