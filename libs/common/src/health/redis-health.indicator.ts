import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import type { Redis } from 'ioredis';
import { RedisTimeoutError, WellnessError } from '../errors/exceptions';
import { ERASED_USERS_KEY } from '../redis/keys';
import { RedisConnections } from '../redis/redis-connections';
import { translateRedisError } from '../redis/redis-errors';
import { REDIS_POLICY } from '../redis/redis-policy';
import { PolicyRegistry } from '../resilience/policy-registry';
import { type ComponentHealth, HEALTH_LIMIT_MS, HEALTH_TTL_MS } from './component-health';
import { SingleFlight } from './single-flight';

/**
 * Whether Redis works, by a connection of its own and with a time limit of its own: it waits for no policy, and no
 * policy hears of it.
 */
@Injectable()
export class RedisHealthIndicator {
  private readonly client: Redis;
  private readonly results = new SingleFlight(() => this.probe(), HEALTH_TTL_MS);
  private failingSince: number | undefined = Date.now();

  constructor(
    connections: RedisConnections,
    private readonly indicators: HealthIndicatorService,
    private readonly policies: PolicyRegistry,
  ) {
    this.client = connections.open('health');
    this.client.on('ready', () => (this.failingSince = undefined));
    this.client.on('close', () => (this.failingSince ??= Date.now()));
  }

  async check(key: string): Promise<HealthIndicatorResult> {
    const { status, ...details } = await this.health();
    const session = this.indicators.check(key);
    // For information: whether the circuit is open says nothing about Redis now.
    const report = { ...details, breaker: this.policies.find(REDIS_POLICY)?.state };
    return status === 'healthy' ? session.up(report) : session.down(report);
  }

  health(): Promise<ComponentHealth> {
    return this.results.get();
  }

  /** Down when Redis has been unusable for more than `graceMs`. */
  async checkUsable(key: string, graceMs: number): Promise<HealthIndicatorResult> {
    await this.health();
    const unusableMs = this.failingSince === undefined ? 0 : Date.now() - this.failingSince;
    const session = this.indicators.check(key);
    return unusableMs > graceMs ? session.down({ error: 'REDIS_CONNECTION_FAILED' }) : session.up();
  }

  private async probe(): Promise<ComponentHealth> {
    const startedAt = performance.now();
    try {
      // A server that loads its data or has lost its primary or its cluster still tells about itself: read a key, too.
      const [info] = await withinLimit(Promise.all([this.client.info(), this.client.exists(ERASED_USERS_KEY)]));
      // What this has just seen, the circuit need not wait for.
      if (this.failingSince !== undefined) this.policies.find(REDIS_POLICY)?.tryNow();
      this.failingSince = undefined;
      return {
        status: 'healthy',
        latency_ms: Math.round((performance.now() - startedAt) * 100) / 100,
        ...figuresOf(info),
      };
    } catch (error) {
      this.failingSince ??= Date.now();
      const translated = translateRedisError('health', error);
      return {
        status: 'unhealthy',
        error: translated instanceof WellnessError ? translated.error_code : 'REDIS_CONNECTION_FAILED',
      };
    }
  }
}

async function withinLimit<T>(reply: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new RedisTimeoutError('health', undefined)), HEALTH_LIMIT_MS);
  });
  try {
    return await Promise.race([reply, late]);
  } finally {
    clearTimeout(timer);
  }
}

function figuresOf(info: string): Record<string, unknown> {
  const used = Number(fieldOf(info, 'used_memory'));
  const limit = Number(fieldOf(info, 'maxmemory') ?? 0) || Number(fieldOf(info, 'total_system_memory') ?? 0);
  return {
    version: fieldOf(info, 'redis_version'),
    eviction_policy: fieldOf(info, 'maxmemory_policy'),
    memory_used_percent: limit > 0 ? Math.round((used / limit) * 1_000) / 10 : undefined,
  };
}

function fieldOf(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:([^\\r\\n]*)`, 'm').exec(info)?.[1];
}
