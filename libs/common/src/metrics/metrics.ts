import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, type Metric, type OpenMetricsContentType, Registry } from 'prom-client';
import { EventLogger } from '../logging/event-logger';
import { CounterSeries, GaugeSeries, HistogramSeries, Instrument } from './instruments';
import { LabelBounds, type Labels } from './label-bounds';
import type {
  CounterDefinition,
  GaugeDefinition,
  HistogramDefinition,
  LabelRules,
  LabelsOf,
  MetricDefinition,
  NoLabels,
} from './metric-definition';

/** A figure that is kept elsewhere, with the labels of its series. */
export type Reading<L extends LabelRules> = readonly [labels: LabelsOf<L>, value: number];

/** Combinations of labels that are shown from the start, with 0, when there are no more than these. */
const MOST_SHOWN_AT_ONCE = 64;

/**
 * All metrics of an application. They are declared with `defineMetrics` and made here, on first use; how many series
 * one can have is bounded by its declaration.
 */
@Injectable()
export class Metrics {
  // Of this type because the library keeps exemplars in no other. It is never printed itself: see `Exposition`.
  private readonly registry = new Registry<OpenMetricsContentType>();
  private readonly made = new Map<string, { readonly definition: MetricDefinition; readonly instrument: unknown }>();

  constructor(private readonly events: EventLogger) {
    this.registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  }

  counter<L extends LabelRules = NoLabels>(definition: CounterDefinition<L>): Instrument<L, CounterSeries> {
    return this.once(definition, (bounds) => {
      const counter = new Counter(this.configuration(definition, bounds));
      const instrument = new Instrument<L, CounterSeries>(bounds, (labels) => new CounterSeries(counter, labels));
      for (const labels of bounds.combinations(MOST_SHOWN_AT_ONCE)) instrument.with(labels as LabelsOf<L>);
      return instrument;
    });
  }

  gauge<L extends LabelRules = NoLabels>(definition: GaugeDefinition<L>): Instrument<L, GaugeSeries> {
    return this.once(definition, (bounds) => {
      const gauge = new Gauge(this.configuration(definition, bounds));
      return new Instrument<L, GaugeSeries>(bounds, (labels) => new GaugeSeries(gauge, labels));
    });
  }

  /** What is observed while a request is answered can become the example of its bucket. */
  histogram<L extends LabelRules = NoLabels>(definition: HistogramDefinition<L>): Instrument<L, HistogramSeries> {
    const { buckets } = definition;
    return this.once(definition, (bounds) => {
      const configuration = { ...this.configuration(definition, bounds), buckets: [...buckets], enableExemplars: true };
      const histogram = new Histogram(configuration);
      const now = (): number => performance.now();
      const make = (labels: Labels): HistogramSeries => new HistogramSeries(histogram, labels, buckets, now);
      return new Instrument<L, HistogramSeries>(bounds, make);
    });
  }

  /**
   * Shows figures that are kept elsewhere: `source` is asked at each scrape. It must not wait for anything; when it
   * throws, the figures of the scrape before are shown again.
   * @throws TypeError when there is a metric of that name already
   */
  read<L extends LabelRules, const R extends ReadonlyArray<Reading<L>>>(
    definition: CounterDefinition<L> | GaugeDefinition<L>,
    source: () => R,
  ): void {
    if (this.made.has(definition.name)) throw new TypeError(`There is a metric named ${definition.name} already`);
    this.once(definition, (bounds) => {
      const { events } = this;
      const configuration = this.configuration(definition, bounds);
      const collect = function (this: Counter | Gauge): void {
        try {
          const figures = source();
          this.reset();
          for (const [labels, value] of figures) this.inc(bounds.apply(labels as Labels), value);
        } catch (err) {
          events.error('metric_not_read', { metric: definition.name, err });
        }
      };
      return definition.type === 'counter'
        ? new Counter({ ...configuration, collect })
        : new Gauge({ ...configuration, collect });
    });
  }

  /** For whoever prints them. */
  all(): Metric[] {
    return this.registry.getMetricsAsArray() as unknown as Metric[];
  }

  private once<T>(definition: MetricDefinition, make: (bounds: LabelBounds) => T): T {
    const { name } = definition;
    const known = this.made.get(name);
    if (known === undefined) {
      const instrument = make(new LabelBounds(definition.labels));
      this.made.set(name, { definition, instrument });
      return instrument;
    }
    if (known.definition !== definition) throw new TypeError(`There is a metric named ${name} already`);
    return known.instrument as T;
  }

  private configuration({ name, help }: MetricDefinition, bounds: LabelBounds) {
    return { name, help, labelNames: [...bounds.names], registers: [this.registry] };
  }
}
