import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import type { WorkRecord } from './work-record';

/** What is known about the work being done: a request, a job, a message. */
export interface RequestContext {
  readonly correlationId: string;
  /** W3C trace id, 32 hexadecimal digits. */
  readonly traceId: string;
  /** The authenticated user, once known. */
  userId?: string;
  /** Epoch milliseconds after which nobody waits for the answer any more. */
  deadline?: number;
  /** Aborts when the caller has gone away or the deadline has passed; its reason says which. */
  signal?: AbortSignal;
  /** The reason of an abort that has happened, where it can be had without making a signal. */
  readonly abortReason?: Error | undefined;
  /** What was done so far, where somebody may ask for it later. */
  readonly record?: WorkRecord;
  /** Epoch milliseconds of the oldest data this work was answered with from before an outage. */
  staleSince?: number;
}

const CORRELATION_ID = /^[A-Za-z0-9._-]{1,128}$/;
const TRACEPARENT = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}(?:-.*)?$/;
const NO_TRACE = '0'.repeat(32);

const storage = new AsyncLocalStorage<RequestContext>();

/** Runs `work`, and all it starts, with `context` as the current one. */
export function runInContext<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work);
}

/**
 * Runs what has to be done whether or not somebody still waits: with the same ids, but without the deadline and the
 * abort of the request. Time is limited by the policies of what is called.
 */
export function runDetached<T>(work: () => T): T {
  const current = storage.getStore();
  if (current === undefined) return work();
  const { correlationId, traceId, userId, record } = current;
  const context = { correlationId, traceId, ...(userId !== undefined && { userId }), ...(record && { record }) };
  return storage.run(context, work);
}

/** Runs what belongs to nobody's request, whoever happened to start it. */
export function runOutsideContext<T>(work: () => T): T {
  return storage.exit(work);
}

export function currentContext(): RequestContext | undefined {
  return storage.getStore();
}

export function currentCorrelationId(): string | undefined {
  return storage.getStore()?.correlationId;
}

export interface ContextHeaders {
  readonly correlationId?: string | undefined;
  readonly traceparent?: string | undefined;
}

/**
 * A context from what the caller sent. A well-formed correlation id is taken over, anything else is ignored;
 * without one it is `req_` and the first 16 digits of the trace id, which comes from `traceparent` or is new.
 */
export function newContext(headers: ContextHeaders = {}): RequestContext {
  const traceId = traceIdOf(headers.traceparent) ?? randomBytes(16).toString('hex');
  const given = headers.correlationId;
  const correlationId = given !== undefined && CORRELATION_ID.test(given) ? given : `req_${traceId.slice(0, 16)}`;
  return { correlationId, traceId };
}

function traceIdOf(traceparent: string | undefined): string | undefined {
  const traceId = traceparent === undefined ? undefined : TRACEPARENT.exec(traceparent)?.[1];
  return traceId === NO_TRACE ? undefined : traceId;
}
