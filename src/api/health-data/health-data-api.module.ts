import { Module } from '@nestjs/common';
import { HealthDataModule } from '../../services/health-data/health-data.module';
import { IdempotencyModule } from '../../services/idempotency/idempotency.module';
import { HealthDataController } from './health-data.controller';
import { HealthDataPushes } from './health-data.pushes';
import { HealthDataQueries } from './health-data.queries';

@Module({
  imports: [HealthDataModule, IdempotencyModule],
  controllers: [HealthDataController],
  providers: [HealthDataQueries, HealthDataPushes],
})
export class HealthDataApiModule {}
