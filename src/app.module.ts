import {
  AuthModule,
  LastKnownGoodModule,
  LoggingModule,
  type LoggingSettings,
  RateLimitModule,
  RedisModule,
} from '@app/common';
import { type DynamicModule, Module } from '@nestjs/common';
import { AdminApiModule } from './api/admin/admin-api.module';
import { ChatApiModule } from './api/chat/chat-api.module';
import { HealthDataApiModule } from './api/health-data/health-data-api.module';
import { ImportsApiModule } from './api/imports/imports-api.module';
import { MeApiModule } from './api/me/me-api.module';
import { ProbesModule } from './api/system/probes.module';
import { SystemModule } from './api/system/system.module';
import type { Config } from './config/config.schema';
import { ConfigModule } from './config/config.module';
import {
  authSettings,
  lastKnownGoodSettings,
  loggingSettings,
  rateLimitSettings,
  redisSettings,
} from './config/settings';
import { ImportsModule } from './services/imports/imports.module';
import { SampleModule } from './services/sample/sample.module';

export interface AppOptions {
  /** Where Redis is: the configured one, or the private one that was started in its stead. */
  readonly redisUrl: string;
  readonly logging?: LoggingSettings;
}

/** In alphabetical order. */
const FEATURES = [
  AdminApiModule,
  ChatApiModule,
  HealthDataApiModule,
  ImportsApiModule,
  MeApiModule,
  SampleModule,
  SystemModule,
];

/** What a worker has of them: it runs imports, and answers probes and scrapes alone. */
const WORKER = [ImportsModule, ProbesModule];

/** The architecture on one screen. A feature goes away with its folder and its line. */
@Module({})
export class AppModule {
  static forRoot(config: Config, options: AppOptions): DynamicModule {
    return {
      module: AppModule,
      imports: [
        // What everything stands on
        ConfigModule.forRoot(config),
        LoggingModule.forRoot(options.logging ?? loggingSettings(config)),
        AuthModule.forRootAsync({ useFactory: () => authSettings(config) }),
        LastKnownGoodModule.forRoot(lastKnownGoodSettings(config)),
        RedisModule.forRootAsync({ useFactory: () => redisSettings(config, options.redisUrl) }),
        RateLimitModule.forRootAsync({ useFactory: () => rateLimitSettings(config) }),
        ...(config.ROLE === 'worker' ? WORKER : FEATURES),
      ],
    };
  }
}
