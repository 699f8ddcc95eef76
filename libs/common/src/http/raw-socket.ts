import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { STATUS_CODES } from 'node:http';
import { newContext, runInContext } from '../context/request-context';
import { errorEnvelope } from '../errors/envelope';
import { NotFoundError, ValidationError, type WellnessError } from '../errors/exceptions';
import { type ReportedError, toReportedError } from '../errors/reported-error';
import type { EventLogger } from '../logging/event-logger';
import type { HttpMetrics } from '../metrics/http-metrics';
import { errorHeaders } from './error-responder';
import { MAX_HEADER_BYTES } from './http-settings';
import { scopeOf } from './request-scopes';
import { UNMATCHED } from './route-of';

interface ParserError extends Error {
  readonly code?: string;
}

/** Node's socket while a request on it is being answered; the server keeps that response here. */
interface ServerSocket extends Duplex {
  _httpMessage?: ServerResponse | null;
}

/** Answers what never becomes a request, or is refused before the framework sees it. */
export class RawSocketResponder {
  constructor(
    private readonly events: EventLogger,
    private readonly metrics: HttpMetrics,
  ) {}

  attach(server: Server): void {
    server.on('checkExpectation', (request, response) => {
      // A request like any other, up to its admission. Its body may or may not follow.
      response.shouldKeepAlive = false;
      server.emit('request', request, response);
    });
    server.on('connect', (request: IncomingMessage, socket: Duplex) => this.refuseConnect(request, socket));
  }

  /** The server's `clientError` event: bytes that are no HTTP, headers too large or too slow. */
  onClientError(error: ParserError, socket: ServerSocket): void {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const current = socket._httpMessage;
    // Rubbish after a whole request: that one gets its answer first, as it would have on a clean connection.
    if (current && current.req.complete && !current.writableEnded) {
      current.once('finish', () => this.answer(error, socket));
      return;
    }
    if (current?.headersSent === true) {
      socket.destroy();
      return;
    }
    const correlationId = current ? scopeOf(current.req).correlationId : undefined;
    this.answer(error, socket, correlationId);
  }

  private answer(error: ParserError, socket: Duplex, correlationId?: string): void {
    const context = newContext({ correlationId });
    const own = translate(error);
    const reported = toReportedError(own);
    runInContext(context, () => {
      const fields = { status: reported.status, error_code: reported.code, reason: error.code ?? 'unknown' };
      this.events.info('request_unparsable', fields);
    });
    this.metrics.noteConnection('', reported.status, reported.code);
    write(socket, reported, context.correlationId);
  }

  private refuseConnect(request: IncomingMessage, socket: Duplex): void {
    const refusal = new NotFoundError('ROUTE_METHOD_NOT_ALLOWED', { details: { allowed_methods: [] } });
    const scope = scopeOf(request);
    const reported = toReportedError(refusal);
    write(socket, reported, scope.correlationId);
    this.metrics.noteConnection(request.method ?? '', reported.status, reported.code);
    const { status, code: error_code } = reported;
    const line = { method: request.method ?? '', route: UNMATCHED, status, duration_ms: 0, error_code };
    runInContext(scope, () => this.events.info('request_completed', line));
  }
}

function translate(error: ParserError): WellnessError {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return new ValidationError('REQUEST_HEADERS_TOO_LARGE', {
        details: { limit_bytes: MAX_HEADER_BYTES },
        cause: error,
      });
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new ValidationError('REQUEST_BODY_TIMEOUT', { cause: error });
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new ValidationError('REQUEST_BODY_TOO_LARGE', {
        details: { limit_bytes: MAX_HEADER_BYTES },
        cause: error,
      });
    default:
      return new ValidationError('REQUEST_HTTP_MALFORMED', { cause: error });
  }
}

function write(socket: Duplex, error: ReportedError, correlationId: string): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(errorEnvelope(error, correlationId));
  const headers = {
    ...errorHeaders(error, correlationId),
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    date: new Date().toUTCString(),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? 'Error'}\r\n${lines.join('')}\r\n${body}`);
}
