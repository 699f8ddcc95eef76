import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FakeLlmServer, type LlmReply, type ScrapedMetrics } from '@app/common/testing';
import { parse } from 'yaml';
import { call, post } from '../e2e/support/http';
import { ImportsClient } from '../e2e/support/imports-app';
import { scrapeSampled } from '../e2e/support/scrape';
import { exportXml, manyRecords } from '../fixtures/health-export';
import { alertRules, matchersIn, metricsIn, panelExpressions, recordingRules, ROOT } from '../support/observability';
import { startWellnessApp, type WellnessApp } from '../support/wellness-app';

const UNUSED = join(ROOT, 'deploy/prometheus/unused-metrics.yml');
const expressions = [...alertRules(), ...recordingRules()].map(({ expr }) => expr).concat(panelExpressions());
const used = new Set(expressions.flatMap(metricsIn));

const tool = (name: string, args: object): LlmReply => ({ kind: 'tools', calls: [{ name, arguments: args }] });
const TURNS: readonly LlmReply[] = [
  tool('list_available_metrics', {}),
  tool('get_health_metrics', { metric_types: 7 }),
  { kind: 'text', text: 'You took 12,345 steps.' },
];

/** A bit of everything that users do. */
async function smoke(app: WellnessApp, llm: FakeLlmServer): Promise<void> {
  const bearer = await app.bearer('somebody', ['health:read', 'health:write', 'chat']);
  const get = async (path: string, headers: object = bearer): Promise<unknown> =>
    call(app.port, { path, headers: { ...headers } });
  await new ImportsClient(app, 'somebody').import(exportXml(manyRecords(10)));
  await get('/api/v1/imports');
  await get('/api/v1/health-data/metrics');
  await get('/api/v1/me');
  await get('/api/v1/me', {});
  await get(`/${randomUUID()}`);
  await get('/health/ready', {});
  llm.respond((_, number) => TURNS[number - 1] ?? (TURNS.at(-1) as LlmReply));
  await post(
    app.port,
    '/api/v1/chat/stateless',
    { message: 'How many steps?' },
    { ...bearer, 'idempotency-key': 'one' },
  );
  llm.respond({ kind: 'text', text: 'Fine.' });
  await post(app.port, '/api/v1/chat/stateful', { message: 'And today?' }, bearer);
}

describe('what dashboards and rules ask for', () => {
  let app: WellnessApp;
  let llm: FakeLlmServer;
  let metrics: ScrapedMetrics;

  beforeAll(async () => {
    llm = await FakeLlmServer.start();
    app = await startWellnessApp({ LLM_BASE_URL: llm.url, LLM_MODEL: 'test-model' });
    await smoke(app, llm);
    // Scrapes are counted when they have ended.
    await scrapeSampled(app.port);
    metrics = await scrapeSampled(app.port);
  }, 60_000);
  afterAll(async () => {
    await app.close();
    await llm.stop();
  });

  /** What the runtime has to tell may have no series yet: there is none of garbage collection before the first. */
  const shown = (name: string): boolean =>
    metrics.samples.some((sample) => sample.name === name) ||
    (name.startsWith('nodejs_') && metrics.families.has(name.replace(/_(?:bucket|count|sum)$/, '')));

  it('is there, in an application that was used a little', () => {
    expect(used.size).toBeGreaterThan(60);
    expect([...used].filter((name) => !shown(name))).toEqual([]);
  });

  it('are routes that there are', () => {
    const routes = new Set(metrics.samples.flatMap(({ labels: { route } }) => route ?? []));
    const asked = new Set(
      expressions.flatMap(matchersIn).flatMap(({ label, value }) => (label === 'route' ? alternatives(value) : [])),
    );
    const unknown = [...asked].filter((each) => ![...routes].some((route) => new RegExp(`^(?:${each})$`).test(route)));
    expect([asked.size > 5, unknown]).toEqual([true, []]);
  });

  it('is all there is, but for those that are listed with a reason', () => {
    const listed = parse(readFileSync(UNUSED, 'utf8')) as Record<string, string>;
    const asked = new Set([...used].flatMap((name) => [name, name.replace(/_(?:bucket|count|sum)$/, '')]));
    const unused = [...metrics.families.keys()].filter((name) => !asked.has(name));
    expect(Object.keys(listed).sort()).toEqual(unused.sort());
    expect(Object.values(listed).filter((reason) => !/^\S.{9,}/.test(reason))).toEqual([]);
  });
});

/** `a|b` is two; what stands in brackets is left together. */
function alternatives(pattern: string): string[] {
  return pattern.split(/\|(?![^(]*\))/);
}
