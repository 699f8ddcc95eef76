import { Injectable } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { LRUCache } from 'lru-cache';
import { LeasedCounter, LeasedCounters } from './leased-counters';

/** What the storage of `@nestjs/throttler` tells about a request that was counted; times in seconds. */
export interface LimitRecord {
  readonly totalHits: number;
  readonly timeToExpire: number;
  readonly isBlocked: boolean;
  readonly timeToBlockExpire: number;
  /** The first that was rejected in its window. */
  readonly isFirstBlocked: boolean;
}

const MOST_COUNTERS = 50_000;

/**
 * The storage for `@nestjs/throttler`: shared by all processes through Redis, kept in this one while Redis is away,
 * bounded in memory. Never rejects. Requests beyond the limit are not counted, so a block ends with the window.
 */
@Injectable()
export class LeasedThrottlerStorage implements ThrottlerStorage {
  private readonly known = new LRUCache<string, LeasedCounter>({ max: MOST_COUNTERS });

  constructor(private readonly counters: LeasedCounters) {}

  async increment(key: string, ttl: number, limit: number, _block: number, name: string): Promise<LimitRecord> {
    const counter = this.counter(key, { name, limit, windowMs: ttl });
    const admitted = await this.counters.take(counter);
    const { window } = counter;
    const seconds = Math.ceil(window.msLeft(performance.now()) / 1_000);
    return {
      totalHits: limit - window.remaining + (admitted ? 0 : 1),
      timeToExpire: seconds,
      isBlocked: !admitted,
      timeToBlockExpire: admitted ? 0 : Math.max(1, seconds),
      isFirstBlocked: !admitted && window.markRejected(),
    };
  }

  /** A limit may differ from route to route (`@Throttle`); the count then starts anew here, not in Redis. */
  private counter(key: string, policy: LeasedCounter['policy']): LeasedCounter {
    const known = this.known.get(key);
    if (known?.policy.limit === policy.limit && known.policy.windowMs === policy.windowMs) return known;
    const made = new LeasedCounter(key, policy);
    this.known.set(key, made);
    return made;
  }
}
