import { Injectable, Optional } from '@nestjs/common';
import { EventLogger } from '../logging/event-logger';
import { PolicyRegistry } from '../resilience/policy-registry';
import { type LatencyFigures, LatencyWindows } from './latency-windows';

/** How long things took in the last minutes, the slowest first. */
export interface PerformanceReport {
  /** Of how many seconds the figures are, at most. */
  readonly window_seconds: number;
  readonly routes: readonly LatencyFigures[];
  readonly tools: readonly LatencyFigures[];
  /** Calls to dependencies with all their attempts: `redis read_chunks`. */
  readonly calls: readonly LatencyFigures[];
}

/** Names made of two, each pair put together once. */
class PairNames {
  private readonly known = new Map<string, Map<string, string>>();

  of(first: string, second: string): string {
    let seconds = this.known.get(first);
    if (seconds === undefined) this.known.set(first, (seconds = new Map<string, string>()));
    let name = seconds.get(second);
    if (name === undefined) seconds.set(second, (name = `${first} ${second}`));
    return name;
  }
}

/** Measures what this process does, by what it tells the log and its policies. */
@Injectable()
export class PerformanceMonitor {
  private readonly routes = new LatencyWindows();
  private readonly tools = new LatencyWindows();
  private readonly calls = new LatencyWindows();
  private readonly names = new PairNames();

  constructor(events: EventLogger, @Optional() policies?: PolicyRegistry) {
    events.on('request_completed', ({ method, route, duration_ms }) =>
      this.routes.note(this.names.of(method, route), duration_ms),
    );
    events.on('tool_executed', ({ tool, duration_ms }) => this.tools.note(tool, duration_ms));
    policies?.subscribe({
      onEnd: ({ policy, operation, durationMs }) => this.calls.note(this.names.of(policy, operation), durationMs),
    });
  }

  report(limit: number): PerformanceReport {
    return {
      window_seconds: Math.round(Math.min(LatencyWindows.seconds, process.uptime())),
      routes: this.routes.slowest(limit),
      tools: this.tools.slowest(limit),
      calls: this.calls.slowest(limit),
    };
  }
}
