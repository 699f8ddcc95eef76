import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Agent, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../../scripts/setup/prepare.mjs';
import { atEnd, temporaryFolder } from './bench.mjs';

export const GAUGE = fileURLToPath(new URL('gauge.cjs', import.meta.url));
const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 20_000;
const IMPORT_LIMIT_MS = 30 * 60_000;
const POLL_MS = 250;
const SETTLE_MS = 1_000;
const TOKEN = { sub: 'bench', scope: 'health:read health:write', seconds: 86_400 };

/** The options of Node.js that `npm run start:prod` gives. */
export async function productionOptions() {
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  return scripts['start:prod'].split(' ').filter((word) => word.startsWith('--'));
}

/**
 * The application as it ships, in a process and a folder of its own, with its private Redis.
 * `built` are the application's modules (`APPLICATION_MODULES`); `settings` are put over those of the bench. Errors in its
 * log are shown, unless the bench `expectsErrors`.
 */
export async function startApplication(built, nodeOptions, { settings = {}, expectsErrors = false } = {}) {
  const folder = await temporaryFolder();
  const secret = randomBytes(32).toString('base64url');
  const main = join(ROOT, 'dist', 'src', 'main.js');
  const options = [...(await productionOptions()), ...nodeOptions, '--require', GAUGE];
  const child = spawn(process.execPath, [...options, main], {
    cwd: folder.path,
    env: { ...environment(folder.path, secret), ...settings },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const stop = atEnd(async () => {
    await end(child);
    await endLeftRedis(built, folder.path);
    await folder.remove();
  });
  const port = await portOf(child, expectsErrors);
  const tokenOf = (sub) => built.signToken(secret, { ...TOKEN, sub });
  const token = await tokenOf(TOKEN.sub);
  const agent = new Agent({ keepAlive: true });
  const send = (options) =>
    httpRequest({
      host: '127.0.0.1',
      port,
      agent,
      ...options,
      headers: { authorization: `Bearer ${token}`, ...options.headers },
    });
  const application = {
    stop,
    port,
    token,
    tokenOf,
    /** What stands in `data` of the answer. */
    get: (path) => answerOf(send({ path: `/api/v1${path}` }).end()),
    importFile: (file) => importFile(application, send, file),
    /** What was measured (see gauge.cjs) since the last call. */
    gauge: async () => {
      child.send('gauge');
      return (await once(child, 'message'))[0];
    },
    redisBytes: () => redisBytes(built, folder.path),
  };
  return application;
}

export const APPLICATION_MODULES = [
  'libs/common/src/auth/sign-token.js',
  'libs/common/src/redis/private-redis-place.js',
  'libs/common/src/redis/private-redis-server.js',
  'libs/common/src/redis/redis-process.js',
];

/** None of the settings of whoever runs the bench. */
function environment(dataDir, secret) {
  const { PATH, HOME, TMPDIR } = process.env;
  const settings = {
    NODE_ENV: 'production',
    LOG_FORMAT: 'json',
    SAMPLE_DATA: 'off',
    PORT: '0',
    SHUTDOWN_GRACE_MS: '0',
    RATE_LIMIT_USER_PER_MINUTE: '1000000000',
    RATE_LIMIT_IMPORTS_PER_HOUR: '1000000000',
  };
  return { PATH, HOME, ...(TMPDIR && { TMPDIR }), ...settings, DATA_DIR: dataDir, AUTH_JWT_SECRET: secret };
}

/** Waits until it listens. Its log is read on, so that it never waits for us. */
function portOf(child, expectsErrors) {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: child.stdout });
    let hasStarted = false;
    lines.on('line', (line) => {
      if (hasStarted && expectsErrors) return;
      const entry = JSON.parse(line);
      if (entry.event === 'application_started') {
        hasStarted = true;
        resolve(entry.port);
      }
      if (entry.level === 'error' || entry.level === 'fatal') process.stderr.write(`${line}\n`);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The application ended with ${code} before it listened`)));
    setTimeout(() => reject(new Error('The application did not start in time')), START_LIMIT_MS).unref();
  });
}

export async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await ended;
  clearTimeout(timer);
}

/** An application that is stopped before it listens leaves its Redis to the next one, and here there is none. */
async function endLeftRedis({ preparePrivateRedisPlace, endServer }, dataDir) {
  const place = await preparePrivateRedisPlace(dataDir);
  if (!existsSync(place.pidFile)) return;
  const pid = Number(await readFile(place.pidFile, 'utf8'));
  if (pid > 0) await endServer(pid, place);
}

async function answerOf(request) {
  const [response] = await once(request, 'response');
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  const body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  if (!body.success) throw new Error(`${request.method} ${request.path}: ${JSON.stringify(body.error)}`);
  return body.data;
}

/**
 * Uploads the file and waits until it is imported.
 * Resolves with the seconds it took in all, those from the 202 on, what was measured up to then and from then on, and
 * the state the import ended in.
 */
async function importFile(application, send, { path, bytes }) {
  // What starting up took is of no interest.
  await application.gauge();
  const begun = Date.now();
  const headers = { 'content-type': 'application/xml', 'content-length': bytes };
  const request = send({ method: 'POST', path: '/api/v1/imports', headers });
  const [receipt] = await Promise.all([answerOf(request), pipeline(createReadStream(path), request)]);
  const accepted = Date.now();
  const uploading = await application.gauge();
  const state = await endOf(application, receipt.import_id);
  const importing = await application.gauge();
  // The application's own word, on the same clock, is more exact than the moment it was asked.
  const finished = Date.parse(state.finished_at);
  return {
    wholeSeconds: (finished - begun) / 1_000,
    jobSeconds: (finished - accepted) / 1_000,
    uploading,
    importing,
    state,
  };
}

async function endOf(application, importId) {
  for (const until = Date.now() + IMPORT_LIMIT_MS; Date.now() < until; await sleep(POLL_MS)) {
    const state = await application.get(`/imports/${importId}`);
    if (state.status === 'completed') return state;
    if (state.status === 'failed') throw new Error(`The import failed: ${JSON.stringify(state.error)}`);
  }
  throw new Error('The import takes too long');
}

/** Memory that the application's data takes in its Redis, once what the last commands needed is given back. */
async function redisBytes({ preparePrivateRedisPlace, unixUrl }, dataDir) {
  const { socket } = await preparePrivateRedisPlace(dataDir);
  await sleep(SETTLE_MS);
  return usedMemory(unixUrl(socket));
}

export async function usedMemory(url) {
  const { Redis } = await import('ioredis');
  const client = new Redis(url.replace(/^unix:\/\//, ''), { lazyConnect: true });
  try {
    await client.connect();
    return Number(/^used_memory:(\d+)/m.exec(await client.info('memory'))[1]);
  } finally {
    client.disconnect();
  }
}
