import { HealthModule } from '@app/common';
import { Module } from '@nestjs/common';
import { CONFIG } from '../../config/config.module';
import { healthSettings } from '../../config/settings';
import { ErrorsController } from './errors.controller';
import { HealthController } from './health.controller';
import { IndexController } from './index.controller';

/** The routes at the root: the index, the probes, and the error catalogue. */
@Module({
  imports: [HealthModule.forRootAsync({ inject: [CONFIG], useFactory: healthSettings })],
  controllers: [ErrorsController, HealthController, IndexController],
})
export class SystemModule {}
