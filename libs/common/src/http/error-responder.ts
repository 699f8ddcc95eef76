import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, Optional } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ClientGoneError, type RequestScope } from '../context/request-scope';
import { runInContext } from '../context/request-context';
import { type ErrorBody, errorBody, errorEnvelope, problemDetails, toJson } from '../errors/envelope';
import { NotFoundError, RequestRefusedError } from '../errors/exceptions';
import { type ReportedError, toReportedError } from '../errors/reported-error';
import { EventLogger } from '../logging/event-logger';
import { HttpMetrics } from '../metrics/http-metrics';
import { RateLimiter } from '../rate-limits/rate-limiter';
import { prefersOverJson } from './accept';
import { scopeOf } from './request-scopes';
import { RouteTable } from './route-table';
import { routeOf } from './route-of';

const PROBLEM_TYPE = 'application/problem+json';
const MIDDLEWARE = 'middleware';
const SAFE_HOST = /^[\w.-]+(?::\d{1,5})?$|^\[[\da-fA-F:.]+\](?::\d{1,5})?$/;

/** Answers a request with an error: the one place where the error contract becomes bytes. */
@Injectable()
export class ErrorResponder {
  constructor(
    private readonly events: EventLogger,
    private readonly routes: RouteTable,
    private readonly metrics: HttpMetrics,
    @Optional() private readonly limiter?: RateLimiter,
  ) {}

  /** Never throws, whatever was thrown, and whatever state the response is in. */
  respond(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const scope = scopeOf(request.raw);
    runInContext(scope, () => this.respondInScope(thrown, { request, reply, scope }));
  }

  /** The same for middleware, which sees the bare request and response. */
  respondRaw(thrown: unknown, request: IncomingMessage, response: ServerResponse): void {
    const scope = scopeOf(request);
    runInContext(scope, () => {
      if (response.headersSent) {
        this.reportMidway(thrown, scope, MIDDLEWARE);
        response.destroy();
        return;
      }
      const error = toReportedError(thrown);
      scope.errorCode = error.code;
      this.metrics.noteError(error.code, 'response');
      if (error.status >= 500) {
        const { code: error_code, status } = error;
        const method = request.method ?? '';
        this.events.error('request_failed', { method, route: MIDDLEWARE, status, error_code, err: thrown ?? null });
      }
      sendRaw(error, scope.correlationId, response);
    });
  }

  /** The `error` object for `thrown` on a stream that has begun, logged like any other failure. */
  reportMidway(thrown: unknown, scope: RequestScope, route: string): ErrorBody {
    const error = toReportedError(thrown);
    scope.errorCode = error.code;
    // Whoever has left is given nothing.
    if (!(scope.abortReason instanceof ClientGoneError)) this.metrics.noteError(error.code, 'midway');
    if (error.status >= 500) {
      this.events.error('response_failed_midway', { route, error_code: error.code, err: thrown ?? null });
    }
    return errorBody(error, scope.correlationId);
  }

  private respondInScope(thrown: unknown, exchange: Exchange): void {
    const { request, reply, scope } = exchange;
    if (scope.abortReason instanceof ClientGoneError || reply.raw.destroyed) return;
    if (reply.sent || reply.raw.headersSent) {
      this.endBrokenResponse(thrown, exchange);
      return;
    }
    const error = this.limited(toReportedError(this.refine(thrown, request)), scope);
    scope.errorCode = error.code;
    this.metrics.noteError(error.code, 'response');
    const route = routeOf(request);
    // A crowd that is turned away must not cost an error and a stack each: its requests have their ordinary log lines.
    if (error.status >= 500 && !(thrown instanceof RequestRefusedError)) {
      const { code: error_code, status } = error;
      this.events.error('request_failed', { method: request.method, route, status, error_code, err: thrown ?? null });
    }
    send(error, exchange);
  }

  /** Who makes too many mistakes hears that instead of the next one. */
  private limited(error: ReportedError, scope: RequestScope): ReportedError {
    const limit = this.limiter?.answered(scope, error.status);
    return limit === undefined ? error : toReportedError(limit);
  }

  /** The status line is out: the only honest end left is a broken connection. */
  private endBrokenResponse(thrown: unknown, { request, reply, scope }: Exchange): void {
    // Whoever was told 504 has his answer; what the handler does after that interests nobody any more.
    if (scope.abortReason !== undefined || reply.raw.writableEnded) {
      this.events.debug('request_failed_late', { route: routeOf(request), err: thrown ?? null });
      return;
    }
    this.reportMidway(thrown, scope, routeOf(request));
    reply.raw.destroy();
  }

  /** Routing knows only that nothing matched; whether another method would have is for us to say. */
  private refine(thrown: unknown, request: FastifyRequest): unknown {
    if (!request.is404 || toReportedError(thrown).code !== 'ROUTE_PATH_NOT_FOUND') return thrown;
    const path = request.url.split('?', 1)[0] ?? '/';
    const allowed = this.routes.allowedMethods(path);
    // A route for many paths (static files) may have nothing at this one.
    if (allowed.length === 0 || allowed.includes(request.method))
      return new NotFoundError('ROUTE_PATH_NOT_FOUND', { details: { path: path.slice(0, 200) } });
    return new NotFoundError('ROUTE_METHOD_NOT_ALLOWED', { details: { allowed_methods: allowed } });
  }
}

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly scope: RequestScope;
}

function send(error: ReportedError, { request, reply, scope }: Exchange): void {
  const isProblem = prefersOverJson(request.headers.accept, PROBLEM_TYPE);
  const safe = (): ReportedError => ({ ...error, details: {} });
  const render = (from: ReportedError): unknown =>
    isProblem
      ? problemDetails(from, scope.correlationId, catalogueUrl(request))
      : errorEnvelope(from, scope.correlationId);
  const body = toJson(render(error), () => render(safe()));
  const headers = {
    ...errorHeaders(error, scope.correlationId),
    'content-type': `${isProblem ? PROBLEM_TYPE : 'application/json'}; charset=utf-8`,
  };
  // A handler may have announced another body than the one it gets.
  for (const name of ['content-length', 'content-encoding', 'content-disposition', 'transfer-encoding', 'etag']) {
    reply.removeHeader(name);
  }
  if (closesConnection(error)) reply.header('connection', 'close');
  reply.code(error.status).headers(headers).serializer(String).send(body);
}

/** Sends the error on a response that no framework looks after (before routing, in raw middleware). */
export function sendRaw(error: ReportedError, correlationId: string, response: ServerResponse): void {
  const body = toJson(errorEnvelope(error, correlationId), () =>
    errorEnvelope({ ...error, details: {} }, correlationId),
  );
  response.writeHead(error.status, {
    ...errorHeaders(error, correlationId),
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  });
  response.end(body);
}

/** Headers every error carries, besides its content type. */
export function errorHeaders(error: ReportedError, correlationId: string): Record<string, string> {
  const { code, status, details, retryAfterSeconds } = error;
  const headers: Record<string, string> = {
    'x-correlation-id': correlationId,
    link: `</errors/${code}>; rel="help"`,
    'cache-control': 'no-store',
  };
  if (status === 401) headers['www-authenticate'] = challengeOf(code);
  if (status === 405 && Array.isArray(details.allowed_methods)) headers.allow = details.allowed_methods.join(', ');
  if (status === 429 || status === 503) headers['retry-after'] = String(Math.max(1, Math.ceil(retryAfterSeconds ?? 1)));
  return headers;
}

function challengeOf(code: string): string {
  return code === 'AUTH_TOKEN_MISSING' ? 'Bearer' : 'Bearer error="invalid_token"';
}

/** After these the connection has bytes on it that nobody will read, or should not be used again. */
function closesConnection({ code }: ReportedError): boolean {
  return code === 'SYSTEM_SHUTTING_DOWN' || code === 'REQUEST_BODY_TIMEOUT' || code === 'REQUEST_HTTP_MALFORMED';
}

function catalogueUrl(request: FastifyRequest): string {
  const host = SAFE_HOST.test(request.host) ? request.host : 'localhost';
  return `${request.protocol}://${host}/errors`;
}
