import { Module } from '@nestjs/common';
import type { Config } from '../../config/config.schema';
import { CONFIG } from '../../config/config.module';
import { IdempotencyModule } from '../idempotency/idempotency.module';
import { ImportProcessor } from './import.processor';
import { ImportQueue } from './import-queue';
import { DEFAULT_TAKEOVER, ImportQueueWorker, TAKEOVER_SETTINGS } from './import-queue.worker';
import { ImportRecovery } from './import-recovery';
import { ImportRepository } from './import.repository';
import { ImportSpool } from './import-spool';
import { ImportThreads } from './import-threads';
import { ImportsHealth } from './imports-health';
import { ImportsMetrics } from './imports-metrics';
import { ImportsService } from './imports.service';

@Module({
  imports: [IdempotencyModule],
  providers: [
    {
      provide: ImportSpool,
      inject: [CONFIG],
      useFactory: (config: Config) => new ImportSpool(config.DATA_DIR, config.IMPORT_MAX_BYTES),
    },
    { provide: TAKEOVER_SETTINGS, useValue: DEFAULT_TAKEOVER },
    ImportRepository,
    ImportQueue,
    ImportThreads,
    ImportProcessor,
    ImportQueueWorker,
    ImportRecovery,
    ImportsHealth,
    ImportsMetrics,
    ImportsService,
  ],
  exports: [ImportsService],
})
export class ImportsModule {}
