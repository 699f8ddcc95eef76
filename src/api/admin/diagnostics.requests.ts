import { Diagnostics, LogLevels, NotFoundError, PerformanceMonitor, REPLICA, type RunTimeLogLevel } from '@app/common';
import { Injectable } from '@nestjs/common';
import type { ErrorsAnswer, PerformanceAnswer, RequestTraceAnswer } from './diagnostics.answers';
import type { LogLevelAnswer } from './log-level.dto';

const LONGEST_ID = 128;

/** What operators see of this process, and how much it says in its log. */
@Injectable()
export class DiagnosticsRequests {
  constructor(
    private readonly diagnostics: Diagnostics,
    private readonly performance: PerformanceMonitor,
    private readonly levels: LogLevels,
  ) {}

  logLevel(): LogLevelAnswer {
    return { ...this.levels.report(), scope: 'replica', replica: REPLICA };
  }

  changeLogLevel(level: RunTimeLogLevel, seconds: number, userId: string): LogLevelAnswer {
    this.levels.change(level, seconds, userId);
    return this.logLevel();
  }

  errors(limit: number): ErrorsAnswer {
    return { errors: this.diagnostics.errors(limit), scope: 'replica', replica: REPLICA };
  }

  /** @throws NotFoundError REQUEST_TRACE_NOT_FOUND when nothing is kept under that id */
  trace(correlationId: string): RequestTraceAnswer {
    const requests = this.diagnostics.find(correlationId);
    const correlation_id = correlationId.slice(0, LONGEST_ID);
    if (requests.length === 0) throw new NotFoundError('REQUEST_TRACE_NOT_FOUND', { details: { correlation_id } });
    return { correlation_id, requests, scope: 'replica', replica: REPLICA };
  }

  slowest(limit: number): PerformanceAnswer {
    return { ...this.performance.report(limit), scope: 'replica', replica: REPLICA };
  }
}
