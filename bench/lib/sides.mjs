import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformFile } from '@swc/core';
import { ROOT } from '../../scripts/setup/prepare.mjs';
import { onPath } from '../../scripts/setup/process.mjs';
import { end, GAUGE, productionOptions } from './application.mjs';
import { atEnd, temporaryFolder } from './bench.mjs';
import { startRedis } from './redis.mjs';

const LOAD = fileURLToPath(new URL('load.mjs', import.meta.url));
const SOURCES = join(ROOT, 'bench', 'layers');
/** Beside the application as it is built, of which the sides use parts. */
const BUILT = join(ROOT, 'dist', 'bench', 'layers');
const PATH = '/api/v1/nights?limit=7&order=desc';
const CONNECTIONS = 64;
/** So many that nobody comes near the limits of the API, which are those of production. */
const USERS = 2_048;
/** Until all is compiled, and every token has been seen. */
const WARM_UP_REQUESTS = 6 * USERS;
const TOKEN_SECONDS = 86_400;
const [SERVER_CPU, CLIENT_CPU] = ['0', '1'];

/**
 * Starts each of the named sides (`bench/layers/NAME.ts`) in a process of its own, and one to load them.
 * `warmUp(name)` and `measure(name, order)` load one of them, as
 * long as the options of autocannon in `order` say.
 */
export async function startSides(built, names, nodeOptions) {
  await buildSides();
  const redis = await startRedis(built);
  const secret = randomBytes(32).toString('base64url');
  const tokens = await tokensOf(built, secret);
  const folder = await temporaryFolder();
  const options = [...(await productionOptions()), ...nodeOptions, '--require', GAUGE];
  const sides = {};
  for (const name of names) sides[name] = await startSide(name, { folder, options, secret, redisUrl: redis.url });
  await requireSameBytes(sides, tokens[0]);
  const load = startProcess(LOAD, { args: [], cpu: CLIENT_CPU, stdio: 'inherit', options: [], env: process.env });
  const loaded = (name, order) => ask(load, { url: sides[name].url, tokens, connections: CONNECTIONS, ...order });
  return {
    warmUp: (name) => loaded(name, { amount: WARM_UP_REQUESTS }),
    measure: async (name, order) => {
      const { child } = sides[name];
      await ask(child, 'gauge');
      const found = await loaded(name, order);
      const { cpuSeconds } = await ask(child, 'gauge');
      if (found.errors > 0 || found.non2xx > 0) throw new Error(`${name} failed: ${JSON.stringify(found)}`);
      return { ...found, cpuMicroseconds: (cpuSeconds * 1e6) / found.requests };
    },
  };
}

async function buildSides() {
  await mkdir(BUILT, { recursive: true });
  for (const file of await readdir(SOURCES)) {
    const options = { cwd: ROOT, root: ROOT, configFile: join(ROOT, '.swcrc'), jsc: { baseUrl: ROOT } };
    const { code } = await transformFile(join(SOURCES, file), { ...options, sourceMaps: false });
    await writeFile(join(BUILT, `${basename(file, '.ts')}.js`), code);
  }
}

async function tokensOf({ signToken }, secret) {
  const token = (_none, user) =>
    signToken(secret, { sub: `user-${user}`, scope: 'health:read', seconds: TOKEN_SECONDS });
  return Promise.all(Array.from({ length: USERS }, token));
}

async function startSide(name, { folder, options, secret, redisUrl }) {
  const log = openSync(join(folder.path, `${name}.log`), 'a');
  const env = { PATH: process.env.PATH, NODE_ENV: 'production' };
  const stdio = ['ignore', log, 'inherit', 'ipc'];
  const args = [secret, redisUrl];
  const child = startProcess(join(BUILT, `${name}.js`), { args, cpu: SERVER_CPU, stdio, options, env });
  closeSync(log);
  const { port } = await answerOf(child);
  return { child, url: `http://127.0.0.1:${port}${PATH}` };
}

/** A process on a CPU of its own, where that can be had: whoever measures must not slow down what is measured. */
function startProcess(module, { args, cpu, stdio, options, env }) {
  const taskset = availableParallelism() > 1 ? onPath('taskset') : undefined;
  const pinned = taskset && { execPath: taskset, execArgv: ['-c', cpu, process.execPath, ...options] };
  const child = fork(module, args, { execArgv: options, ...pinned, stdio, env });
  atEnd(() => end(child));
  return child;
}

async function ask(child, message) {
  child.send(message);
  return answerOf(child);
}

async function answerOf(child) {
  const settled = new AbortController();
  const { signal } = settled;
  const gone = once(child, 'exit', { signal }).then(([code]) => Promise.reject(new Error(`A side ended with ${code}`)));
  try {
    return (await Promise.race([once(child, 'message', { signal }), gone]))[0];
  } finally {
    gone.catch(() => undefined);
    settled.abort();
  }
}

async function requireSameBytes(sides, token) {
  const bodies = {};
  for (const [name, { url }] of Object.entries(sides)) {
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    bodies[name] = await response.text();
  }
  if (new Set(Object.values(bodies)).size !== 1) throw new Error(`The answers differ: ${JSON.stringify(bodies)}`);
}
