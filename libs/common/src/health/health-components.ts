import { Injectable } from '@nestjs/common';
import { type HealthIndicatorFunction, HealthIndicatorService } from '@nestjs/terminus';
import type { ErrorCode } from '../errors/catalogue';
import { PolicyRegistry } from '../resilience/policy-registry';
import { type ComponentHealth, HEALTH_LIMIT_MS, HEALTH_TTL_MS } from './component-health';
import { dependencyHealth } from './dependency-health';
import { LlmHealthIndicator } from './llm-health.indicator';
import { RedisHealthIndicator } from './redis-health.indicator';
import { SingleFlight } from './single-flight';

type Probe = () => Promise<ComponentHealth>;

/**
 * What `/health` reports on: Redis and the language model, every dependency whose policy has a probe, and what feature
 * modules add.
 */
@Injectable()
export class HealthComponents {
  private readonly added = new Map<string, SingleFlight<ComponentHealth>>();

  constructor(
    private readonly redis: RedisHealthIndicator,
    private readonly llm: LlmHealthIndicator,
    private readonly service: HealthIndicatorService,
    private readonly policies: PolicyRegistry,
  ) {}

  /** Adds a component. `probe` is asked at most once a second; one that fails or hangs counts as unhealthy. */
  register(name: string, probe: Probe): void {
    this.add(name, probe, 'REQUEST_DEADLINE_EXCEEDED');
  }

  indicators(): HealthIndicatorFunction[] {
    this.addDependencies();
    const added = [...this.added].map(([name, results]) => async () => {
      const { status, ...details } = await results.get();
      const session = this.service.check(name);
      // For information, and as it is now: whether the circuit is open says nothing about what it guards.
      const breaker = this.policies.find(name)?.state;
      const report = { ...details, ...(breaker !== undefined && { breaker }) };
      return status === 'healthy' ? session.up(report) : session.down(report);
    });
    return [() => this.redis.check('redis'), () => this.llm.check('llm'), ...added];
  }

  /** Policies may be registered at any time; what a module says of its own dependency wins. */
  private addDependencies(): void {
    for (const policy of this.policies.all()) {
      const { name, probe, errors } = policy;
      if (probe !== undefined && !this.added.has(name)) {
        this.add(name, () => dependencyHealth(policy, probe), errors.timeout);
      }
    }
  }

  private add(name: string, probe: Probe, late: ErrorCode): void {
    this.added.set(name, new SingleFlight(() => withinLimit(probe, late), HEALTH_TTL_MS));
  }
}

/** A probe says with a result what is wrong; one that throws or takes too long is wrong itself. */
async function withinLimit(probe: Probe, code: ErrorCode): Promise<ComponentHealth> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<ComponentHealth>((resolve) => {
    timer = setTimeout(() => resolve({ status: 'unhealthy', error: code }), HEALTH_LIMIT_MS);
  });
  try {
    return await Promise.race([probe(), late]);
  } catch {
    return { status: 'unhealthy', error: 'INTERNAL_SERVER_ERROR' };
  } finally {
    clearTimeout(timer);
  }
}
