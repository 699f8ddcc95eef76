import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { LoadShedder } from '@app/common';
import { eventually, type ScrapedMetrics } from '@app/common/testing';
import { exportXml, recordXml } from '../fixtures/health-export';
import { startWellnessApp, type WellnessApp } from '../support/wellness-app';
import { call, type HttpAnswer } from './support/http';
import { growthOf, scrape, scrapeSampled } from './support/scrape';

const OPEN_MS = 500;
/** A scrape waits a quarter of a second for figures that do not come. */
const SCRAPE_LIMIT_MS = 2_500;
const SAMPLED_AT = 'wellness_metrics_sample_timestamp_seconds';

const HALF_A_REQUEST =
  'POST /api/v1/chat/stateless HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{';
const RECORD = {
  metric_type: 'HeartRate',
  value: 60,
  unit: 'count/min',
  start: '2025-09-30T07:00:00Z',
  source: 'Watch',
};

describe('metrics while Redis', () => {
  let app: WellnessApp;
  let alice: Record<string, string>;
  let before: ScrapedMetrics;

  beforeEach(async () => {
    app = await startWellnessApp({
      REDIS_COMMAND_TIMEOUT_MS: '200',
      REDIS_BREAKER_THRESHOLD: '3',
      REDIS_BREAKER_OPEN_MS: String(OPEN_MS),
      REDIS_RETRY_MAX: '1',
      READINESS_REDIS_GRACE_MS: '0',
    });
    alice = {
      ...(await app.bearer('alice-0001', ['health:read', 'health:write'])),
      'content-type': 'application/json',
    };
    const body = JSON.stringify({ records: [RECORD] });
    await call(app.port, { method: 'POST', path: '/api/v1/health-data/records', headers: alice, body });
    await read();
    before = await scrapeSampled(app.port);
  });
  afterEach(() => app.close());

  const read = (path = 'metrics'): Promise<HttpAnswer> =>
    call(app.port, { path: `/api/v1/health-data/${path}`, headers: alice });

  /** Scrapes within its bound, until it is as wanted. */
  const scrapeUntil = async (wanted: (metrics: ScrapedMetrics) => boolean): Promise<ScrapedMetrics> => {
    let metrics = before;
    await eventually(async () => {
      const startedAt = performance.now();
      metrics = await scrape(app.port);
      expect(performance.now() - startedAt).toBeLessThan(SCRAPE_LIMIT_MS);
      return wanted(metrics);
    });
    return metrics;
  };

  it('hangs: are there in time, as they were, and tell how old they are; then are as usual', async () => {
    app.redis.server.signal('SIGSTOP');
    const stoppedAt = Date.now() / 1_000;
    const isOpen = { policy: 'redis', state: 'open' };
    await eventually(async () => (await read('metrics')).headers['x-data-source'] === 'cache');
    const during = await scrapeUntil(
      (metrics) =>
        (metrics.value('wellness_policy_state_changes_total', isOpen) ?? 0) > 0 &&
        metrics.value('wellness_ready') === 0 &&
        ['redis', 'import_queue'].every(
          (source) => (metrics.value('wellness_metrics_sample_failures_total', { source }) ?? 0) > 0,
        ),
    );
    expect(during.value('wellness_redis_memory_used_bytes')).toBe(before.value('wellness_redis_memory_used_bytes'));
    expect(during.value('wellness_import_queue_jobs')).toBe(0);
    const later = await scrape(app.port);
    for (const source of ['redis', 'import_queue']) {
      expect(during.value(SAMPLED_AT, { source })).toBeGreaterThan(0);
      expect(later.value(SAMPLED_AT, { source })).toBe(during.value(SAMPLED_AT, { source }));
    }
    expect(during.value('wellness_health_component_up', { component: 'redis' })).toBe(0);
    expect(during.value('wellness_health_component_up', { component: 'llm' })).toBe(1);
    expect(during.value('wellness_policy_timeouts_total', { policy: 'redis' })).toBeGreaterThan(0);
    expect(during.value('wellness_policy_failures_total', { policy: 'redis' })).toBeGreaterThan(0);
    expect(during.value('wellness_policy_retries_total', { policy: 'redis' })).toBeGreaterThan(0);

    app.redis.server.signal('SIGCONT');
    await scrapeUntil(
      (metrics) =>
        metrics.value('wellness_health_component_up', { component: 'redis' }) === 1 &&
        metrics.value('wellness_policy_state', { policy: 'redis', state: 'closed' }) === 1 &&
        metrics.value('wellness_ready') === 1 &&
        (metrics.value(SAMPLED_AT, { source: 'import_queue' }) ?? 0) > stoppedAt,
    );
  });

  it('hangs: show what came from the cache, how old it was, and what the circuit turned away', async () => {
    app.redis.server.signal('SIGSTOP');
    const growth = await growthOf(app.port, async () => {
      const headers = await app.bearer('bob-0002', ['health:read']);
      await eventually(async () => {
        await read();
        await call(app.port, { path: '/api/v1/health-data/metrics', headers });
        return (await scrape(app.port)).value('wellness_policy_state', { policy: 'redis', state: 'open' }) === 1;
      });
      await read();
    });
    expect(growth('wellness_stale_cache_reads_total', { result: 'hit' })).toBeGreaterThan(0);
    expect(growth('wellness_stale_cache_age_seconds_count')).toBe(
      growth('wellness_stale_cache_reads_total', { result: 'hit' }),
    );
    expect(growth('wellness_stale_cache_reads_total', { result: 'miss' })).toBeGreaterThan(0);
    expect(
      growth('wellness_errors_total', { code: 'HEALTH_DATA_UNAVAILABLE', category: 'infrastructure' }),
    ).toBeGreaterThan(0);
    expect(before.value('wellness_stale_cache_entries')).toBeGreaterThan(0);
    expect(before.value('wellness_stale_cache_bytes')).toBeGreaterThan(100);
    await eventually(async () => {
      await read();
      return ((await scrape(app.port)).value('wellness_policy_rejections_total', { reason: 'circuit_open' }) ?? 0) > 0;
    });
    app.redis.server.signal('SIGCONT');
  });

  it('is gone: show which connections are lost, and what waits for its return', async () => {
    await app.redis.stop();
    const during = await scrapeUntil(
      (metrics) =>
        metrics.value('wellness_redis_connections', { purpose: 'commands', state: 'ready' }) === 0 &&
        (metrics.value('wellness_redis_connection_events_total', { purpose: 'commands', event: 'failed' }) ?? 0) > 0,
    );
    expect(during.value('wellness_redis_connections', { purpose: 'health', state: 'ready' })).toBe(0);
    const headers = { ...alice, 'content-type': 'application/xml' };
    const upload = { method: 'POST', path: '/api/v1/imports', headers, body: exportXml(recordXml()) };
    const { body } = await call(app.port, upload);
    expect(body).toContain('waiting_for_redis');
    await scrapeUntil((metrics) => metrics.value('wellness_import_spooled_uploads') === 1);
  });
});

describe('metrics of what waits', () => {
  it('tell of imports that nobody has taken up, and how long the oldest has waited', async () => {
    const app = await startWellnessApp({ ROLE: 'api' });
    const headers = { ...(await app.bearer('uploader-1', ['health:write'])), 'content-type': 'application/xml' };
    const upload = { method: 'POST', path: '/api/v1/imports', headers, body: exportXml(recordXml()) };
    await call(app.port, upload);
    await sleep(1_100);
    await call(app.port, upload);
    const metrics = await scrapeSampled(app.port, Date.now() / 1_000);
    expect(metrics.value('wellness_import_queue_jobs', { state: 'waiting' })).toBe(2);
    expect(metrics.value('wellness_import_queue_jobs', { state: 'running' })).toBe(0);
    expect(metrics.value('wellness_import_queue_oldest_age_seconds')).toBeGreaterThanOrEqual(1.1);
    expect(metrics.value('wellness_import_spooled_uploads')).toBe(2);
    expect(metrics.value('wellness_build_info', { role: 'api' })).toBe(1);
    await app.close();
  });

  it('tell of requests that are shed', async () => {
    const app = await startWellnessApp({ SHED_MAX_IN_FLIGHT: '1' });
    // A request whose body is still coming is under way.
    const slow = connect(app.port, '127.0.0.1', () => slow.write(HALF_A_REQUEST));
    await eventually(() => app.drain.inFlight === 1);
    const growth = await growthOf(app.port, async () => {
      for (let asked = 0; asked < 3; asked++) await call(app.port, { path: '/errors' });
    });
    const during = await scrape(app.port);
    slow.destroy();
    const { in_flight: shed } = app.app.get(LoadShedder).snapshot().shed;
    expect(shed).toBe(3);
    expect(during.value('wellness_load_limit_exceeded', { measure: 'in_flight' })).toBe(1);
    expect(growth('wellness_load_shed_requests_total', { measure: 'in_flight' })).toBe(shed);
    expect(growth('wellness_errors_total', { code: 'SYSTEM_RESOURCES_EXHAUSTED', category: 'critical' })).toBe(shed);
    await app.close();
  });
});
