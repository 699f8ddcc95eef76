import { type DynamicModule, type FactoryProvider, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ThrottlerModule, type ThrottlerModuleOptions } from '@nestjs/throttler';
import { LeasedCounters } from './leased-counters';
import { LeasedThrottlerStorage } from './leased-throttler.storage';
import { RateLimitGuard } from './rate-limit.guard';
import { RATE_LIMIT_SETTINGS, type RateLimitSettings } from './rate-limit-settings';
import { RateLimiter } from './rate-limiter';
import { RedisSharedCounts, SharedCounts } from './shared-counts';

/** The counts, for the limiter and for the library's storage alike. */
@Module({})
class CountsModule {}

/**
 * Rate limits for every route of the application. Needs `RedisModule`, and `AuthModule` to tell users apart; to be
 * imported after the latter, so that routes' own limits count only what the user may do.
 */
@Module({})
export class RateLimitModule {
  static forRoot(settings: RateLimitSettings): DynamicModule {
    return RateLimitModule.forRootAsync({ useFactory: () => settings });
  }

  static forRootAsync(settings: Pick<FactoryProvider<RateLimitSettings>, 'inject' | 'useFactory'>): DynamicModule {
    const counts: DynamicModule = {
      module: CountsModule,
      providers: [
        { provide: RATE_LIMIT_SETTINGS, ...settings },
        { provide: SharedCounts, useClass: RedisSharedCounts },
        LeasedCounters,
        LeasedThrottlerStorage,
      ],
      exports: [RATE_LIMIT_SETTINGS, LeasedCounters, LeasedThrottlerStorage],
    };
    const throttlers = ThrottlerModule.forRootAsync({
      imports: [counts],
      inject: [RATE_LIMIT_SETTINGS, LeasedThrottlerStorage],
      useFactory: throttlerOptions,
    });
    return {
      module: RateLimitModule,
      global: true,
      imports: [counts, throttlers],
      providers: [RateLimiter, { provide: APP_GUARD, useClass: RateLimitGuard }],
      exports: [RateLimiter],
    };
  }
}

function throttlerOptions({ routes }: RateLimitSettings, storage: LeasedThrottlerStorage): ThrottlerModuleOptions {
  const throttlers = Object.entries(routes).map(([name, { limit, windowMs }]) => ({ name, limit, ttl: windowMs }));
  return { throttlers, storage, setHeaders: false };
}
