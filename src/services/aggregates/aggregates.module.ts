import { EventLogger, RedisGateway } from '@app/common';
import { Module } from '@nestjs/common';
import { ChunkRepository } from '../records/chunk.repository';
import { RecordsModule } from '../records/records.module';
import { AggregatesService } from './aggregates.service';
import { RollupStore } from './rollup-store';

@Module({
  imports: [RecordsModule],
  providers: [
    AggregatesService,
    {
      provide: RollupStore,
      inject: [ChunkRepository, RedisGateway, EventLogger],
      // For a question, a rollup that cannot be stored is only slower next time.
      useFactory: (chunks: ChunkRepository, redis: RedisGateway, events: EventLogger) =>
        new RollupStore(chunks, redis, (months, err) => events.warn('rollups_not_stored', { months, err })),
    },
  ],
  exports: [AggregatesService],
})
export class AggregatesModule {}
