import { Module } from '@nestjs/common';
import { ErasureModule } from '../../services/erasure/erasure.module';
import { HealthDataModule } from '../../services/health-data/health-data.module';
import { MeController } from './me.controller';
import { MeRequests } from './me.requests';

@Module({ imports: [ErasureModule, HealthDataModule], controllers: [MeController], providers: [MeRequests] })
export class MeApiModule {}
