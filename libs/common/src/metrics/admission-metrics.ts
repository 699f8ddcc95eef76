import { Injectable, Optional } from '@nestjs/common';
import { LoadShedder } from '../load/load-shedder';
import { MaintenanceMode } from '../maintenance/maintenance-mode';
import { RateLimiter } from '../rate-limits/rate-limiter';
import { METRICS } from './metric-catalogue';
import { LOAD_MEASURES } from './metric-catalogue.platform';
import { Metrics } from './metrics';

const SECOND_MS = 1_000;
const PERCENT = 100;

/** Who was turned away, and why: under load, for maintenance, beyond a limit. */
@Injectable()
export class AdmissionMetrics {
  constructor(metrics: Metrics, load: LoadShedder, maintenance: MaintenanceMode, @Optional() limiter?: RateLimiter) {
    metrics.read(METRICS.maintenance, () => [[{}, maintenance.isActive ? 1 : 0]]);
    readLoad(metrics, load);
    readLimits(metrics, limiter);
  }
}

function readLoad(metrics: Metrics, load: LoadShedder): void {
  metrics.read(METRICS.loadShed, () => {
    const { shed } = load.snapshot();
    return LOAD_MEASURES.map((measure) => [{ measure }, shed[measure]]);
  });
  metrics.read(METRICS.loadExceeded, () => {
    const { exceeded } = load.snapshot();
    return LOAD_MEASURES.map((measure) => [{ measure }, exceeded.includes(measure) ? 1 : 0]);
  });
  metrics.read(METRICS.eventLoopDelay, () => [[{}, load.snapshot().event_loop_delay_ms / SECOND_MS]]);
  metrics.read(METRICS.heapUsed, () => [[{}, load.snapshot().heap_percent / PERCENT]]);
}

function readLimits(metrics: Metrics, limiter: RateLimiter | undefined): void {
  metrics.read(METRICS.limitDecisions, () =>
    Object.entries(limiter?.report().policies ?? {}).flatMap(([limit, { admitted, rejected }]) => [
      [{ limit, decision: 'admitted' } as const, admitted] as const,
      [{ limit, decision: 'rejected' } as const, rejected] as const,
    ]),
  );
  metrics.read(METRICS.limitShared, () => {
    const shared = limiter?.report().shared;
    return [
      [{ event: 'lease' }, shared?.leases ?? 0],
      [{ event: 'failure' }, shared?.failures ?? 0],
      [{ event: 'decided_alone' }, shared?.decided_alone ?? 0],
    ];
  });
}
