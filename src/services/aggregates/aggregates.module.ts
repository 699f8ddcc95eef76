import { Module } from '@nestjs/common';
import { RecordsModule } from '../records/records.module';
import { AggregatesService } from './aggregates.service';
import { RollupService } from './rollup.service';

@Module({
  imports: [RecordsModule],
  providers: [AggregatesService, RollupService],
  exports: [AggregatesService, RollupService],
})
export class AggregatesModule {}
