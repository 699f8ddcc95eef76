import { EventLogger, RedisGateway } from '@app/common';
import { Injectable } from '@nestjs/common';
import { ChunkRepository } from '../records/chunk.repository';
import { RollupStore } from './rollup-store';

/** Rollups for questions: one that cannot be stored is only slower next time. */
@Injectable()
export class RollupService extends RollupStore {
  constructor(chunks: ChunkRepository, redis: RedisGateway, events: EventLogger) {
    super(chunks, redis, (months, error) => events.warn('rollups_not_stored', { months, err: error }));
  }
}
