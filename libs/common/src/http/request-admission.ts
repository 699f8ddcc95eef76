import type { IncomingMessage } from 'node:http';
import { Injectable, Optional } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { RequestScope } from '../context/request-scope';
import { NotFoundError, RequestRefusedError, ValidationError } from '../errors/exceptions';
import { LoadShedder } from '../load/load-shedder';
import { MaintenanceMode } from '../maintenance/maintenance-mode';
import { type Arrival, RateLimiter } from '../rate-limits/rate-limiter';
import { acceptQuality } from './accept';
import { Drain } from './drain';
import { JSON_TYPE, MAX_URL_PART_BYTES } from './http-settings';
import type { RouteTraits } from './route-config';

const PRINTABLE = /^[\x21-\x7e]*$/;
/** The one expectation that is met. */
const CONTINUE = /(?:^|\W)100-continue(?:$|\W)/i;
const BODYLESS = ['GET', 'HEAD'];
const JSON_CHARSETS = ['utf-8', 'utf8', 'us-ascii'];

/** What is under maintenance: the pages at the root tell about the service, and need nothing. */
const API_PREFIX = '/api/';

type Proceed = (refusal?: Error) => void;

/**
 * Who is let in: those for whom the process is in a state to work, then those within their limits, then those that are
 * well-formed.
 */
@Injectable()
export class RequestAdmission {
  constructor(
    private readonly drain: Drain,
    private readonly load: LoadShedder,
    private readonly maintenance: MaintenanceMode,
    @Optional() private readonly limiter?: RateLimiter,
  ) {}

  /** Whether this process is on its way out, so that connections should not be used again. */
  get isLeaving(): boolean {
    return this.drain.phase !== 'serving';
  }

  /** Counts a request as in flight, until `exit`. */
  enter(scope: RequestScope): void {
    this.drain.enter(scope);
  }

  exit(scope: RequestScope): void {
    this.drain.exit(scope);
  }

  /** Calls `proceed`, at once unless counts have to be asked for, with what the request is turned away for, if it is. */
  admit(arrival: Arrival, proceed: Proceed): void {
    const { request, traits } = arrival;
    const refusal = traits.probe === true ? undefined : this.stateRefusal(request, traits);
    if (refusal === undefined) {
      this.limit(arrival, (limited) => proceed(limited ?? refusalOf(request, traits)));
      return;
    }
    this.limiter?.describe(arrival);
    proceed(refusal);
  }

  /** The part of it that holds for requests which cannot be read, too. */
  limit(arrival: Arrival, proceed: Proceed): void {
    if (this.limiter === undefined) proceed();
    else this.limiter.admit(arrival, proceed);
  }

  /** Why nobody is let in at the moment, or nobody but operators. */
  private stateRefusal(request: FastifyRequest, { operational }: RouteTraits): Error | undefined {
    if (this.drain.phase === 'refusing') {
      this.drain.noteRefusal();
      return new RequestRefusedError('SYSTEM_SHUTTING_DOWN');
    }
    if (operational === true) return undefined;
    if (this.load.refuses()) return new RequestRefusedError('SYSTEM_RESOURCES_EXHAUSTED');
    if (this.maintenance.isActive && request.url.startsWith(API_PREFIX)) return this.maintenance.refusal();
    return undefined;
  }
}

/** Why a request is turned away before its body is read, or nothing. Cheap: it runs for every request. */
function refusalOf(request: FastifyRequest, traits: RouteTraits): Error | undefined {
  const malformed = hostProblem(request.raw) ?? urlProblem(request.raw.url ?? '/');
  // A path that leads nowhere is 404 or 405 whatever the body looks like: routing says so without reading it.
  if (malformed !== undefined || request.is404) return malformed ?? new NotFoundError('ROUTE_PATH_NOT_FOUND');
  const { expect } = request.headers;
  if (expect !== undefined && !CONTINUE.test(expect)) return new ValidationError('REQUEST_EXPECTATION_FAILED');
  return bodyTypeProblem(request, traits) ?? acceptProblem(request, traits);
}

/** RFC 9112, 3.2: HTTP/1.1 needs exactly one Host header. Node's own answer to its absence has no body. */
function hostProblem(request: IncomingMessage): Error | undefined {
  const { rawHeaders } = request;
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name !== undefined && name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  const needed = request.httpVersionMajor === 1 && request.httpVersionMinor === 0 ? hosts <= 1 : hosts === 1;
  // Requests injected by tests carry parsed headers alone.
  return needed || (rawHeaders.length === 0 && request.headers.host !== undefined)
    ? undefined
    : new ValidationError('REQUEST_HTTP_MALFORMED', { message: 'The request needs exactly one Host header' });
}

function urlProblem(url: string): Error | undefined {
  const mark = url.indexOf('?');
  const path = mark === -1 ? url.length : mark;
  if (path > MAX_URL_PART_BYTES || url.length - path - 1 > MAX_URL_PART_BYTES) {
    return new ValidationError('REQUEST_URL_TOO_LONG', { details: { limit_bytes: MAX_URL_PART_BYTES } });
  }
  if (!PRINTABLE.test(url) || (url.includes('%') && !isDecodable(url)))
    return new ValidationError('REQUEST_URL_MALFORMED');
  return undefined;
}

/** Whether percent-encoding is complete, stands for UTF-8, and hides no NUL. */
export function isDecodable(url: string): boolean {
  try {
    return !decodeURIComponent(url).includes('\0');
  } catch {
    return false;
  }
}

export function hasBody(request: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  return encoding !== undefined || (length !== undefined && length !== '0');
}

function bodyTypeProblem(request: FastifyRequest, traits: RouteTraits): Error | undefined {
  if (BODYLESS.includes(request.method) || !hasBody(request.raw)) return undefined;
  const types = traits.bodyTypes ?? [JSON_TYPE];
  const [type = '', ...parameters] = (request.headers['content-type'] ?? '')
    .split(';')
    .map((part) => part.trim().toLowerCase());
  const isCoded = (request.headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity';
  if (!isCoded && types.includes(type) && (type !== JSON_TYPE || hasReadableCharset(parameters))) return undefined;
  return new ValidationError('REQUEST_MEDIA_TYPE_UNSUPPORTED', { details: { supported_types: types } });
}

function hasReadableCharset(parameters: readonly string[]): boolean {
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  return charset === undefined || JSON_CHARSETS.includes(charset.replaceAll('"', ''));
}

function acceptProblem(request: FastifyRequest, { produces }: RouteTraits): Error | undefined {
  if (produces === undefined) return undefined;
  const { accept } = request.headers;
  if (produces.some((type) => acceptQuality(accept, type) > 0)) return undefined;
  return new ValidationError('REQUEST_ACCEPT_UNSUPPORTED', { details: { supported_types: produces } });
}
