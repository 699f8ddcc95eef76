import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { type DynamicModule, type ModuleMetadata, type Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { AuthModule } from '../auth/auth.module';
import type { DiagnosticsSettings } from '../diagnostics/diagnostics-settings';
import { Drain } from '../http/drain';
import { httpAppParts } from '../http/http-app';
import type { HttpSettings } from '../http/http-settings';
import { LoggingModule } from '../logging/logging.module';
import type { MetricsSettings } from '../metrics/metrics-settings';
import type { OpenApiSettings } from '../openapi/openapi';
import { LogCapture } from './log-capture';
import { TEST_SECRET, tokenFor } from './tokens';

export interface TestAppOptions extends Pick<ModuleMetadata, 'imports' | 'controllers' | 'providers'> {
  /** A complete root module with logging and authentication of its own; `imports` and the rest are not used then. */
  readonly root?: Type | DynamicModule;
  readonly http?: Partial<HttpSettings>;
  readonly unprefixed?: readonly string[];
  readonly openApi?: OpenApiSettings;
  readonly metrics?: MetricsSettings;
  readonly diagnostics?: DiagnosticsSettings;
  /** Providers to replace, by token. */
  readonly override?: ReadonlyArray<readonly [token: unknown, value: unknown]>;
  /** Where a `root` module writes its log, so that tests can read it. */
  readonly logs?: LogCapture;
  readonly logLevel?: string;
}

export interface TestApp {
  readonly app: NestFastifyApplication;
  readonly logs: LogCapture;
  readonly drain: Drain;
  /** Base URL; the application listens on a free port of the loopback address. */
  readonly url: string;
  readonly port: number;
  readonly server: Server;
  /** An `authorization` header for `sub` with `scopes`. */
  bearer(sub: string, scopes?: readonly string[]): Promise<{ authorization: string }>;
  close(): Promise<void>;
}

const TEST_HTTP: HttpSettings = {
  deadlines: { default: 10_000, chat: 120_000 },
  receiveTimeoutMs: 10_000,
  maxBodyBytes: 1024 * 1024,
  maxUploadBytes: 64 * 1024 * 1024,
  loadLimits: { eventLoopDelayMs: 0, heapPercent: 0, maxInFlight: 0 },
};

/** A listening application with the whole HTTP side, around the parts a test is about. */
export async function createTestApp(options: TestAppOptions): Promise<TestApp> {
  const logs = options.logs ?? new LogCapture();
  const parts = httpAppParts(options.root ?? rootOf(options, logs), {
    http: { ...TEST_HTTP, ...options.http },
    unprefixed: options.unprefixed,
    openApi: options.openApi,
    diagnostics: options.diagnostics,
    // What a test did must show at once.
    metrics: { ttlMs: 0, ...options.metrics },
  });
  let builder = Test.createTestingModule({ imports: [parts.module] });
  for (const [token, value] of options.override ?? []) builder = builder.overrideProvider(token).useValue(value);
  const testing = await builder.compile();
  const created = testing.createNestApplication<NestFastifyApplication>(parts.adapter, {
    bufferLogs: true,
    bodyParser: false,
  });
  const app = parts.finish(created);
  await app.listen(0, '127.0.0.1');
  const server = app.getHttpServer();
  const { port } = server.address() as AddressInfo;
  return {
    app,
    logs,
    drain: app.get(Drain),
    url: `http://127.0.0.1:${port}`,
    port,
    server,
    bearer: async (sub, scopes) => ({ authorization: `Bearer ${await tokenFor(sub, scopes)}` }),
    close: async () => {
      server.closeAllConnections();
      await app.close();
    },
  };
}

function rootOf(options: TestAppOptions, logs: LogCapture): DynamicModule {
  return {
    module: class TestRootModule {},
    imports: [
      LoggingModule.forRoot({ level: options.logLevel ?? 'debug', format: 'json', destination: logs }),
      AuthModule.forRoot({ secret: TEST_SECRET }),
      ...(options.imports ?? []),
    ],
    controllers: options.controllers,
    providers: options.providers,
  };
}
