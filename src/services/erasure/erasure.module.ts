import { Module } from '@nestjs/common';
import { RecordsModule } from '../records/records.module';
import { ErasureService } from './erasure.service';

@Module({ imports: [RecordsModule], providers: [ErasureService], exports: [ErasureService] })
export class ErasureModule {}
