import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { type DynamicModule, Global, Module, type Type, VersioningType } from '@nestjs/common';
import { NestFactory, Reflector } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Logger } from 'nestjs-pino';
import { CorrelationInterceptor } from '../context/correlation.interceptor';
import { DiagnosticsModule } from '../diagnostics/diagnostics.module';
import type { DiagnosticsSettings } from '../diagnostics/diagnostics-settings';
import { serverTiming } from '../diagnostics/request-timings';
import { LOAD_LIMITS } from '../load/load-settings';
import { LoadShedder } from '../load/load-shedder';
import { EventLogger } from '../logging/event-logger';
import { MaintenanceMode } from '../maintenance/maintenance-mode';
import { HttpMetrics } from '../metrics/http-metrics';
import { PlatformMetricsModule } from '../metrics/platform-metrics.module';
import type { MetricsSettings } from '../metrics/metrics-settings';
import { type OpenApiSettings, serveOpenApi } from '../openapi/openapi';
import { registerBodyParsers } from './body-parsers';
import { ClientAddress } from './client-address';
import { Drain } from './drain';
import { ErrorFilter } from './error.filter';
import { ErrorResponder } from './error-responder';
import { EventStreams } from './event-stream';
import { HTTP_SETTINGS, type HttpSettings, MAX_HEADER_BYTES, MAX_PARAM_LENGTH } from './http-settings';
import { RawSocketResponder } from './raw-socket';
import { RequestAdmission } from './request-admission';
import { RequestJournal } from './request-journal';
import { RequestLifecycle } from './request-lifecycle';
import { scopeOf } from './request-scopes';
import { RouteTable } from './route-table';
import { SuccessInterceptor } from './success.interceptor';
import { UnexpectedQueryGuard } from './unexpected-query.guard';
import { createValidationPipe } from './validation.pipe';

type RootModule = Type | DynamicModule;

export interface HttpAppOptions {
  readonly http: HttpSettings;
  /** Root paths outside of `/api`, such as `health/live`. */
  readonly unprefixed?: readonly string[];
  /** Serves `/openapi.json` and `/docs`. */
  readonly openApi?: OpenApiSettings;
  /** What is kept in memory for operators. */
  readonly diagnostics?: DiagnosticsSettings;
  /** Where `/metrics` is served; beside the other routes when left out. */
  readonly metrics?: MetricsSettings;
}

/** Asks for `Server-Timing`, whatever its value. */
const SERVER_TIMING_HEADER = 'x-server-timing';
/** How often Node looks for connections whose headers are late; the smallest unit of that limit. */
const MAX_CHECKING_INTERVAL_MS = 1_000;

/** What the HTTP side gives to everybody: the state it is in, and the routes there are. */
@Global()
@Module({})
class HttpRootModule {
  static around(root: RootModule, options: HttpAppOptions, routes: RouteTable): DynamicModule {
    const { http: settings, diagnostics, metrics } = options;
    const drain = new Drain();
    return {
      module: HttpRootModule,
      imports: [root, DiagnosticsModule.forRoot(diagnostics), PlatformMetricsModule.forRoot(metrics)],
      providers: [
        { provide: HTTP_SETTINGS, useValue: settings },
        { provide: RouteTable, useValue: routes },
        { provide: Drain, useValue: drain },
        { provide: ClientAddress, useValue: new ClientAddress(settings.trustProxy) },
        { provide: LOAD_LIMITS, useValue: settings.loadLimits },
        LoadShedder,
        MaintenanceMode,
        ErrorResponder,
        RequestAdmission,
        RequestJournal,
        RequestLifecycle,
        EventStreams,
      ],
      exports: [
        HTTP_SETTINGS,
        RouteTable,
        Drain,
        ClientAddress,
        LoadShedder,
        MaintenanceMode,
        ErrorResponder,
        EventStreams,
      ],
    };
  }
}

/** An application in two steps, for those who create it by other means than `NestFactory` (testing modules). */
export interface HttpAppParts {
  readonly module: DynamicModule;
  readonly adapter: FastifyAdapter;
  /** Makes the created, not yet initialised application complete. */
  finish(app: NestFastifyApplication): NestFastifyApplication;
}

/**
 * A Nest application on Fastify that answers with the error contract in every state and on every path, and puts
 * successes into the envelope. The root module has to import `LoggingModule`. The application is not initialised yet.
 */
export async function createHttpApp(root: RootModule, options: HttpAppOptions): Promise<NestFastifyApplication> {
  const parts = httpAppParts(root, options);
  const app = await NestFactory.create<NestFastifyApplication>(parts.module, parts.adapter, {
    bufferLogs: true,
    abortOnError: false,
    bodyParser: false,
  });
  return parts.finish(app);
}

export function httpAppParts(root: RootModule, options: HttpAppOptions): HttpAppParts {
  const routes = new RouteTable();
  const late: Late = {};
  const adapter = createAdapter(options.http, routes, late);
  return {
    module: HttpRootModule.around(root, options, routes),
    adapter,
    finish: (app) => {
      late.lifecycle = app.get(RequestLifecycle);
      late.rawSocket = new RawSocketResponder(app.get(EventLogger), app.get(HttpMetrics));
      late.rawSocket.attach(app.getHttpServer());
      app.useLogger(app.get(Logger));
      app.setGlobalPrefix('api', { exclude: ['metrics', ...(options.unprefixed ?? [])] });
      app.enableVersioning({ type: VersioningType.URI });
      app.useGlobalFilters(new ErrorFilter(app.get(ErrorResponder)));
      app.useGlobalInterceptors(new CorrelationInterceptor(), new SuccessInterceptor(app.get(Reflector)));
      app.useGlobalGuards(new UnexpectedQueryGuard());
      app.useGlobalPipes(createValidationPipe());
      if (options.openApi !== undefined) serveOpenApi(app, options.openApi);
      return app;
    },
  };
}

/** What the server's callbacks need and only the finished application can give; no request comes before that. */
interface Late {
  lifecycle?: RequestLifecycle;
  rawSocket?: RawSocketResponder;
}

function createAdapter(settings: HttpSettings, routes: RouteTable, late: Late): FastifyAdapter {
  const adapter = new FastifyAdapter({
    logger: false,
    bodyLimit: settings.maxBodyBytes,
    trustProxy: new ClientAddress(settings.trustProxy).trusts,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    return503OnClosing: false,
    genReqId: (request: IncomingMessage) => scopeOf(request).correlationId,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      late.lifecycle?.onFrameworkError(error, request, reply),
    clientErrorHandler: (error: Error, socket: Socket) => late.rawSocket?.onClientError(error, socket),
    multipart: { limits: { fileSize: settings.maxUploadBytes, files: 1, fields: 16, fieldSize: 64 * 1024 } },
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      requireHostHeader: false,
      headersTimeout: settings.receiveTimeoutMs,
      connectionsCheckingInterval: Math.min(MAX_CHECKING_INTERVAL_MS, settings.receiveTimeoutMs),
    },
  });
  const instance = adapter.getInstance();
  adapter.setOnRequestHook((request: FastifyRequest, reply: FastifyReply, done: () => void) =>
    late.lifecycle?.onRequest(request, reply, done),
  );
  addHooks(instance, routes, late);
  registerBodyParsers(instance);
  return adapter;
}

function addHooks(instance: FastifyInstance, routes: RouteTable, late: Late): void {
  instance.addHook('onRoute', ({ method, url }) => routes.add(method, url));
  instance.addHook('preValidation', (request, reply, done) => late.lifecycle?.preValidation(request, reply, done));
  instance.addHook('onSend', (request, reply, payload, done) => {
    if (request.headers[SERVER_TIMING_HEADER] !== undefined) {
      void reply.header('server-timing', serverTiming(scopeOf(request.raw)));
    }
    if (payload instanceof Readable) {
      payload.once('error', (error: Error) => late.lifecycle?.onStreamError(error, request, reply));
    }
    done(null, payload);
  });
  instance.addHook('onResponse', (request, reply, done) => late.lifecycle?.onResponse(request, reply, done));
}
