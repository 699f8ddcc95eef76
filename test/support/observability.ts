import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export const ROOT = join(__dirname, '../..');
export const RULES = join(ROOT, 'deploy/prometheus/rules');
export const RULE_TESTS = join(ROOT, 'deploy/prometheus/tests');
const DASHBOARDS = join(ROOT, 'deploy/grafana/dashboards');

/** Debian's package is `prometheus`; `.ci/run` installs it. */
export const HAS_PROMTOOL = spawnSync('promtool', ['--version']).error === undefined;

export interface AlertRule {
  /** Name of its file in `deploy/prometheus/rules`. */
  readonly file: string;
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

interface RuleFile {
  readonly groups: ReadonlyArray<{ readonly rules: ReadonlyArray<Omit<AlertRule, 'file'> | RecordingRule> }>;
}

const readYaml = <T>(path: string): T => parse(readFileSync(path, 'utf8')) as T;

function rules(): ReadonlyArray<AlertRule | RecordingRule> {
  return readdirSync(RULES).flatMap((file) =>
    readYaml<RuleFile>(join(RULES, file)).groups.flatMap(({ rules: those }) =>
      those.map((rule) => ('alert' in rule ? { ...rule, file } : rule)),
    ),
  );
}

export const alertRules = (): AlertRule[] => rules().filter((rule) => 'alert' in rule);
export const recordingRules = (): RecordingRule[] => rules().filter((rule) => 'record' in rule);

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly targets?: ReadonlyArray<{ readonly expr: string }>;
  readonly links?: ReadonlyArray<{ readonly url: string }>;
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
}

export interface Dashboard {
  readonly file: string;
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: ReadonlyArray<{ readonly name: string; readonly query?: unknown }> };
}

export function dashboards(): Dashboard[] {
  return readdirSync(DASHBOARDS).map((file) => ({
    ...(JSON.parse(readFileSync(join(DASHBOARDS, file), 'utf8')) as Dashboard),
    file,
  }));
}

/** Expressions of all panels, with Grafana's variables as something that Prometheus understands. */
export function panelExpressions(): string[] {
  const targets = dashboards().flatMap(({ panels }) => panels.flatMap((panel) => panel.targets ?? []));
  return targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '1m').replaceAll(/\$\w+/g, '.+'));
}

const METRIC = /\b(?:wellness|process|nodejs)_\w+/g;
const RECORDED = /\bjob(?:_\w+)?:\w+:\w+/g;

/** Names of metrics in an expression, of histograms with their ending. */
export function metricsIn(expr: string): string[] {
  const code = expr.replaceAll(RECORDED, '').replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
  return [...code.matchAll(METRIC)].map(([name]) => name);
}

export function recordedIn(expr: string): string[] {
  return [...expr.matchAll(RECORDED)].map(([name]) => name);
}

export interface Matcher {
  readonly metric: string;
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** What is asked of labels in an expression. */
export function matchersIn(expr: string): Matcher[] {
  return [...expr.matchAll(/\b(wellness_\w+)\{((?:[^}"]|"(?:[^"\\]|\\.)*")*)\}/g)].flatMap(
    ([, metric = '', inner = '']) =>
      [...inner.matchAll(/(\w+)(=~|!~|!=|=)"((?:[^"\\]|\\.)*)"/g)].map(([, label = '', operator, value = '']) => ({
        metric,
        label,
        operator: operator as Matcher['operator'],
        value: value.replaceAll('\\\\', '\\'),
      })),
  );
}

interface RuleTests {
  readonly tests: ReadonlyArray<{
    readonly promql_expr_test?: ReadonlyArray<{
      readonly expr: string;
      readonly eval_time: string;
      readonly exp_samples?: readonly unknown[];
    }>;
  }>;
}

/** For each alert the series of its tests: at each moment that is looked at in one, whether it is to fire. */
export function firingByAlert(): Map<string, boolean[][]> {
  const found = new Map<string, boolean[][]>();
  for (const file of readdirSync(RULE_TESTS)) {
    for (const { promql_expr_test: checks = [] } of readYaml<RuleTests>(join(RULE_TESTS, file)).tests) {
      const names = new Set(checks.map(({ expr }) => alertIn(expr)));
      for (const name of names) {
        const series = checks.filter(({ expr }) => alertIn(expr) === name);
        const fires = series.map(({ exp_samples: samples = [] }) => samples.length > 0);
        found.set(name, [...(found.get(name) ?? []), fires]);
      }
    }
  }
  return found;
}

const alertIn = (expr: string): string => /alertname="(\w+)"/.exec(expr)?.[1] ?? '';
