/** One of a list of texts that come from outside; any other is counted as `other`. */
export interface Among {
  readonly among: readonly string[];
  readonly meaning: string;
}

/** Texts that are known only while the application runs; more different ones than that are counted as `other`. */
export interface UpTo {
  readonly upTo: number;
  readonly meaning: string;
}

/** What a label can be. A plain list is checked by the compiler as well. */
export type LabelRule = readonly string[] | Among | UpTo;
export type LabelRules = Readonly<Record<string, LabelRule>>;
/** The rules of a metric without labels. */
export type NoLabels = Readonly<Record<never, LabelRule>>;

export type LabelsOf<L extends LabelRules> = {
  readonly [K in keyof L]: L[K] extends ReadonlyArray<infer V> ? V : string;
};

interface Named<L extends LabelRules> {
  /** With its unit in front of `_total`: seconds, bytes, or what is counted. */
  readonly name: string;
  readonly help: string;
  readonly labels?: L;
}

export interface CounterDefinition<L extends LabelRules = LabelRules> extends Named<L> {
  readonly type: 'counter';
}

export interface GaugeDefinition<L extends LabelRules = LabelRules> extends Named<L> {
  readonly type: 'gauge';
}

export interface HistogramDefinition<L extends LabelRules = LabelRules> extends Named<L> {
  readonly type: 'histogram';
  /** Upper bounds, ascending. */
  readonly buckets: readonly number[];
}

export type MetricDefinition = CounterDefinition | GaugeDefinition | HistogramDefinition;

/** The label rules of a definition, none when it says none. */
export type RulesOf<D> = D extends { readonly labels: infer L extends LabelRules } ? L : NoLabels;

const NAME = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)+$/;
const LABEL = /^[a-z][a-z0-9_]*$/;
const RESERVED = new Set(['le', 'quantile', 'job', 'instance']);
const UNIT = /_(?:seconds|bytes|ratio)$/;

/**
 * Declares metrics with their literal types kept, so that labels are checked where they are used. Names follow the
 * conventions of Prometheus.
 * @throws TypeError for a name, a label or buckets that do not
 */
export function defineMetrics<const T extends Readonly<Record<string, MetricDefinition>>>(definitions: T): T {
  for (const definition of Object.values(definitions)) {
    const problem = problemOf(definition);
    if (problem !== undefined) throw new TypeError(`Metric ${definition.name}: ${problem}`);
  }
  return definitions;
}

function problemOf(definition: MetricDefinition): string | undefined {
  const { name, type, help, labels = {} } = definition;
  if (!NAME.test(name)) return 'a name is in snake_case and begins with a prefix';
  if (help.trim() === '') return 'it needs a help text';
  if ((type === 'counter') !== name.endsWith('_total')) return 'counters, and nothing else, end in _total';
  if (/_(?:bucket|count|sum|created|info)$/.test(name) && !name.endsWith('_build_info'))
    return 'its ending is reserved';
  const wrong = Object.keys(labels).find((label) => !LABEL.test(label) || RESERVED.has(label));
  if (wrong !== undefined) return `${wrong} cannot be a label`;
  return type === 'histogram' ? bucketProblem(name, definition.buckets) : undefined;
}

function bucketProblem(name: string, buckets: readonly number[]): string | undefined {
  if (!UNIT.test(name)) return 'a histogram ends in its base unit: _seconds, _bytes or _ratio';
  const isAscending = buckets.every((bound, at) => at === 0 || bound > (buckets[at - 1] ?? 0));
  return buckets.length > 0 && isAscending ? undefined : 'buckets ascend';
}
