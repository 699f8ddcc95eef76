import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import { dashboards, HAS_PROMTOOL, panelExpressions, type Panel, ROOT } from '../support/observability';

const run = promisify(execFile);
const all = dashboards();

interface Compose {
  readonly services: Readonly<
    Record<string, { readonly profiles?: string[]; readonly volumes?: string[]; readonly image?: string }>
  >;
}

const { services } = parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8')) as Compose;
const OBSERVABILITY = ['prometheus', 'alertmanager', 'grafana'];

const overlap = (a: Panel['gridPos'], b: Panel['gridPos']): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

describe('the dashboards', () => {
  it('are as their short form says', async () => {
    const check = run(process.execPath, ['scripts/dashboards.mjs', '--check'], { cwd: ROOT });
    await expect(check).resolves.toMatchObject({ stdout: '' });
  });

  it('are the five that operators need, each by its own uid', () => {
    expect(all.map(({ uid }) => uid).sort()).toEqual(
      ['agent', 'dependencies', 'errors', 'imports', 'overview'].map((name) => `wellness-${name}`),
    );
  });

  it.each(all)('$title asks for the replicas that are chosen, of a source that is chosen', ({ templating, panels }) => {
    expect(templating.list.map(({ name }) => name)).toEqual(['datasource', 'job', 'instance', 'runbooks']);
    const fixed = panels.flatMap(({ targets = [] }) => targets).filter(({ expr }) => !/\$job|ALERTS/.test(expr));
    expect(fixed).toEqual([]);
  });

  it.each(all)('$title has panels with a unit, a description and a place of their own', ({ panels }) => {
    const charts = panels.filter(({ type }) => type !== 'row');
    expect(charts.filter((panel) => !panel.description || !panel.fieldConfig?.defaults.unit)).toEqual([]);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const clashes = panels.flatMap((one, at) =>
      panels.slice(at + 1).filter((other) => overlap(one.gridPos, other.gridPos)),
    );
    expect(clashes.map(({ title }) => title)).toEqual([]);
  });

  it.each(all)('$title links to runbooks that there are', ({ panels }) => {
    const links = panels.flatMap((panel) => panel.links ?? []).map(({ url }) => url.replace('${runbooks}/', ''));
    expect(links.length).toBeGreaterThan(3);
    const missing = links.filter((link) => {
      const [page = '', anchor] = link.split('#');
      const path = join(ROOT, 'docs/operations', page);
      if (!existsSync(path)) return true;
      const headings = [...readFileSync(path, 'utf8').matchAll(/^## (\w+)$/gm)].map(([, name]) => name?.toLowerCase());
      return anchor !== undefined && !headings.includes(anchor);
    });
    expect(missing).toEqual([]);
  });
});

const withPromtool = HAS_PROMTOOL ? describe : describe.skip;

withPromtool('the panels (needs promtool)', () => {
  it('ask in words that Prometheus understands', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wellness-panels-'));
    try {
      const rules = panelExpressions().map((expr, at) => ({ record: `panel:${at}`, expr }));
      const file = join(folder, 'panels.yml');
      writeFileSync(file, stringify({ groups: [{ name: 'panels', rules }] }));
      const { stdout } = await run('promtool', ['check', 'rules', '--lint=none', file]);
      expect(stdout).toContain(`${rules.length} rules found`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('docker compose --profile observability', () => {
  it.each(OBSERVABILITY)('starts %s only when asked to, in one version, with files that there are', (name) => {
    const service = services[name];
    expect(service?.profiles).toEqual(['observability']);
    expect(service?.image).toMatch(/:v?\d+\.\d+\.\d+$/);
    const mounted = (service?.volumes ?? []).filter((volume) => volume.startsWith('./'));
    expect(mounted.length).toBeGreaterThan(0);
    expect(mounted.filter((volume) => !existsSync(join(ROOT, volume.split(':')[0] ?? '')))).toEqual([]);
    expect(mounted.every((volume) => volume.endsWith(':ro'))).toBe(true);
  });

  it('leaves the service itself to those who ask for nothing', () => {
    const always = Object.entries(services).filter(([, { profiles }]) => profiles === undefined);
    expect(always.map(([name]) => name)).toEqual(['app', 'redis']);
  });
});
