import type { IncomingMessage } from 'node:http';
import { RequestScope } from '../context/request-scope';

// On the request rather than in async context alone: stream events and framework errors happen outside of it.
const scopes = new WeakMap<IncomingMessage, RequestScope>();

/** The scope of a request; made at first sight, before anything about the request can fail. */
export function scopeOf(request: IncomingMessage): RequestScope {
  let scope = scopes.get(request);
  if (scope === undefined) {
    const { headers } = request;
    scope = new RequestScope({
      correlationId: first(headers['x-correlation-id']) ?? first(headers['x-request-id']),
      traceparent: first(headers.traceparent),
    });
    scopes.set(request, scope);
  }
  return scope;
}

function first(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
