import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ERROR_CATALOGUE, METRICS } from '@app/common';
import {
  alertRules,
  firingByAlert,
  HAS_PROMTOOL,
  matchersIn,
  panelExpressions,
  recordedIn,
  recordingRules,
  ROOT,
  RULE_TESTS,
  RULES,
} from '../support/observability';

const run = promisify(execFile);
const RUNBOOKS = join(ROOT, 'docs/operations');
const PARTS = ['**Means**', '**Users see**', '**Look at**', '**Do**'];
const OURS = ['infrastructure', 'critical', 'bug'];
const alerts = alertRules();
const expressions = [...alerts, ...recordingRules()].map(({ expr }) => expr).concat(panelExpressions());
const filesOf = (folder: string): string[] => readdirSync(folder).map((file) => join(folder, file));

/** The part of a runbook under the heading that a URL names. */
function section(url: string): string | undefined {
  const [path = '', anchor] = url.split('#');
  if (!existsSync(join(ROOT, path))) return undefined;
  const parts = readFileSync(join(ROOT, path), 'utf8').split(/^## /m);
  return parts.find((part) => part.split('\n', 1)[0]?.toLowerCase() === anchor);
}

const withPromtool = HAS_PROMTOOL ? describe : describe.skip;

withPromtool('the rules of Prometheus (needs promtool: apt-get install prometheus)', () => {
  it('are valid, and so is the configuration that loads them', async () => {
    const { stdout } = await run('promtool', ['check', 'config', join(ROOT, 'deploy/prometheus/prometheus.yml')]);
    expect(stdout).toContain(`${readdirSync(RULES).length} rule files found`);
    const lint = run('promtool', ['check', 'rules', '--lint=all', '--lint-fatal', ...filesOf(RULES)]);
    await expect(lint).resolves.toBeDefined();
  });

  it.each(readdirSync(RULE_TESTS))(
    'do what %s says',
    async (file) => {
      await expect(run('promtool', ['test', 'rules', join(RULE_TESTS, file)])).resolves.toBeDefined();
    },
    240_000,
  );
});

describe('each alert', () => {
  it.each(alerts)('$alert says how bad it is, what is the matter, and what to do', ({ alert, labels, annotations }) => {
    expect(alert).toMatch(/^Wellness[A-Z]\w+$/);
    expect(['critical', 'warning']).toContain(labels.severity);
    expect(annotations.summary).toMatch(/^\S.{10,110}$/);
    expect(annotations.description?.length).toBeGreaterThan(60);
  });

  it.each(alerts)('$alert has a runbook that is complete and leads back', ({ alert, file, labels, annotations }) => {
    const url = annotations.runbook_url ?? '';
    expect(url).toMatch(new RegExp(`^docs/operations/[a-z-]+\\.md#${alert.toLowerCase()}$`));
    const text = section(url) ?? '';
    for (const part of PARTS) expect(text).toContain(part);
    expect(text).toContain(`Severity: ${labels.severity}`);
    expect(readFileSync(join(ROOT, url.split('#')[0] ?? ''), 'utf8')).toContain(`/deploy/prometheus/rules/${file}`);
  });

  it.each(alerts)('$alert is shown not to fire, to fire, and to end', ({ alert }) => {
    const series = firingByAlert().get(alert) ?? [];
    expect(series.map((fires) => fires.map(Number).join(''))).toContainEqual(expect.stringMatching(/^0+1+0+$/));
  });

  it('is the only one of its name', () => {
    const names = alerts.map(({ alert }) => alert);
    expect([...new Set(names)]).toEqual(names);
  });
});

describe('runbooks', () => {
  const pages = readdirSync(RUNBOOKS).filter((name) => name.endsWith('.md'));
  const headings = pages.flatMap((page) =>
    [...readFileSync(join(RUNBOOKS, page), 'utf8').matchAll(/^## (Wellness\w+)$/gm)].map(([, name]) => name),
  );

  it('are of alerts that there are', () => {
    expect([...headings].sort()).toEqual(alerts.map(({ alert }) => alert).sort());
  });

  it('are all found from the first page', () => {
    const index = readFileSync(join(RUNBOOKS, 'README.md'), 'utf8');
    const missing = alerts.filter(({ annotations }) => {
      const link = annotations.runbook_url?.replace('docs/operations/', '') ?? '';
      return !index.includes(`(${link})`);
    });
    expect(missing.map(({ alert }) => alert)).toEqual([]);
  });
});

describe('what is asked of metrics', () => {
  const definitions = Object.values(METRICS);

  function problemOf({ metric, label, operator, value }: ReturnType<typeof matchersIn>[number]): string | undefined {
    if (['job', 'instance', 'le'].includes(label)) return undefined;
    const definition = definitions.find(({ name }) => name === metric.replace(/_(?:bucket|count|sum)$/, ''));
    if (definition === undefined) return `${metric} is not there`;
    const rule = (definition as { labels?: Record<string, unknown> }).labels?.[label];
    if (rule === undefined) return `${metric} has no label ${label}`;
    const values = Array.isArray(rule) ? (rule as string[]) : (rule as { among?: string[] }).among;
    if (values === undefined) return undefined;
    const asked = operator.endsWith('~') ? value.split('|') : [value];
    const unknown = asked.filter((each) => !values.some((one) => new RegExp(`^(?:${each})$`).test(one)));
    return unknown.length === 0 ? undefined : `${metric}: no ${label} is ${unknown.join(', ')}`;
  }

  it('are labels, and values of labels, that they can have', () => {
    const asked = expressions.flatMap(matchersIn);
    expect(asked.length).toBeGreaterThan(100);
    expect(asked.flatMap((matcher) => problemOf(matcher) ?? [])).toEqual([]);
  });

  it('is recorded by a rule where it is named like that', () => {
    const recorded = new Set(recordingRules().map(({ record }) => record));
    expect(expressions.flatMap(recordedIn).filter((name) => !recorded.has(name))).toEqual([]);
  });

  it('counts as our own making exactly the errors of status 500 and above', () => {
    const wrong = Object.entries(ERROR_CATALOGUE).filter(
      ([, { status, category }]) => status >= 500 !== OURS.includes(category),
    );
    expect(wrong.map(([code]) => code)).toEqual([]);
    expect(expressions.filter((expr) => expr.includes(`category=~"${OURS.join('|')}"`)).length).toBeGreaterThan(8);
  });
});
