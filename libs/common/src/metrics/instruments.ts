import type { Counter, Gauge, Histogram } from 'prom-client';
import { currentContext, type RequestContext } from '../context/request-context';
import type { LabelBounds, Labels } from './label-bounds';
import type { LabelRules, LabelsOf, RulesOf } from './metric-definition';

const SECOND_MS = 1_000;
/** What OpenMetrics allows the names and values of an exemplar's labels to have together. */
const MOST_EXEMPLAR_CHARACTERS = 128;

/** One series of a counter. Whoever counts often keeps it: finding it costs more than counting. */
export class CounterSeries {
  constructor(
    private readonly counter: Counter,
    private readonly labels: Labels,
  ) {
    // A series that appears with its first event hides that event from `increase()`.
    counter.inc(labels, 0);
  }

  inc(by = 1): void {
    this.counter.inc(this.labels, by);
  }
}

/** One series of a gauge. */
export class GaugeSeries {
  constructor(
    private readonly gauge: Gauge,
    private readonly labels: Labels,
  ) {}

  set(value: number): void {
    this.gauge.set(this.labels, value);
  }
}

/**
 * One series of a histogram. Each of its buckets shows one example: the request behind an observation, by its ids. A
 * bucket takes a new one at most once a second, so that fast requests, of which there are many, cost one comparison
 * each, while the slow ones, of which there are few, nearly always leave theirs; nothing has to be said about which
 * requests are worth it.
 */
export class HistogramSeries {
  private readonly exampleDueAt: Float64Array;

  constructor(
    private readonly histogram: Histogram,
    private readonly labels: Labels,
    private readonly bounds: readonly number[],
    private readonly now: () => number,
  ) {
    this.exampleDueAt = new Float64Array(bounds.length + 1);
  }

  /** The example is the request of the current context. */
  observe(value: number): void {
    const { labels } = this;
    const bucket = this.bucketOf(value);
    const now = this.now();
    if (now < (this.exampleDueAt[bucket] ?? 0)) {
      this.histogram.observe({ labels, value });
      return;
    }
    const context = currentContext();
    if (context !== undefined) this.exampleDueAt[bucket] = now + SECOND_MS;
    this.histogram.observe({ labels, value, ...(context && { exemplarLabels: exampleOf(context) }) });
  }

  private bucketOf(value: number): number {
    const { bounds } = this;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] ?? 0)) bucket += 1;
    return bucket;
  }
}

/** The trace always fits; a correlation id that a caller chose may not. */
function exampleOf({ traceId, correlationId }: RequestContext): Record<string, string> {
  const size = 'trace_id'.length + traceId.length + 'correlation_id'.length + correlationId.length;
  return size > MOST_EXEMPLAR_CHARACTERS ? { trace_id: traceId } : { trace_id: traceId, correlation_id: correlationId };
}

/** A metric, by its labels; with values beyond what they may be, the series is that of `other`. */
export class Instrument<L extends LabelRules, S> {
  private readonly series = new Map<string, S>();

  constructor(
    private readonly bounds: LabelBounds,
    private readonly make: (labels: Labels) => S,
  ) {}

  with(labels: LabelsOf<L>): S {
    const bounded = this.bounds.apply(labels as Labels);
    const key = Object.values(bounded).join('\n');
    let series = this.series.get(key);
    if (series === undefined) this.series.set(key, (series = this.make(bounded)));
    return series;
  }
}

/** The instrument of a definition: `CounterOf<typeof METRICS.errors>`. */
export type CounterOf<D> = Instrument<RulesOf<D>, CounterSeries>;
export type GaugeOf<D> = Instrument<RulesOf<D>, GaugeSeries>;
export type HistogramOf<D> = Instrument<RulesOf<D>, HistogramSeries>;
