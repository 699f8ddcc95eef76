import { HealthModule } from '@app/common';
import { Module } from '@nestjs/common';
import { LlmModule } from '../../agent/llm/llm.module';
import { ModelStatus } from '../../agent/llm/model-status';
import { CONFIG } from '../../config/config.module';
import type { Config } from '../../config/config.schema';
import { healthSettings } from '../../config/settings';
import { ErrorsController } from './errors.controller';
import { HealthController } from './health.controller';
import { IndexController } from './index.controller';

/** The routes at the root: the index, the probes, and the error catalogue. */
@Module({
  imports: [
    HealthModule.forRootAsync({
      imports: [LlmModule],
      inject: [CONFIG, ModelStatus],
      useFactory: (config: Config, status: ModelStatus) => healthSettings(config, () => status.fault),
    }),
  ],
  controllers: [ErrorsController, HealthController, IndexController],
})
export class SystemModule {}
