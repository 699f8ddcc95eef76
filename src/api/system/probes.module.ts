import { HealthModule } from '@app/common';
import { Module } from '@nestjs/common';
import { LlmModule } from '../../agent/llm/llm.module';
import { ModelStatus } from '../../agent/llm/model-status';
import { CONFIG } from '../../config/config.module';
import type { Config } from '../../config/config.schema';
import { healthSettings } from '../../config/settings';
import { HealthController } from './health.controller';

/** What machines ask of every process, whatever its role. */
@Module({
  imports: [
    HealthModule.forRootAsync({
      imports: [LlmModule],
      inject: [CONFIG, ModelStatus],
      useFactory: (config: Config, status: ModelStatus) => healthSettings(config, () => status.fault),
    }),
  ],
  controllers: [HealthController],
})
export class ProbesModule {}
