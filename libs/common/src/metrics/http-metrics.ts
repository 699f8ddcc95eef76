import { Injectable } from '@nestjs/common';
import { ERROR_CODES, type ErrorCode, errorDefinition } from '../errors/catalogue';
import { Drain } from '../http/drain';
import { UNMATCHED } from '../http/route-of';
import type { CounterOf, CounterSeries, HistogramOf, HistogramSeries } from './instruments';
import { METRICS } from './metric-catalogue';
import { Metrics } from './metrics';

export type ErrorStage = (typeof METRICS.errors.labels.stage)[number];

/** The two series that a request belongs to. */
interface Series {
  readonly requests: CounterSeries;
  readonly duration: HistogramSeries;
}

/** The configuration of a route: the framework has one for each, whatever is asked of it. */
interface RouteKey {
  readonly url?: string;
}

/** Series of one route, by method, then by status. Routes have one method each; what matches none can have any. */
type RouteSeries = Map<string, Map<number, Series>>;

const SECOND_MS = 1_000;
const STATUS_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;

/** Rate, errors and duration of requests. A request costs three look-ups, and makes nothing. */
@Injectable()
export class HttpMetrics {
  private readonly requests: CounterOf<typeof METRICS.httpRequests>;
  private readonly durations: HistogramOf<typeof METRICS.httpDuration>;
  private readonly errors: CounterOf<typeof METRICS.errors>;
  private readonly responses: ReadonlyMap<ErrorCode, CounterSeries>;
  private readonly routes = new WeakMap<RouteKey, RouteSeries>();

  constructor(metrics: Metrics, drain: Drain) {
    this.requests = metrics.counter(METRICS.httpRequests);
    this.durations = metrics.histogram(METRICS.httpDuration);
    this.errors = metrics.counter(METRICS.errors);
    // All codes are there from the start: an alert must not miss the first error of a kind.
    this.responses = new Map(ERROR_CODES.map((code) => [code, this.errorSeries(code, 'response')]));
    metrics.read(METRICS.httpInFlight, () => [[{}, drain.inFlight]]);
  }

  /** A request has ended. */
  noteRequest(method: string, route: RouteKey, status: number, durationMs: number): void {
    let byMethod = this.routes.get(route);
    if (byMethod === undefined) this.routes.set(route, (byMethod = new Map<string, Map<number, Series>>()));
    let byStatus = byMethod.get(method);
    if (byStatus === undefined) byMethod.set(method, (byStatus = new Map<number, Series>()));
    let series = byStatus.get(status);
    if (series === undefined) byStatus.set(status, (series = this.seriesOf(method, route.url ?? UNMATCHED, status)));
    series.requests.inc();
    series.duration.observe(durationMs / SECOND_MS);
  }

  /** Something was answered with an error that never became a request the framework saw. */
  noteConnection(method: string, status: number, code: ErrorCode): void {
    this.requests.with({ method, route: UNMATCHED, status: String(status) }).inc();
    this.noteError(code, 'connection');
  }

  noteError(code: ErrorCode, stage: ErrorStage): void {
    const series = stage === 'response' ? this.responses.get(code) : undefined;
    (series ?? this.errorSeries(code, stage)).inc();
  }

  private errorSeries(code: ErrorCode, stage: ErrorStage): CounterSeries {
    return this.errors.with({ code, category: errorDefinition(code).category, stage });
  }

  private seriesOf(method: string, route: string, status: number): Series {
    const status_class = STATUS_CLASSES[Math.floor(status / 100) - 1] ?? '5xx';
    return {
      requests: this.requests.with({ method, route, status: String(status) }),
      duration: this.durations.with({ method, route, status_class }),
    };
  }
}
