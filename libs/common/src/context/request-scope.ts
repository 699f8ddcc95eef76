import type { Identity } from '../auth/authenticator';
import type { ErrorCode } from '../errors/catalogue';
import type { Caller } from '../rate-limits/callers';
import { type ContextHeaders, newContext, type RequestContext } from './request-context';
import { WorkRecord } from './work-record';

/** Why a request's signal was aborted when its client went away; nobody is left to answer. */
export class ClientGoneError extends Error {
  constructor() {
    super('The client closed the connection before it was answered');
    this.name = 'ClientGoneError';
  }
}

/**
 * The context of one HTTP request. Its abort signal is made when somebody first asks for it: most requests never do,
 * and an `AbortController` is the dearest part of a request that does little.
 */
export class RequestScope implements RequestContext {
  readonly correlationId: string;
  readonly traceId: string;
  readonly startedAt = performance.now();
  readonly record = new WorkRecord(this.startedAt);
  /** When it was let in, and when its body had arrived, if it has one; as `performance.now()` tells. */
  admittedAt?: number;
  receivedAt?: number;
  userId?: string;
  /** What came of the token the request brought, once it was looked at. */
  identity?: Identity;
  /** Against whose limits the request counts. */
  caller?: Caller;
  deadline?: number;
  staleSince?: number;
  /** The code of the error that was answered, for the request's log line. */
  errorCode?: ErrorCode;
  /** Set once the response has been sent or its connection is gone. */
  finished = false;
  /** Set while an event stream owns the response: it ends with its own error event. */
  streamsEvents = false;
  timer?: NodeJS.Timeout;
  private controller?: AbortController;
  private reason?: Error;

  constructor(headers: ContextHeaders) {
    const { correlationId, traceId } = newContext(headers);
    this.correlationId = correlationId;
    this.traceId = traceId;
  }

  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.reason !== undefined) this.controller.abort(this.reason);
    }
    return this.controller.signal;
  }

  /** What ended this request from outside: a deadline, a client that left. */
  get abortReason(): Error | undefined {
    return this.reason;
  }

  abort(reason: Error): void {
    if (this.reason !== undefined) return;
    this.reason = reason;
    this.controller?.abort(reason);
  }
}
