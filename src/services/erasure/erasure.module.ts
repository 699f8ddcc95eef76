import { Module } from '@nestjs/common';
import { ImportsModule } from '../imports/imports.module';
import { RecordsModule } from '../records/records.module';
import { ErasureNoticesModule } from './erasure-notices.module';
import { ErasureService } from './erasure.service';

@Module({
  imports: [ErasureNoticesModule, ImportsModule, RecordsModule],
  providers: [ErasureService],
  exports: [ErasureService],
})
export class ErasureModule {}
