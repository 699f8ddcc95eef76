import type { IncomingMessage } from 'node:http';
import { RequestScope } from '../context/request-scope';

const SCOPE = Symbol('scope');

/** A request, and its scope once somebody has asked for it. */
interface ScopedMessage extends IncomingMessage {
  [SCOPE]?: RequestScope;
}

/**
 * The scope of a request; made at first sight, before anything about the request can fail. It is kept on the request
 * rather than in async context alone: stream events and framework errors happen outside of it. (A `WeakMap` of all
 * requests in flight would cost more in garbage collection than all else that is done for a request.)
 */
export function scopeOf(request: ScopedMessage): RequestScope {
  const known = request[SCOPE];
  if (known !== undefined) return known;
  const { headers } = request;
  return (request[SCOPE] = new RequestScope({
    correlationId: first(headers['x-correlation-id']) ?? first(headers['x-request-id']),
    traceparent: first(headers.traceparent),
  }));
}

function first(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
