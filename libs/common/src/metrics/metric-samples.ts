import { Injectable } from '@nestjs/common';
import { newContext, runInContext } from '../context/request-context';
import { EventLogger } from '../logging/event-logger';
import { METRICS } from './metric-catalogue';
import { Metrics } from './metrics';

/** Longest a scrape waits for figures that have to be asked for; beyond it the last ones are shown. */
const WAIT_MS = 250;
const SECOND_MS = 1_000;

/** Figures that have to be asked for, as they were when they were last had; undefined until then. */
export interface Sample<T> {
  readonly last: T | undefined;
}

/** Asked anew with each scrape. */
class Source<T> implements Sample<T> {
  last: T | undefined;
  takenAt = 0;
  failures = 0;
  private asking: Promise<void> | undefined;

  constructor(
    private readonly take: () => Promise<T | undefined>,
    private readonly onFailure: (err: unknown) => void,
  ) {}

  /** Asks, unless the question before is still open. Never rejects. */
  async refresh(): Promise<void> {
    this.asking ??= this.ask().finally(() => (this.asking = undefined));
    return this.asking;
  }

  private async ask(): Promise<void> {
    try {
      const taken = await this.take();
      if (taken === undefined) {
        this.failures += 1;
        return;
      }
      this.last = taken;
      this.takenAt = Date.now();
    } catch (err) {
      this.failures += 1;
      this.onFailure(err);
    }
  }
}

/**
 * Figures that others have to be asked for, such as the length of a queue in Redis. A scrape asks for them and waits
 * for a moment; whoever does not answer in that time holds up nothing: the last figures are shown, and how old they are.
 */
@Injectable()
export class MetricSamples {
  private readonly sources = new Map<string, Source<unknown>>();

  constructor(
    metrics: Metrics,
    private readonly events: EventLogger,
  ) {
    metrics.read(METRICS.sampledAt, () =>
      [...this.sources].map(([source, { takenAt }]) => [{ source }, takenAt / SECOND_MS] as const),
    );
    metrics.read(METRICS.sampleFailures, () =>
      [...this.sources].map(([source, { failures }]) => [{ source }, failures] as const),
    );
  }

  /** `take` resolves with undefined, or rejects, when the figures cannot be had. */
  add<T>(source: string, take: () => Promise<T | undefined>): Sample<T> {
    const onFailure = (err: unknown): void => this.events.debug('metric_sample_failed', { source, err });
    const added = new Source(take, onFailure);
    this.sources.set(source, added);
    return added;
  }

  /** Asks all, in a context of its own: what is asked outlasts whoever scrapes. Never rejects. */
  async refresh(): Promise<void> {
    const all = [...this.sources.values()].map((source) => runInContext(newContext(), () => source.refresh()));
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, WAIT_MS);
    });
    await Promise.race([Promise.all(all), enough]);
    clearTimeout(timer);
  }
}
