import { Injectable } from '@nestjs/common';
import { type HealthIndicatorFunction, HealthIndicatorService } from '@nestjs/terminus';
import { type ComponentHealth, HEALTH_LIMIT_MS, HEALTH_TTL_MS } from './component-health';
import { LlmHealthIndicator } from './llm-health.indicator';
import { RedisHealthIndicator } from './redis-health.indicator';
import { SingleFlight } from './single-flight';

/** What `/health` reports on: Redis and the language model, and what feature modules add. */
@Injectable()
export class HealthComponents {
  private readonly added = new Map<string, SingleFlight<ComponentHealth>>();

  constructor(
    private readonly redis: RedisHealthIndicator,
    private readonly llm: LlmHealthIndicator,
    private readonly service: HealthIndicatorService,
  ) {}

  /** Adds a component. `probe` is asked at most once a second; one that fails or hangs counts as unhealthy. */
  register(name: string, probe: () => Promise<ComponentHealth>): void {
    this.added.set(name, new SingleFlight(() => withinLimit(probe), HEALTH_TTL_MS));
  }

  indicators(): HealthIndicatorFunction[] {
    const added = [...this.added].map(([name, results]) => async () => {
      const { status, ...details } = await results.get();
      const session = this.service.check(name);
      return status === 'healthy' ? session.up(details) : session.down(details);
    });
    return [() => this.redis.check('redis'), () => this.llm.check('llm'), ...added];
  }
}

/** A probe says with a result what is wrong; one that throws or takes too long is wrong itself. */
async function withinLimit(probe: () => Promise<ComponentHealth>): Promise<ComponentHealth> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<ComponentHealth>((resolve) => {
    timer = setTimeout(() => resolve({ status: 'unhealthy', error: 'REQUEST_DEADLINE_EXCEEDED' }), HEALTH_LIMIT_MS);
  });
  try {
    return await Promise.race([probe(), late]);
  } catch {
    return { status: 'unhealthy', error: 'INTERNAL_SERVER_ERROR' };
  } finally {
    clearTimeout(timer);
  }
}
