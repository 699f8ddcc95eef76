import { Module } from '@nestjs/common';
import { ImportsModule } from '../imports/imports.module';
import { RecordsModule } from '../records/records.module';
import { ErasureNotices } from './erasure-notices.service';
import { ErasureService } from './erasure.service';

@Module({
  imports: [ImportsModule, RecordsModule],
  providers: [ErasureNotices, ErasureService],
  exports: [ErasureService],
})
export class ErasureModule {}
