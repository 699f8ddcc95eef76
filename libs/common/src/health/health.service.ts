import { Inject, Injectable, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheckService, type HealthCheckResult, type HealthIndicatorFunction } from '@nestjs/terminus';
import type { ErrorCode } from '../errors/catalogue';
import type { ComponentHealth } from './component-health';
import { HealthComponents } from './health-components';
import { HealthHost } from './health-host';
import { HEALTH_SETTINGS, type HealthSettings } from './health-settings';
import { RedisHealthIndicator } from './redis-health.indicator';

/** `/health`, for people. */
export interface HealthReport {
  readonly status: 'healthy' | 'unhealthy';
  readonly timestamp: string;
  readonly components: Readonly<Record<string, ComponentHealth>>;
}

/** A probe, for machines: whoever is not `ok` answers 503. */
export interface ProbeReport {
  readonly status: 'ok' | 'unavailable';
  /** Why not: `starting`, `draining`, or the component that is missing. */
  readonly reason?: string;
  readonly error?: ErrorCode;
}

@Injectable()
export class HealthService {
  constructor(
    private readonly terminus: HealthCheckService,
    private readonly redis: RedisHealthIndicator,
    private readonly components: HealthComponents,
    private readonly host: HealthHost,
    @Inject(HEALTH_SETTINGS) private readonly settings: HealthSettings,
  ) {}

  /** All components; unhealthy when any of them is. */
  async report(): Promise<HealthReport> {
    const { status, details } = await this.check(this.components.indicators());
    const components = Object.entries(details).map(([name, { status: state, ...rest }]) => {
      const component: ComponentHealth = { status: state === 'up' ? 'healthy' : 'unhealthy', ...rest };
      return [name, component] as const;
    });
    return {
      status: status === 'ok' ? 'healthy' : 'unhealthy',
      timestamp: new Date().toISOString(),
      components: Object.fromEntries(components),
    };
  }

  live(): ProbeReport {
    return { status: 'ok' };
  }

  /** Whether this instance should get traffic. */
  async ready(): Promise<ProbeReport> {
    if (!this.host.isListening) return { status: 'unavailable', reason: 'starting' };
    if (this.host.isDraining) return { status: 'unavailable', reason: 'draining', error: 'SYSTEM_SHUTTING_DOWN' };
    if (this.settings.readinessRedis === 'degrade') return { status: 'ok' };
    const { status } = await this.check([() => this.redis.checkUsable('redis', this.settings.readinessGraceMs)]);
    return status === 'ok'
      ? { status: 'ok' }
      : { status: 'unavailable', reason: 'redis', error: 'REDIS_CONNECTION_FAILED' };
  }

  /** Whether the process has come up: its configuration was valid, and it listens. */
  startup(): ProbeReport {
    return this.host.isListening ? { status: 'ok' } : { status: 'unavailable', reason: 'starting' };
  }

  /** Terminus throws an HTTP exception for what is a plain result here. */
  private async check(indicators: HealthIndicatorFunction[]): Promise<HealthCheckResult> {
    try {
      return await this.terminus.check(indicators);
    } catch (error) {
      if (error instanceof ServiceUnavailableException) return error.getResponse() as HealthCheckResult;
      throw error;
    }
  }
}
