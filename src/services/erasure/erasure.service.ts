import { EventLogger, RedisGateway, REPEATABLE, userKeys } from '@app/common';
import { Injectable } from '@nestjs/common';
import { ImportsService } from '../imports/imports.service';
import { ChunkRepository } from '../records/chunk.repository';
import { ErasureNotices } from './erasure-notices.service';

const KEYS_PER_STEP = 1000;
const MOST_PASSES = 10;

export interface Erasure {
  /** Health records that were held. */
  readonly records: number;
  /** Keys that were removed, of whatever kind. */
  readonly keys: number;
}

/** Removes everything held about a user. */
@Injectable()
export class ErasureService {
  constructor(
    private readonly redis: RedisGateway,
    private readonly chunks: ChunkRepository,
    private readonly imports: ImportsService,
    private readonly notices: ErasureNotices,
    private readonly events: EventLogger,
  ) {}

  /**
   * Removes every key of the user, found by prefix so that no family of keys can be forgotten. Doing it again removes
   * nothing and says so. Throws the errors of `RedisGateway`; what was removed by then stays removed.
   */
  async erase(userId: string): Promise<Erasure> {
    // What is still being imported would come back behind our back.
    await this.imports.forget(userId);
    const index = await this.chunks.index(userId, await this.chunks.metrics(userId));
    const records = [...index.values()].flat().reduce((total, { count }) => total + count, 0);
    const keys = await this.removeAll(`${userKeys(userId).prefix}*`);
    await this.notices.announce(userId);
    this.events.info('user_data_erased', { keys });
    return { records, keys };
  }

  /**
   * All keys go in one step: half of what belongs together, such as an index without its chunks, is never seen. What
   * a request of the same user writes meanwhile is found by the next pass.
   */
  private async removeAll(pattern: string): Promise<number> {
    let removed = 0;
    for (let pass = 1; pass <= MOST_PASSES; pass++) {
      const found = await this.find(pattern);
      if (found.length === 0) break;
      removed += await this.redis.execute('erase_user', (redis) => redis.unlink(found), REPEATABLE);
    }
    return removed;
  }

  private async find(pattern: string): Promise<string[]> {
    const found = new Set<string>();
    let cursor = '0';
    do {
      const from = cursor;
      const [next, keys] = await this.redis.execute(
        'erase_user',
        (redis) => redis.scan(from, 'MATCH', pattern, 'COUNT', KEYS_PER_STEP),
        REPEATABLE,
      );
      for (const key of keys) found.add(key);
      cursor = next;
    } while (cursor !== '0');
    return [...found];
  }
}
