import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProcessFaults } from '@app/common';
import { startWellnessApp, type WellnessApp } from '../support/wellness-app';
import { call, type HttpAnswer, type HttpCall } from './support/http';
import { sendRaw } from './support/raw-socket';
import {
  DURATIONS,
  ERRORS,
  expectFigures,
  type Figures,
  growthOf,
  type Labels,
  REQUESTS,
  scrape,
  scrapeSampled,
} from './support/scrape';

/** Longer than it takes to look at the event loop and the heap again. */
const LOOK_MS = 600;

let app: WellnessApp;

beforeAll(async () => {
  // On a machine that is busy with other tests the circuit must not open by itself.
  app = await startWellnessApp({ REDIS_COMMAND_TIMEOUT_MS: '5000' });
  await scrapeSampled(app.port);
});
afterAll(() => app.close());

const get = (path: string, headers: HttpCall['headers'] = {}): Promise<HttpAnswer> => call(app.port, { path, headers });

async function send(path: string, body: object, headers: object = {}): Promise<HttpAnswer> {
  const bearer = await app.bearer('user-of-the-figures', ['health:read', 'health:write', 'admin']);
  return call(app.port, {
    method: 'POST',
    path: `/api/v1/${path}`,
    headers: { ...bearer, ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

const record = (metric_type: string): object => ({
  metric_type,
  value: 60,
  unit: 'count/min',
  start: '2025-09-30T07:00:00Z',
  source: 'Watch',
});

async function keyed(key: string, metric: string): Promise<HttpAnswer> {
  return send('health-data/records', { records: [record(metric)] }, { 'idempotency-key': key });
}

const FIGURES: Figures[] = [
  {
    what: 'a request counts by the template of its route',
    act: () => get('/errors/REDIS_CIRCUIT_OPEN'),
    grows: [
      [REQUESTS, { method: 'GET', route: '/errors/:code', status: '200' }, 1],
      [DURATIONS, { method: 'GET', route: '/errors/:code', status_class: '2xx' }, 1],
    ],
    stays: [ERRORS],
  },
  {
    what: 'a path that leads nowhere is like any other',
    act: () => get(`/${randomUUID()}/${randomUUID()}`),
    grows: [
      [REQUESTS, { method: 'GET', route: 'unmatched', status: '404' }, 1],
      [ERRORS, { code: 'ROUTE_PATH_NOT_FOUND', category: 'absent', stage: 'response' }, 1],
    ],
  },
  {
    what: 'a method that nobody knows is like any other',
    act: () => call(app.port, { method: 'PROPFIND', path: '/health' }),
    grows: [[REQUESTS, { method: 'other', route: 'unmatched', status: '405' }, 1]],
  },
  {
    what: 'a guard that turns somebody away',
    act: () => get('/api/v1/me'),
    grows: [
      [REQUESTS, { method: 'GET', route: '/api/v1/me', status: '401' }, 1],
      [ERRORS, { code: 'AUTH_TOKEN_MISSING', category: 'authentication', stage: 'response' }, 1],
    ],
  },
  {
    what: 'a URL that the router refuses',
    act: () => get('/%zz'),
    grows: [
      [REQUESTS, { route: 'unmatched', status: '400' }, 1],
      [ERRORS, { code: 'REQUEST_URL_MALFORMED', stage: 'response' }, 1],
    ],
  },
  {
    what: 'bytes that are no request',
    act: () => sendRaw(app.port, 'this is not http\r\n\r\n'),
    grows: [
      [REQUESTS, { method: 'other', route: 'unmatched', status: '400' }, 1],
      [ERRORS, { code: 'REQUEST_HTTP_MALFORMED', category: 'input', stage: 'connection' }, 1],
    ],
  },
  {
    what: 'an expectation that nobody can meet',
    act: () => sendRaw(app.port, 'GET / HTTP/1.1\r\nHost: x\r\nExpect: 200-maybe\r\n\r\n'),
    grows: [
      [REQUESTS, { method: 'GET', route: '/', status: '417' }, 1],
      [ERRORS, { code: 'REQUEST_EXPECTATION_FAILED', stage: 'response' }, 1],
    ],
  },
  {
    what: 'an Idempotency-Key: first, again, for another request',
    act: async () => {
      const key = randomUUID();
      await keyed(key, 'HeartRate');
      await keyed(key, 'HeartRate');
      await keyed(key, 'RestingHeartRate');
    },
    grows: ['first', 'replayed', 'reused'].map((result) => ['wellness_idempotency_requests_total', { result }, 1]),
  },
  {
    what: 'an event of the log',
    act: () => get('/errors'),
    grows: [['wellness_log_events_total', { event: 'request_completed', level: 'info' }, 1]],
  },
  {
    what: 'a fault that nobody was left to hear of',
    act: () => {
      const source = new EventEmitter();
      app.app.get(ProcessFaults).listen(() => undefined, source);
      source.emit('unhandledRejection', new Error('nobody awaited me'));
      source.emit('uncaughtException', new Error('nobody caught me'));
      return Promise.resolve();
    },
    grows: ['unhandled_rejection', 'uncaught_exception'].map((kind) => ['wellness_process_faults_total', { kind }, 1]),
  },
  {
    what: 'a policy that an operator isolates and releases',
    act: async () => {
      await send('admin/resilience/llm/isolate', {});
      await send('admin/resilience/llm/release', {});
    },
    grows: ['isolated', 'closed'].map((state) => ['wellness_policy_state_changes_total', { policy: 'llm', state }, 1]),
  },
];

describe('metrics count', () => {
  it.each(FIGURES)('$what', async (figures) => {
    await expectFigures(app.port, figures);
  });

  it('calls to Redis, of which scraping makes some of its own', async () => {
    const headers = await app.bearer('user-of-the-figures', ['health:read']);
    const calls = { policy: 'redis', outcome: 'success' };
    const none = await growthOf(app.port, () => Promise.resolve());
    const ten = async (): Promise<unknown> => {
      for (let asked = 0; asked < 10; asked++) await get('/api/v1/health-data/metrics', headers);
      return undefined;
    };
    const growth = await growthOf(app.port, ten);
    const counted = growth('wellness_policy_calls_total', calls);
    expect(counted - none('wellness_policy_calls_total', calls)).toBeGreaterThanOrEqual(9);
    expect(growth('wellness_policy_call_duration_seconds_count', calls)).toBe(counted);
  });

  it('what was admitted by a limit and what was not, as often as it is scraped', async () => {
    const strict = await startWellnessApp({ RATE_LIMIT_ADDRESS_PER_MINUTE: '3' });
    const ask = async (): Promise<unknown> => {
      for (let asked = 0; asked < 5; asked++) await call(strict.port, { path: '/' });
      return scrape(strict.port);
    };
    const growth = await growthOf(strict.port, ask);
    expect(growth('wellness_rate_limit_decisions_total', { limit: 'address', decision: 'admitted' })).toBe(3);
    expect(growth('wellness_rate_limit_decisions_total', { limit: 'address', decision: 'rejected' })).toBe(2);
    expect(growth(ERRORS, { code: 'RATE_LIMIT_EXCEEDED', category: 'limits' })).toBe(2);
    await strict.close();
  });
});

describe('metrics show', () => {
  it.each([
    ['wellness_build_info', { role: 'all', version: '0.1.0', node_version: process.versions.node }, 1],
    ['wellness_policy_state', { policy: 'redis', state: 'closed' }, 1],
    ['wellness_policy_state', { policy: 'redis', state: 'open' }, 0],
    ['wellness_policy_retry_budget_remaining', { policy: 'redis' }, expect.any(Number)],
    ['wellness_policy_calls_queued', { policy: 'redis' }, 0],
    ['wellness_ready', {}, 1],
    ['wellness_health_component_up', { component: 'redis' }, 1],
    ['wellness_health_component_up', { component: 'imports' }, 1],
    ['wellness_redis_connections', { purpose: 'commands', state: 'ready' }, 1],
    ['wellness_redis_connections', { purpose: 'queue', state: 'ready' }, 1],
    ['wellness_redis_connections', { purpose: 'commands', state: 'connecting' }, 0],
    ['wellness_redis_connection_events_total', { purpose: 'commands', event: 'connected' }, 1],
    ['wellness_redis_memory_used_bytes', {}, expect.any(Number)],
    ['wellness_redis_memory_limit_bytes', {}, expect.any(Number)],
    ['wellness_redis_connected_clients', {}, expect.any(Number)],
    ['wellness_redis_evicted_keys_total', {}, 0],
    ['wellness_import_queue_jobs', { state: 'waiting' }, 0],
    ['wellness_import_queue_oldest_age_seconds', {}, 0],
    ['wellness_import_spooled_uploads', {}, 0],
    ['wellness_maintenance_active', {}, 0],
    ['wellness_draining', {}, 0],
    ['wellness_load_limit_exceeded', { measure: 'in_flight' }, 0],
    ['wellness_stale_cache_bytes', {}, expect.any(Number)],
    ['wellness_metrics_sample_failures_total', { source: 'import_queue' }, expect.any(Number)],
    ['process_cpu_seconds_total', {}, expect.any(Number)],
    ['nodejs_heap_size_used_bytes', {}, expect.any(Number)],
    ['nodejs_eventloop_lag_p99_seconds', {}, expect.any(Number)],
  ])('%s %j', async (name, labels: Labels, value: unknown) => {
    const metrics = await scrape(app.port);
    expect(metrics.find(name, labels)).toHaveLength(1);
    expect(metrics.value(name, labels)).toEqual(value);
  });

  it('the event loop, the heap, and figures that are asked for anew', async () => {
    await sleep(LOOK_MS);
    const metrics = await scrapeSampled(app.port, Date.now() / 1_000);
    expect(metrics.value('wellness_event_loop_delay_seconds')).toBeLessThan(10);
    expect(metrics.value('wellness_heap_used_ratio')).toBeGreaterThan(0);
    expect(metrics.value('wellness_heap_used_ratio')).toBeLessThan(1);
    const sources = metrics.find('wellness_metrics_sample_timestamp_seconds').map(({ labels }) => labels.source);
    expect(sources.sort()).toEqual(['health', 'import_queue', 'import_spool', 'redis']);
  });
});
