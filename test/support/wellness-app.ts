import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createTestApp,
  LogCapture,
  startTestRedis,
  type TestApp,
  type TestRedis,
  TEST_SECRET,
} from '@app/common/testing';
import type { DynamicModule } from '@nestjs/common';

import { OPENAPI_SETTINGS } from '../../src/api/system/openapi-settings';
import { AppModule } from '../../src/app.module';
import { loadConfig } from '../../src/config/load-config';
import {
  diagnosticsSettings,
  httpSettings,
  loggingSettings,
  metricsSettings,
  UNPREFIXED,
} from '../../src/config/settings';

export interface WellnessApp extends TestApp {
  readonly redis: TestRedis;
  readonly dataDir: string;
}

/** Out of the way of tests that are about something else. */
const NO_LIMITS = Object.fromEntries(
  ['USER_PER_MINUTE', 'CHAT_PER_MINUTE', 'IMPORTS_PER_HOUR', 'ADDRESS_PER_MINUTE', 'ERRORS_PER_MINUTE'].map((name) => [
    `RATE_LIMIT_${name}`,
    '1000000',
  ]),
);
const SETTINGS = {
  // A machine that is busy with other tests must not look like an overload of the application.
  SHED_EVENT_LOOP_DELAY_MS: '0',
  SHED_HEAP_PERCENT: '0',
  NODE_ENV: 'test',
  SAMPLE_DATA: 'off',
  LOG_LEVEL: 'debug',
  LOG_REPEAT_EVERY: '1',
  AUTH_JWT_SECRET: TEST_SECRET,
  ...NO_LIMITS,
};

export interface WellnessParts {
  /** A Redis to use instead of one of its own; `close` stops it all the same. */
  readonly redis?: TestRedis;
  /** Modules beside the product's own. */
  readonly features?: readonly DynamicModule[];
}

/** The whole product on a free port, with a Redis and a data folder of its own; `close` leaves nothing behind. */
export async function startWellnessApp(
  environment: Readonly<Record<string, string>> = {},
  { redis: given, features = [] }: WellnessParts = {},
): Promise<WellnessApp> {
  const redis = given ?? (await startTestRedis());
  const dataDir = await mkdtemp(join(tmpdir(), 'wellness-data-'));
  const config = loadConfig({ ...SETTINGS, DATA_DIR: dataDir, ...environment });
  const logs = new LogCapture();
  const logging = { ...loggingSettings(config), format: 'json', destination: logs } as const;
  const app = await createTestApp({
    root: {
      module: class ProductModule {},
      imports: [AppModule.forRoot(config, { redisUrl: redis.url, logging }), ...features],
    },
    http: httpSettings(config),
    unprefixed: UNPREFIXED,
    openApi: config.ROLE === 'worker' ? undefined : OPENAPI_SETTINGS,
    diagnostics: diagnosticsSettings(config),
    metrics: metricsSettings(config),
    logs,
  });
  return {
    ...app,
    redis,
    dataDir,
    close: async () => {
      await app.close();
      await redis.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
