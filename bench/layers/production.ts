import {
  AuthModule,
  createHttpApp,
  LoggingModule,
  RateLimitModule,
  RedisModule,
  ResilienceModule,
  Scopes,
} from '@app/common';
import { Controller, Get, Module, Query } from '@nestjs/common';
import { loadConfig } from '../../src/config/load-config';
import {
  authSettings,
  httpSettings,
  loggingSettings,
  rateLimitSettings,
  redisSettings,
} from '../../src/config/settings';
import { type Night, nightsOf, NightsQuery } from './nights';
import { serve } from './serve';

@Controller({ path: 'nights', version: '1' })
class NightsController {
  @Get()
  @Scopes('health:read')
  nights(@Query() query: NightsQuery): { nights: Night[] } {
    return nightsOf(query);
  }
}

/** One route of ours, with everything around it as it is in production, down to the default limits. */
serve(async ({ secret, redisUrl }) => {
  const config = loadConfig({ NODE_ENV: 'production', LOG_FORMAT: 'json', AUTH_JWT_SECRET: secret });

  @Module({
    imports: [
      LoggingModule.forRoot(loggingSettings(config)),
      ResilienceModule,
      AuthModule.forRootAsync({ useFactory: () => authSettings(config) }),
      RedisModule.forRootAsync({ useFactory: () => redisSettings(config, redisUrl) }),
      RateLimitModule.forRootAsync({ useFactory: () => rateLimitSettings(config) }),
    ],
    controllers: [NightsController],
  })
  class NightsModule {}

  const app = await createHttpApp(NightsModule, { http: httpSettings(config) });
  await app.listen(0, '127.0.0.1');
  return app.getHttpServer();
});
