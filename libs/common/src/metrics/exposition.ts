import { Inject, Injectable, StreamableFile } from '@nestjs/common';
import { type Metric, type RegistryContentType, Registry } from 'prom-client';
import { acceptQuality } from '../http/accept';
import { MetricSamples } from './metric-samples';
import { METRICS_SETTINGS, type MetricsSettings } from './metrics-settings';
import { Metrics } from './metrics';
import { processMetrics } from './process-metrics';

/** What is sent: the text, and its content type. */
export interface Exposed {
  readonly text: string;
  readonly type: string;
}

const OPEN_METRICS = 'application/openmetrics-text';
const PLAIN = 'text/plain';
/** How long a text is good for: a crowd that scrapes costs what one does. */
export const EXPOSITION_TTL_MS = 1_000;

type Printed = Awaited<ReturnType<Metric['get']>>;
type Value = Printed['values'][number];

/** What the library's metrics have, beyond what it declares. */
type PrintableMetric = Pick<Metric, 'get'> & {
  readonly name: string;
  readonly type: string;
  getForPromString?(): Promise<Printed>;
};

/** Prints all metrics, as whoever asks can read them. */
@Injectable()
export class Exposition {
  private readonly plain: Printer;
  private readonly open: Printer;

  constructor(
    private readonly metrics: Metrics,
    private readonly samples: MetricSamples,
    @Inject(METRICS_SETTINGS) { ttlMs = EXPOSITION_TTL_MS }: MetricsSettings,
  ) {
    this.plain = new Printer(Registry.PROMETHEUS_CONTENT_TYPE, () => this.all(), ttlMs);
    this.open = new Printer(Registry.OPENMETRICS_CONTENT_TYPE, () => this.all(), ttlMs);
  }

  /** Prometheus' own text, or OpenMetrics with its examples for those who name it and like it no less. */
  async print(accept: string | undefined): Promise<Exposed> {
    return (prefersOpenMetrics(accept) ? this.open : this.plain).print();
  }

  async file(accept: string | undefined): Promise<StreamableFile> {
    const { text, type } = await this.print(accept);
    const bytes = Buffer.from(text);
    return new StreamableFile(bytes, { type, length: bytes.length });
  }

  private async all(): Promise<Metric[]> {
    await this.samples.refresh();
    return [...this.metrics.all(), ...processMetrics()];
  }
}

/** Prints in one format, at most once in `ttlMs`. */
class Printer {
  private readonly registry: Registry<RegistryContentType>;
  private readonly shown = new Set<Metric>();
  private printing: Promise<Exposed> | undefined;
  private expiresAt = 0;

  constructor(
    private readonly type: RegistryContentType,
    private readonly metrics: () => Promise<Metric[]>,
    private readonly ttlMs: number,
  ) {
    this.registry = new Registry<RegistryContentType>();
    this.registry.setContentType(type);
  }

  async print(): Promise<Exposed> {
    if (this.printing !== undefined && Date.now() < this.expiresAt) return this.printing;
    this.expiresAt = Number.POSITIVE_INFINITY;
    this.printing = this.printNow().finally(() => (this.expiresAt = Date.now() + this.ttlMs));
    return this.printing;
  }

  private async printNow(): Promise<Exposed> {
    for (const metric of await this.metrics()) {
      if (this.shown.has(metric)) continue;
      this.shown.add(metric);
      this.registry.registerMetric(new View(metric as unknown as PrintableMetric) as unknown as Metric);
    }
    return { text: await this.registry.metrics(), type: this.type };
  }
}

/**
 * A metric as one format shows it. The library renames counters for good when it prints OpenMetrics, so that nothing
 * else could be printed from them afterwards: what it renames is this.
 */
class View {
  readonly type: string;
  name: string;

  constructor(private readonly metric: PrintableMetric) {
    this.name = metric.name;
    this.type = metric.type;
  }

  async get(): Promise<Printed> {
    const { metric } = this;
    // The library's own short cut for histograms, which need not copy the labels of each bucket.
    const printed = await (metric.getForPromString?.() ?? metric.get());
    return { ...printed, name: this.name, values: printed.values.map(withCanonicalBound) };
  }
}

/** OpenMetrics wants bounds of buckets to be written as decimal fractions: 1.0, not 1. */
function withCanonicalBound(value: Value): Value {
  const { le } = value.labels as { readonly le?: number | string };
  return typeof le === 'number' && Number.isInteger(le)
    ? { ...value, labels: { ...value.labels, le: `${le}.0` } }
    : value;
}

function prefersOpenMetrics(accept: string | undefined): boolean {
  if (accept === undefined || !accept.toLowerCase().includes(OPEN_METRICS)) return false;
  const quality = acceptQuality(accept, OPEN_METRICS);
  return quality > 0 && quality >= acceptQuality(accept.replaceAll('*/*', ''), PLAIN);
}
