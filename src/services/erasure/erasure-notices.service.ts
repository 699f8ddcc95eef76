import {
  ERASED_USERS_KEY,
  EventLogger,
  LastKnownGood,
  ownerOf,
  RedisGateway,
  REPEATABLE,
  WellnessError,
} from '@app/common';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

const LOOK_EVERY_MS = 5_000;
/** Clocks of replicas differ; what is looked at twice does no harm. */
const OVERLAP_MS = 60_000;
const KEPT_MS = 48 * 3_600_000;

/** Tells all replicas whose data was erased, so that none keeps any of it in memory. */
@Injectable()
export class ErasureNotices implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private seenUntil = Date.now();
  /** Erasures that Redis does not know of yet. */
  private readonly unannounced = new Set<string>();
  private readonly listeners = new Set<(owner: string) => void>();

  constructor(
    private readonly redis: RedisGateway,
    private readonly lastKnownGood: LastKnownGood,
    private readonly events: EventLogger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.looking ??= this.lookSafely().finally(() => (this.looking = undefined));
    }, LOOK_EVERY_MS);
    this.timer.unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  /** Calls `listener` with the owner (`ownerOf`) of data that was erased; returns a function that ends that. */
  subscribe(listener: (owner: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Makes the erasure known, here at once and elsewhere within seconds. A Redis that takes no writes keeps nobody from
   * being erased: what it does not take is told to it again until it does.
   */
  async announce(userId: string): Promise<void> {
    const owner = ownerOf(userId);
    this.tell(owner);
    this.unannounced.add(owner);
    try {
      await this.announceAll();
    } catch (err) {
      if (!(err instanceof WellnessError)) throw err;
      this.events.warn('erasure_not_announced', { err });
    }
  }

  private async announceAll(): Promise<void> {
    for (const owner of this.unannounced) {
      await this.write(owner);
      this.unannounced.delete(owner);
    }
  }

  private async write(owner: string): Promise<void> {
    const now = Date.now();
    await this.redis.pipeline(
      'announce_erasure',
      (pipeline) => {
        pipeline.zadd(ERASED_USERS_KEY, now, owner);
        pipeline.zremrangebyscore(ERASED_USERS_KEY, '-inf', now - KEPT_MS);
        pipeline.pexpire(ERASED_USERS_KEY, KEPT_MS);
      },
      REPEATABLE,
    );
  }

  /**
   * Forgets whom other replicas have erased, and announces what could not be before. Throws the errors of
   * `RedisGateway`.
   */
  async look(): Promise<void> {
    const now = Date.now();
    const erased = await this.redis.execute(
      'look_for_erasures',
      (client) => client.zrangebyscore(ERASED_USERS_KEY, this.seenUntil - OVERLAP_MS, '+inf'),
      REPEATABLE,
    );
    for (const owner of erased) this.tell(owner);
    this.seenUntil = now;
    await this.announceAll();
  }

  private tell(owner: string): void {
    this.lastKnownGood.forget(owner);
    for (const listener of this.listeners) listener(owner);
  }

  private async lookSafely(): Promise<void> {
    try {
      await this.look();
    } catch (err) {
      // In an outage nothing can be erased either; the next look covers all of it.
      if (err instanceof WellnessError) this.events.debug('erasures_not_seen', { err });
      // A mistake of ours, and nobody waits who could be told.
      else this.events.error('erasures_not_seen', { err });
    }
  }
}
