import { EventLogger, METRICS, Metrics } from '@app/common';
import { Injectable } from '@nestjs/common';

const SECOND_MS = 1_000;

/** How long tools take, and with which codes they fail. */
@Injectable()
export class ToolMetrics {
  constructor(metrics: Metrics, events: EventLogger) {
    const durations = metrics.histogram(METRICS.toolDuration);
    const failures = metrics.counter(METRICS.toolFailures);
    events.on('tool_executed', ({ tool, success, error_code: code, duration_ms }) => {
      durations.with({ tool, outcome: success ? 'success' : 'failure' }).observe(duration_ms / SECOND_MS);
      if (code !== undefined) failures.with({ tool, code }).inc();
    });
  }
}
