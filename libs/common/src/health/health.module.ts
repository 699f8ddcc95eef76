import { type DynamicModule, type FactoryProvider, Module, type ModuleMetadata } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthComponents } from './health-components';
import { HEALTH_SETTINGS, type HealthSettings } from './health-settings';
import { HealthHost } from './health-host';
import { HealthService } from './health.service';
import { LlmHealthIndicator } from './llm-health.indicator';
import { RedisHealthIndicator } from './redis-health.indicator';

export type HealthModuleOptions = Pick<FactoryProvider<HealthSettings>, 'inject' | 'useFactory'> &
  Pick<ModuleMetadata, 'imports'>;

/**
 * `HealthService` with indicators for Redis and the language model, and `HealthComponents` for feature modules to add
 * theirs; a dependency whose policy has a `probe` has its component without more ado. Needs `RedisModule`.
 */
@Module({})
export class HealthModule {
  static forRootAsync({ imports = [], ...settings }: HealthModuleOptions): DynamicModule {
    return {
      module: HealthModule,
      global: true,
      // A check that fails is in the report; Terminus would log it, with the driver's message, on every probe.
      imports: [TerminusModule.forRoot({ logger: false }), ...imports],
      providers: [
        { provide: HEALTH_SETTINGS, ...settings },
        HealthComponents,
        HealthHost,
        HealthService,
        LlmHealthIndicator,
        RedisHealthIndicator,
      ],
      exports: [HealthComponents, HealthService, RedisHealthIndicator],
    };
  }
}
