import { Inject, Injectable } from '@nestjs/common';
import { Drain } from '../http/drain';
import { EventLogger } from '../logging/event-logger';
import { ProcessFaults } from '../logging/process-faults';
import { METRICS } from './metric-catalogue';
import { METRICS_SETTINGS, type MetricsSettings } from './metrics-settings';
import { Metrics } from './metrics';

const UNKNOWN = { version: 'unknown', role: 'unknown' };

/** What the process is, what it has told of, and what has gone wrong in it that nobody heard of. */
@Injectable()
export class RuntimeMetrics {
  constructor(
    metrics: Metrics,
    events: EventLogger,
    faults: ProcessFaults,
    drain: Drain,
    @Inject(METRICS_SETTINGS) { build = UNKNOWN }: MetricsSettings,
  ) {
    metrics.read(METRICS.buildInfo, () => [[{ ...build, node_version: process.versions.node }, 1]]);
    metrics.read(METRICS.logEvents, () => events.counts.map(({ event, level, count }) => [{ event, level }, count]));
    metrics.read(METRICS.processFaults, () => [
      [{ kind: 'unhandled_rejection' }, faults.counts.unhandled_rejections],
      [{ kind: 'uncaught_exception' }, faults.counts.uncaught_exceptions],
    ]);
    metrics.read(METRICS.draining, () => [[{}, drain.phase === 'serving' ? 0 : 1]]);
  }
}
