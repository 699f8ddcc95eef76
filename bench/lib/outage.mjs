import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { URLSearchParams } from 'node:url';
import { startApplication } from './application.mjs';
import { lastDays } from './export.mjs';
import { startRedis } from './redis.mjs';

const CLIENTS = 8;
const REQUESTS = 2_000;
const SETTLE_LIMIT_MS = 60_000;
const POLL_MS = 100;
/** About as long as a measurement takes, so that few of its requests are trials, and the next one need not wait long. */
const OPEN_MS = '10000';
/** A call that waits for Redis in vain takes a second. */
const AT_ONCE_MS = 300;
const { from, to } = lastDays(30);
const DAILY = new URLSearchParams({ metric_types: 'HeartRate', time_period: `${from}/${to}`, bucket: 'day' });
const READS = { metrics: '/health-data/metrics', aggregates: `/health-data/aggregates?${DAILY}` };

/** The application with a Redis that can be stopped as it stands, and what its answers take in either state. */
export async function startOutage(built, nodeOptions) {
  const redis = await startRedis(built);
  const settings = { REDIS_URL: redis.url, REDIS_BREAKER_OPEN_MS: OPEN_MS };
  const application = await startApplication(built, nodeOptions, { settings, expectsErrors: true });
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const asker = (token) => (path) => answer({ agent, port: application.port, path, token });
  const reader = asker(application.token);
  // Nothing of theirs is in the cache.
  const stranger = asker(await application.tokenOf('bench-stranger'));
  return {
    importFile: application.importFile,
    healthy: async () => {
      redis.resume();
      await until(async () => (await reader(READS.metrics)).source === 'redis');
      return timesOf(READS, reader, { status: 200, source: 'redis' });
    },
    open: async () => {
      redis.pause();
      await until(async () => {
        const { source, ms } = await reader(READS.metrics);
        return source === 'cache' && ms < AT_ONCE_MS;
      });
      return {
        ...(await timesOf(READS, reader, { status: 200, source: 'cache' })),
        ...(await timesOf({ refused: READS.metrics }, stranger, { status: 503 })),
      };
    },
  };
}

/** Milliseconds by the name of the read: `{ name: { p50, p99 } }`. */
async function timesOf(reads, ask, expected) {
  const times = {};
  for (const [name, path] of Object.entries(reads)) {
    // The first half is for the caches of all kinds.
    await askOften(() => ask(path), expected, REQUESTS / 2);
    times[name] = percentiles(await askOften(() => ask(path), expected, REQUESTS));
  }
  return times;
}

/** `CLIENTS` at a time, each one after the other. */
async function askOften(ask, expected, times) {
  const taken = [];
  let begun = 0;
  const client = async () => {
    while (begun < times) {
      begun += 1;
      const { ms, ...answered } = await ask();
      if (Object.entries(expected).some(([key, value]) => answered[key] !== value)) {
        throw new Error(`Expected ${JSON.stringify(expected)}, but the answer was ${JSON.stringify(answered)}`);
      }
      taken.push(ms);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return taken.sort((a, b) => a - b);
}

async function answer({ agent, port, path, token }) {
  const begun = performance.now();
  const headers = { authorization: `Bearer ${token}` };
  const request = httpRequest({ host: '127.0.0.1', port, agent, path: `/api/v1${path}`, headers }).end();
  const [response] = await once(request, 'response');
  response.resume();
  await once(response, 'end');
  return {
    ms: performance.now() - begun,
    status: response.statusCode,
    source: response.headers['x-data-source'] ?? 'redis',
  };
}

async function until(holds) {
  for (const end = Date.now() + SETTLE_LIMIT_MS; Date.now() < end; await sleep(POLL_MS)) if (await holds()) return;
  throw new Error('The application did not come to the state that is to be measured');
}

function percentiles(sorted) {
  const at = (share) => sorted[Math.floor(sorted.length * share)];
  return { p50: at(0.5), p99: at(0.99) };
}
