import { EventLogger, RedisGateway, userKeys } from '@app/common';
import { Injectable } from '@nestjs/common';
import { ImportsService } from '../imports/imports.service';
import { RecordsService } from '../records/records.service';

const KEYS_PER_STEP = 1000;

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
    private readonly records: RecordsService,
    private readonly imports: ImportsService,
    private readonly events: EventLogger,
  ) {}

  /**
   * Removes every key of the user, found by prefix so that no family of keys can be forgotten. Doing it again removes
   * nothing and says so. Throws the errors of `RedisGateway`; what was removed by then stays removed.
   */
  async erase(userId: string): Promise<Erasure> {
    // What is still being imported would come back behind our back.
    await this.imports.forget(userId);
    const held = await this.records.metrics(userId);
    const records = held.reduce((total, { count }) => total + count, 0);
    const pattern = `${userKeys(userId).prefix}*`;
    let keys = 0;
    let cursor = '0';
    do {
      const [next, found] = await this.redis.execute('erase_user', (redis) =>
        redis.scan(cursor, 'MATCH', pattern, 'COUNT', KEYS_PER_STEP),
      );
      if (found.length > 0) keys += await this.redis.execute('erase_user', (redis) => redis.unlink(found));
      cursor = next;
    } while (cursor !== '0');
    this.events.info('user_data_erased', { keys });
    return { records, keys };
  }
}
