import { execFile, execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import { METRICS, MetricsServer } from '@app/common';
import {
  createTestApp,
  eventually,
  expectErrorEnvelope,
  expectErrorHeaders,
  ScrapedMetrics,
} from '@app/common/testing';
import { startWellnessApp, type WellnessApp } from '../support/wellness-app';
import { call } from './support/http';
import { OPEN_METRICS, PROMETHEUS_ACCEPT, scrape, scrapeAnswer } from './support/scrape';

const PLAIN_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
const OPEN_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** Debian's `prometheus` has it; the format is checked by it where it is there. */
function hasPromtool(): boolean {
  try {
    execFileSync('promtool', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function promtool(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile('promtool', ['check', 'metrics'], (error, stdout, stderr) => {
      if (error !== null && error.code !== 3) reject(new Error(stderr));
      else resolve(stdout + stderr);
    });
    child.stdin?.end(text);
  });
}

describe('GET /metrics', () => {
  let app: WellnessApp;

  beforeAll(async () => {
    app = await startWellnessApp();
    await call(app.port, { path: '/errors', headers: { 'x-correlation-id': 'the-one-with-errors' } });
  });
  afterAll(() => app.close());

  it.each([
    ['nobody says what they want', undefined, PLAIN_TYPE],
    ['anything goes', '*/*', PLAIN_TYPE],
    ['a browser asks', 'text/html,*/*;q=0.8', PLAIN_TYPE],
    ['text is liked better', 'text/plain,application/openmetrics-text;q=0.5', PLAIN_TYPE],
    ['something else is wanted', 'application/json', PLAIN_TYPE],
    ['Prometheus asks', PROMETHEUS_ACCEPT, OPEN_TYPE],
    ['OpenMetrics is named', OPEN_METRICS, OPEN_TYPE],
  ])('chooses the format: %s', async (_when, accept, type) => {
    const { status, headers, body } = await scrapeAnswer(app.port, accept);
    expect([status, headers['content-type']]).toEqual([200, type]);
    expect(headers).toMatchObject({ vary: 'Accept', 'cache-control': 'no-store' });
    expect(body.endsWith('# EOF\n')).toBe(type === OPEN_TYPE);
  });

  it('tells the same in both formats, whichever was asked for before', async () => {
    const names = async (accept?: string) =>
      new Set(
        (await scrape(app.port, accept)).samples
          .map(({ name }) => name)
          .filter((name) => !name.startsWith('nodejs_active')),
      );
    // The runtime's figures of garbage collection appear with the first one.
    await eventually(async () => (await names()).has('nodejs_gc_duration_seconds_count'));
    const plain = await names();
    expect(await names(OPEN_METRICS)).toEqual(plain);
    expect(await names()).toEqual(plain);
    const families = async (accept?: string) => [...(await scrape(app.port, accept)).families.keys()];
    expect(await families()).toContain('wellness_http_requests_total');
    expect(await families(OPEN_METRICS)).toContain('wellness_http_requests');
  });

  it('shows every metric that is declared, as it is declared', async () => {
    const { families } = await scrape(app.port);
    for (const { name, type, help } of Object.values(METRICS)) {
      expect([name, families.get(name)]).toEqual([name, { type, help }]);
    }
    const undeclared = [...families.keys()].filter((name) => name.startsWith('wellness_'));
    expect(undeclared.sort()).toEqual(
      Object.values(METRICS)
        .map(({ name }) => name)
        .sort(),
    );
    expect([...families.keys()]).toEqual(
      expect.arrayContaining(['process_cpu_seconds_total', 'nodejs_heap_size_used_bytes']),
    );
  });

  it('shows the request behind a duration, by its ids, in OpenMetrics alone', async () => {
    const buckets = (metrics: ScrapedMetrics) =>
      metrics.find('wellness_http_request_duration_seconds_bucket', { route: '/errors' });
    const exemplars = buckets(await scrape(app.port, OPEN_METRICS)).flatMap(({ exemplar }) =>
      exemplar === undefined ? [] : [exemplar],
    );
    expect(exemplars).toEqual([
      { correlation_id: 'the-one-with-errors', trace_id: expect.stringMatching(/^[\da-f]{32}$/) as string },
    ]);
    expect((await scrapeAnswer(app.port)).body).not.toContain(' # {');
  });

  it('is part of the API document and of the index', async () => {
    const { links } = JSON.parse((await call(app.port, { path: '/' })).body) as { links: Record<string, string> };
    expect(links.metrics).toBe('/metrics');
  });

  it('is logged at debug alone', async () => {
    app.logs.clear();
    await scrape(app.port);
    expect(app.logs.named('request_completed').map(({ level, route }) => [level, route])).toEqual([
      ['debug', '/metrics'],
    ]);
  });

  it('answers other methods with the error contract', async () => {
    const answer = await call(app.port, { path: '/metrics', method: 'POST' });
    expectErrorEnvelope(answer, 'ROUTE_METHOD_NOT_ALLOWED');
  });

  (hasPromtool() ? describe : describe.skip)('where promtool is', () => {
    it('has nothing that it finds fault with', async () => {
      const { body } = await scrapeAnswer(app.port);
      expect(await promtool(body)).toBe('');
    });
  });
});

describe('whoever scrapes', () => {
  it('is neither limited, nor shed, nor turned away for maintenance, nor while the process drains', async () => {
    const app = await startWellnessApp({ RATE_LIMIT_ADDRESS_PER_MINUTE: '1', SHED_MAX_IN_FLIGHT: '1' });
    const admin = await app.bearer('operator', ['admin']);
    const body = JSON.stringify({ active: true });
    const headers = { ...admin, 'content-type': 'application/json' };
    await call(app.port, { method: 'PUT', path: '/api/v1/admin/maintenance', headers, body });
    app.drain.refuse();
    const answers = await Promise.all(Array.from({ length: 10 }, () => scrapeAnswer(app.port)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const metrics = new ScrapedMetrics(answers[0]?.body ?? '');
    expect(metrics.value('wellness_maintenance_active')).toBe(1);
    expect(metrics.value('wellness_draining')).toBe(1);
    await app.close();
  });
});

describe('metrics on a port of their own', () => {
  let app: WellnessApp;
  let port: number;

  beforeAll(async () => {
    app = await startWellnessApp({ METRICS_PORT: '0' });
    ({ port } = app.app.get(MetricsServer));
  });
  afterAll(() => app.close());

  it('are served there, and no longer beside the other routes', async () => {
    const answer = await scrapeAnswer(port, PROMETHEUS_ACCEPT);
    expect([answer.status, answer.headers['content-type']]).toEqual([200, OPEN_TYPE]);
    expect(new ScrapedMetrics(answer.body).value('wellness_build_info')).toBe(1);
    expectErrorEnvelope(await scrapeAnswer(app.port), 'ROUTE_PATH_NOT_FOUND');
    expect((await call(app.port, { path: '/' })).body).not.toContain('metrics');
    expect(JSON.parse((await call(app.port, { path: '/openapi.json' })).body)).not.toHaveProperty([
      'paths',
      '/metrics',
    ]);
  });

  it('are all there is, and keep the error contract', async () => {
    const elsewhere = await call(port, { path: '/api/v1/me' });
    const { correlation_id } = expectErrorEnvelope(elsewhere, 'ROUTE_PATH_NOT_FOUND');
    expectErrorHeaders(elsewhere, 'ROUTE_PATH_NOT_FOUND', correlation_id);
    expectErrorEnvelope(await call(port, { path: '/metrics', method: 'DELETE' }), 'ROUTE_METHOD_NOT_ALLOWED');
    const head = await call(port, { path: '/metrics', method: 'HEAD' });
    expect([head.status, head.body]).toEqual([200, '']);
  });

  it('are there until the application has closed', async () => {
    const other = await startWellnessApp({ METRICS_PORT: '0' });
    const own = other.app.get(MetricsServer).port;
    other.drain.refuse();
    expect((await scrape(own)).value('wellness_draining')).toBe(1);
    await other.close();
    await expect(scrapeAnswer(own)).rejects.toThrow('ECONNREFUSED');
  });

  it('keep the application from starting when the port is taken', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port: number } = taken.address() as { port: number };
    await expect(createTestApp({ metrics: { port: number } })).rejects.toThrow('EADDRINUSE');
    taken.close();
  });
});
