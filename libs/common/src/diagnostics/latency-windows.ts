import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

export interface LatencyFigures {
  readonly name: string;
  readonly count: number;
  readonly p50_ms: number;
  readonly p95_ms: number;
  readonly p99_ms: number;
  readonly max_ms: number;
}

/** Durations are kept in hundredths of a millisecond, to within one percent. */
const UNITS_PER_MS = 100;
const LONGEST_MS = 600_000;
const SHAPE = { lowest: 1, highest: LONGEST_MS * UNITS_PER_MS, figures: 2 } as const;
/** Two spans of time, of which the older is thrown away: what is told is of the last one to two spans. */
export const SPAN_MS = 150_000;
/** Beyond so many names the rest is told as one. */
const MAX_NAMES = 200;
export const OTHERS = 'others';

interface Series {
  span: number;
  current: RecordableHistogram;
  previous: RecordableHistogram | undefined;
}

/** How long things took in the last minutes, by name. Memory is bounded by the number of names. */
export class LatencyWindows {
  private readonly series = new Map<string, Series>();

  constructor(private readonly maxNames = MAX_NAMES) {}

  note(name: string, durationMs: number): void {
    const series = this.seriesOf(name);
    this.turn(series);
    series.current.record(Math.max(1, Math.round(Math.min(durationMs, LONGEST_MS) * UNITS_PER_MS)));
  }

  /** The slowest first, by their 95th percentile. */
  slowest(limit: number): LatencyFigures[] {
    return [...this.series]
      .flatMap(([name, series]) => this.figuresOf(name, series) ?? [])
      .sort((a, b) => b.p95_ms - a.p95_ms || b.count - a.count)
      .slice(0, limit);
  }

  /** Of how many seconds the figures are, at most. */
  static get seconds(): number {
    return (SPAN_MS + (Date.now() % SPAN_MS)) / 1_000;
  }

  private figuresOf(name: string, series: Series): LatencyFigures | undefined {
    this.turn(series);
    const all = createHistogram(SHAPE);
    all.add(series.current);
    if (series.previous !== undefined) all.add(series.previous);
    if (all.count === 0) return undefined;
    const ms = (units: number): number => units / UNITS_PER_MS;
    return {
      name,
      count: all.count,
      p50_ms: ms(all.percentile(50)),
      p95_ms: ms(all.percentile(95)),
      p99_ms: ms(all.percentile(99)),
      max_ms: ms(all.max),
    };
  }

  private seriesOf(name: string): Series {
    const known = this.series.get(name);
    if (known !== undefined) return known;
    const isFull = this.series.size >= this.maxNames;
    if (isFull && name !== OTHERS) return this.seriesOf(OTHERS);
    const made = { span: spanNow(), current: createHistogram(SHAPE), previous: undefined };
    this.series.set(name, made);
    return made;
  }

  private turn(series: Series): void {
    const span = spanNow();
    const passed = span - series.span;
    if (passed === 0) return;
    const { current, previous = createHistogram(SHAPE) } = series;
    previous.reset();
    if (passed > 1) current.reset();
    series.current = previous;
    series.previous = current;
    series.span = span;
  }
}

function spanNow(): number {
  return Math.floor(Date.now() / SPAN_MS);
}
