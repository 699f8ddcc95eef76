import './node-version';
import {
  createHttpApp,
  EventLogger,
  ForeignOutput,
  isPretty,
  type PrivateRedis,
  ProcessFaults,
  REPLICA,
  Shutdown,
  startPrivateRedis,
} from '@app/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { OPENAPI_SETTINGS } from './api/system/openapi-settings';
import { AppModule } from './app.module';
import type { Config } from './config/config.schema';
import { ConfigurationError, EXIT_CONFIGURATION, loadConfig } from './config/load-config';
import { diagnosticsSettings, httpSettings, loggingSettings, metricsSettings, UNPREFIXED } from './config/settings';
import { startFailure } from './start-failure';
import { welcome } from './welcome';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

async function main(): Promise<void> {
  const startedAt = performance.now();
  const config = loadConfig();
  const privateRedis =
    config.REDIS_URL === undefined ? await startPrivateRedis({ dataDir: config.DATA_DIR }) : undefined;
  try {
    await serve(config, privateRedis, startedAt);
  } catch (error) {
    await privateRedis?.stop();
    throw error;
  }
}

async function serve(config: Config, privateRedis: PrivateRedis | undefined, startedAt: number): Promise<void> {
  // Who develops wants to see what is printed; in production it may quote anything.
  const isShown = isPretty(loggingSettings(config)) && config.NODE_ENV !== 'production';
  const output = isShown ? undefined : new ForeignOutput();
  const redisUrl = config.REDIS_URL ?? privateRedis?.url ?? '';
  const app = await createHttpApp(AppModule.forRoot(config, { redisUrl }), {
    http: httpSettings(config),
    unprefixed: UNPREFIXED,
    // A worker has no API that could be described.
    openApi: config.ROLE === 'worker' ? undefined : OPENAPI_SETTINGS,
    diagnostics: diagnosticsSettings(config),
    metrics: metricsSettings(config),
  });
  const events = app.get(EventLogger);
  output?.attach(events);
  if (privateRedis !== undefined) privateRedis.events = events;
  stopInOrder(app, config, privateRedis);
  await app.listen(config.PORT, config.HOST);
  const start_ms = Math.round(performance.now() - startedAt);
  events.info('application_started', { port: portOf(app), role: config.ROLE, start_ms, replica: REPLICA.id });
  welcome(app, config, portOf(app)).catch((error: unknown) => events.error('sample_failed', { err: error }));
}

function stopInOrder(app: NestFastifyApplication, config: Config, privateRedis: PrivateRedis | undefined): void {
  const events = app.get(EventLogger);
  const shutdown = new Shutdown(app, {
    graceMs: config.SHUTDOWN_GRACE_MS,
    timeoutMs: config.SHUTDOWN_TIMEOUT_MS,
    last: async () => privateRedis?.stop(),
    exit: (code) => {
      events.flush();
      process.exit(code);
    },
  });
  for (const signal of SIGNALS) process.on(signal, () => shutdown.onSignal(signal));
  app.get(ProcessFaults).listen(() => void shutdown.run('uncaughtException', 0, 1));
}

function portOf(app: NestFastifyApplication): number {
  const address = app.getHttpAdapter().getInstance().server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

main().catch((error: unknown) => {
  // No logger yet, or none that could be trusted: this is for whoever started the process.
  process.stderr.write(`${startFailure(error)}\n`);
  process.exit(error instanceof ConfigurationError ? EXIT_CONFIGURATION : 1);
});
