import { EventLogger, METRICS, Metrics, MetricSamples } from '@app/common';
import { Injectable } from '@nestjs/common';
import { ImportQueue } from './import-queue';
import { ImportSpool } from './import-spool';

type Outcome = (typeof METRICS.importRuns.labels.outcome)[number];

const SECOND_MS = 1_000;
/** Failures after which an import is run again. */
const INTERRUPTIONS: readonly string[] = ['waiting', 'worker_died'];

/** How imports end, and how many have not. */
@Injectable()
export class ImportsMetrics {
  constructor(
    private readonly metrics: Metrics,
    private readonly samples: MetricSamples,
    private readonly events: EventLogger,
    queue: ImportQueue,
    spool: ImportSpool,
  ) {
    this.countEnds();
    this.readBacklog(queue);
    const uploads = samples.add('import_spool', async () => (await spool.list()).length);
    metrics.read(METRICS.importSpool, () => (uploads.last === undefined ? [] : [[{}, uploads.last]]));
  }

  private countEnds(): void {
    const { events } = this;
    const received = this.metrics.counter(METRICS.importsReceived).with({});
    const failures = this.metrics.counter(METRICS.importFailures);
    const runs = this.metrics.counter(METRICS.importRuns);
    const durations = this.metrics.histogram(METRICS.importDuration);
    const note = (outcome: Outcome, durationMs?: number): void => {
      runs.with({ outcome }).inc();
      if (durationMs !== undefined) durations.with({ outcome }).observe(durationMs / SECOND_MS);
    };
    events.on('import_received', () => received.inc());
    events.on('import_completed', ({ duration_ms }) => note('completed', duration_ms));
    events.on('import_cancelled', ({ duration_ms }) => note('cancelled', duration_ms));
    events.on('import_failed', ({ error_code: code, reason, duration_ms }) => {
      failures.with({ code }).inc();
      note(INTERRUPTIONS.includes(reason) ? 'interrupted' : 'failed', duration_ms);
    });
  }

  private readBacklog(queue: ImportQueue): void {
    const backlog = this.samples.add('import_queue', () => queue.backlog());
    this.metrics.read(METRICS.importQueue, () => {
      if (backlog.last === undefined) return [];
      const { queued, delayed, running } = backlog.last;
      return [
        [{ state: 'waiting' }, queued],
        [{ state: 'delayed' }, delayed],
        [{ state: 'running' }, running],
      ];
    });
    // The age goes on while nobody can be asked.
    this.metrics.read(METRICS.importOldest, () => {
      if (backlog.last === undefined) return [];
      const { oldestAt } = backlog.last;
      return [[{}, oldestAt === undefined ? 0 : Math.max(0, Date.now() - oldestAt) / SECOND_MS]];
    });
  }
}
