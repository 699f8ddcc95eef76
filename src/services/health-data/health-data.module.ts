import { Module } from '@nestjs/common';
import { AggregatesModule } from '../aggregates/aggregates.module';
import { ProfileModule } from '../profile/profile.module';
import { RecordsModule } from '../records/records.module';
import { DataScopeService } from './data-scope.service';

/** Everything there is to ask about a user's health data. */
@Module({
  imports: [AggregatesModule, ProfileModule, RecordsModule],
  providers: [DataScopeService],
  exports: [AggregatesModule, DataScopeService, ProfileModule, RecordsModule],
})
export class HealthDataModule {}
