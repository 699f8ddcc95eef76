import { Injectable, Optional } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { type RedisFigures, RedisHealthIndicator } from '../health/redis-health.indicator';
import { EventLogger } from '../logging/event-logger';
import { RedisConnections } from '../redis/redis-connections';
import type { GaugeDefinition, NoLabels, RulesOf } from './metric-definition';
import { METRICS } from './metric-catalogue';
import { CONNECTION_STATES, REDIS_PURPOSES } from './metric-catalogue.platform';
import { MetricSamples } from './metric-samples';
import { Metrics, type Reading } from './metrics';

type ConnectionState = (typeof CONNECTION_STATES)[number];
type ConnectionReading = Reading<RulesOf<typeof METRICS.redisConnections>>;

/** The connections to Redis, and what Redis says about itself. */
@Injectable()
export class RedisMetrics {
  constructor(
    private readonly metrics: Metrics,
    private readonly events: EventLogger,
    private readonly samples: MetricSamples,
    @Optional() private readonly connections?: RedisConnections,
    @Optional() private readonly indicator?: RedisHealthIndicator,
  ) {
    this.countConnections();
    this.readServer();
  }

  private countConnections(): void {
    const changes = this.metrics.counter(METRICS.redisConnectionEvents);
    this.events.on('redis_connected', ({ purpose }) => changes.with({ purpose, event: 'connected' }).inc());
    this.events.on('redis_connection_failed', ({ purpose }) => changes.with({ purpose, event: 'failed' }).inc());
    this.metrics.read(METRICS.redisConnections, () => this.readConnections());
  }

  private readConnections(): ConnectionReading[] {
    const states = this.connections?.states ?? [];
    return REDIS_PURPOSES.filter((purpose) => states.some((each) => each.purpose === purpose)).flatMap((purpose) =>
      CONNECTION_STATES.map((state): ConnectionReading => {
        const those = states.filter((each) => each.purpose === purpose && stateOf(each.status) === state);
        return [{ purpose, state }, those.length];
      }),
    );
  }

  private readServer(): void {
    const { indicator } = this;
    const sample = indicator && this.samples.add('redis', () => indicator.figures());
    const read = (definition: GaugeDefinition<NoLabels>, figure: (figures: RedisFigures) => number): void =>
      this.metrics.read(definition, () => (sample?.last === undefined ? [] : [[{}, figure(sample.last)]]));
    read(METRICS.redisMemoryUsed, ({ usedMemory }) => usedMemory);
    read(METRICS.redisMemoryLimit, ({ memoryLimit }) => memoryLimit);
    read(METRICS.redisClients, ({ clients }) => clients);
    this.metrics.read(METRICS.redisEvicted, () => (sample?.last === undefined ? [] : [[{}, sample.last.evictedKeys]]));
  }
}

function stateOf(status: Redis['status']): ConnectionState {
  if (status === 'ready') return 'ready';
  return status === 'end' || status === 'close' ? 'closed' : 'connecting';
}
