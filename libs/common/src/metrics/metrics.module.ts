import { type DynamicModule, Module } from '@nestjs/common';
import { Exposition } from './exposition';
import { MetricSamples } from './metric-samples';
import { METRICS_SETTINGS, type MetricsSettings } from './metrics-settings';
import { Metrics } from './metrics';

/**
 * `Metrics` and `MetricSamples` for everybody. Needs `LoggingModule`. An application made by `createHttpApp` has it, and
 * `GET /metrics`, without importing anything.
 */
@Module({})
export class MetricsModule {
  static forRoot(settings: MetricsSettings = {}): DynamicModule {
    return {
      module: MetricsModule,
      global: true,
      providers: [{ provide: METRICS_SETTINGS, useValue: settings }, Metrics, MetricSamples, Exposition],
      exports: [METRICS_SETTINGS, Metrics, MetricSamples, Exposition],
    };
  }
}
