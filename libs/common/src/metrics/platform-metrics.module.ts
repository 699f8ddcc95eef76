import { type DynamicModule, Module } from '@nestjs/common';
import { AdmissionMetrics } from './admission-metrics';
import { CacheMetrics } from './cache-metrics';
import { HealthMetrics } from './health-metrics';
import { HttpMetrics } from './http-metrics';
import { MetricsController } from './metrics.controller';
import { MetricsModule } from './metrics.module';
import { MetricsServer } from './metrics-server';
import type { MetricsSettings } from './metrics-settings';
import { PolicyMetrics } from './policy-metrics';
import { RedisMetrics } from './redis-metrics';
import { RuntimeMetrics } from './runtime-metrics';

/** The figures of the parts of this library that an HTTP application has, and where they are scraped. */
@Module({})
export class PlatformMetricsModule {
  static forRoot(settings: MetricsSettings = {}): DynamicModule {
    const isElsewhere = settings.port !== undefined;
    return {
      module: PlatformMetricsModule,
      imports: [MetricsModule.forRoot(settings)],
      controllers: isElsewhere ? [] : [MetricsController],
      providers: [
        AdmissionMetrics,
        CacheMetrics,
        HealthMetrics,
        HttpMetrics,
        PolicyMetrics,
        RedisMetrics,
        RuntimeMetrics,
        ...(isElsewhere ? [MetricsServer] : []),
      ],
      exports: [HttpMetrics],
    };
  }
}
