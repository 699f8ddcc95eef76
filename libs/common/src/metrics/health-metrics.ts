import { Injectable, Optional } from '@nestjs/common';
import { HealthService } from '../health/health.service';
import { METRICS } from './metric-catalogue';
import { MetricSamples } from './metric-samples';
import { Metrics } from './metrics';

/** What the probes say, for those who want to know how it was an hour ago. */
@Injectable()
export class HealthMetrics {
  constructor(metrics: Metrics, samples: MetricSamples, @Optional() health?: HealthService) {
    if (health === undefined) return;
    const report = samples.add('health', async () => ({ ready: await health.ready(), ...(await health.report()) }));
    metrics.read(METRICS.ready, () =>
      report.last === undefined ? [] : [[{}, report.last.ready.status === 'ok' ? 1 : 0]],
    );
    metrics.read(METRICS.componentUp, () =>
      Object.entries(report.last?.components ?? {}).map(([component, { status }]) => [
        { component },
        status === 'healthy' ? 1 : 0,
      ]),
    );
  }
}
