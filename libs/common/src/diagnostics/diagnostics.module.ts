import { type DynamicModule, Module } from '@nestjs/common';
import { DEFAULT_DIAGNOSTICS, DIAGNOSTICS_SETTINGS, type DiagnosticsSettings } from './diagnostics-settings';
import { Diagnostics } from './diagnostics.service';
import { PerformanceMonitor } from './performance.service';

/**
 * `Diagnostics` and `PerformanceMonitor` for everybody: what went wrong lately, and what takes long. `createHttpApp`
 * brings it along. Needs `LoggingModule`.
 */
@Module({})
export class DiagnosticsModule {
  static forRoot(settings: DiagnosticsSettings = DEFAULT_DIAGNOSTICS): DynamicModule {
    return {
      module: DiagnosticsModule,
      global: true,
      providers: [{ provide: DIAGNOSTICS_SETTINGS, useValue: settings }, Diagnostics, PerformanceMonitor],
      exports: [Diagnostics, PerformanceMonitor],
    };
  }
}
