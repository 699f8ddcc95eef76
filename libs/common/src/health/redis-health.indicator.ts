import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import type { Redis } from 'ioredis';
import type { ErrorCode } from '../errors/catalogue';
import { InfrastructureError, RedisTimeoutError, WellnessError } from '../errors/exceptions';
import { WRITE_PROBE_KEY } from '../redis/keys';
import { RedisConnections } from '../redis/redis-connections';
import { translateRedisError } from '../redis/redis-errors';
import { REDIS_POLICY } from '../redis/redis-policy';
import { PolicyRegistry } from '../resilience/policy-registry';
import { type ComponentHealth, HEALTH_LIMIT_MS, HEALTH_TTL_MS } from './component-health';
import { SingleFlight } from './single-flight';

const WRITE_REFUSALS: readonly ErrorCode[] = ['REDIS_STORAGE_FULL', 'REDIS_WRITE_REFUSED'];

/** What Redis said about itself when it was last asked and answered. Sizes in bytes. */
export interface RedisFigures {
  readonly usedMemory: number;
  /** `maxmemory`, or without one all memory of its machine; 0 when that is not known. */
  readonly memoryLimit: number;
  readonly clients: number;
  /** Since its start. */
  readonly evictedKeys: number;
}

/**
 * Whether Redis works, by a connection of its own and with a time limit of its own: it waits for no policy, and no
 * policy hears of it.
 */
@Injectable()
export class RedisHealthIndicator {
  private readonly client: Redis;
  private readonly results = new SingleFlight(() => this.probe(), HEALTH_TTL_MS);
  private failingSince: number | undefined = Date.now();
  private lastFigures: RedisFigures | undefined;

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

  /** Those of now, or of a moment ago; undefined when Redis does not answer. */
  async figures(): Promise<RedisFigures | undefined> {
    await this.health();
    return this.lastFigures;
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
      const replies = Promise.all([this.client.info(), this.client.exists(WRITE_PROBE_KEY), this.writeRefusal()]);
      const [info, , refusal] = await withinLimit(replies);
      // What this has just seen, the circuit need not wait for.
      if (this.failingSince !== undefined) this.policies.find(REDIS_POLICY)?.tryNow();
      this.failingSince = undefined;
      this.lastFigures = figuresOf(info);
      const latency = Math.round((performance.now() - startedAt) * 100) / 100;
      const state =
        refusal === undefined ? { status: 'healthy' as const } : { status: 'unhealthy' as const, error: refusal };
      return { ...state, latency_ms: latency, ...shownOf(info, this.lastFigures) };
    } catch (error) {
      this.failingSince ??= Date.now();
      this.lastFigures = undefined;
      const translated = translateRedisError('health', error);
      return {
        status: 'unhealthy',
        error: translated instanceof WellnessError ? translated.error_code : 'REDIS_CONNECTION_FAILED',
      };
    }
  }

  /**
   * The code of the error that every write would end with. Asked with a write that changes nothing: an empty string is
   * put into a key that is never there. What else may be wrong with the reply says nothing about writes.
   */
  private async writeRefusal(): Promise<ErrorCode | undefined> {
    try {
      await this.client.setrange(WRITE_PROBE_KEY, 0, '');
      return undefined;
    } catch (error) {
      const translated = translateRedisError('health', error);
      const isRefusal = translated instanceof InfrastructureError && WRITE_REFUSALS.includes(translated.error_code);
      return isRefusal ? translated.error_code : undefined;
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

function figuresOf(info: string): RedisFigures {
  const number = (name: string): number => Number(fieldOf(info, name) ?? 0);
  return {
    usedMemory: number('used_memory'),
    memoryLimit: number('maxmemory') || number('total_system_memory'),
    clients: number('connected_clients'),
    evictedKeys: number('evicted_keys'),
  };
}

function shownOf(info: string, { usedMemory: used, memoryLimit: limit }: RedisFigures): Record<string, unknown> {
  return {
    version: fieldOf(info, 'redis_version'),
    eviction_policy: fieldOf(info, 'maxmemory_policy'),
    memory_used_percent: limit > 0 ? Math.round((used / limit) * 1_000) / 10 : undefined,
  };
}

function fieldOf(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:([^\\r\\n]*)`, 'm').exec(info)?.[1];
}
