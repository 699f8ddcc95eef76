import { Module } from '@nestjs/common';
import { ChunkRepository } from './chunk.repository';
import { PushService } from './push.service';
import { RecordsService } from './records.service';

@Module({
  providers: [ChunkRepository, RecordsService, PushService],
  exports: [ChunkRepository, RecordsService, PushService],
})
export class RecordsModule {}
