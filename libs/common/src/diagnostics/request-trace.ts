import type { ErrorCode } from '../errors/catalogue';
import type { RequestContext } from '../context/request-context';
import type { RecordedCall, RecordedEvent, WorkRecord } from '../context/work-record';
import { sanitizeUserId } from '../logging/sanitize-user-id';
import { errorSerializer } from '../logging/serialize-error';
import { rounded, type RequestTimings } from './request-timings';
import type { TraceRank } from './trace-store';

/** One line of the log, whether or not it was written: the same fields, and when it was within the request. */
export interface TracedEvent {
  readonly at_ms: number;
  readonly level: string;
  readonly event: string;
  readonly [field: string]: unknown;
}

export interface TracedCall {
  readonly at_ms: number;
  readonly policy: string;
  readonly operation: string;
  readonly outcome: string;
  readonly attempts: number;
  readonly breaker: string;
  readonly duration_ms: number;
  readonly error_code?: string;
}

/** How a request ended; all null for what happened after it, or without one. */
export interface RequestEnd {
  readonly method: string | null;
  readonly route: string | null;
  readonly status: number | null;
  readonly error_code: ErrorCode | null;
  readonly duration_ms: number | null;
}

/** What happened to one request. */
export interface RequestTrace extends RequestEnd {
  readonly kept_because: TraceRank;
  readonly trace_id: string;
  readonly user: string | null;
  readonly started_at: string;
  readonly timings: RequestTimings | null;
  readonly events: readonly TracedEvent[];
  readonly calls: readonly TracedCall[];
  /** Events and calls for which there was no room. */
  readonly left_out: number;
}

/** Longest text of the entries of one trace. */
const MAX_CHARACTERS = 64 * 1024;

interface Parts {
  readonly rank: TraceRank;
  readonly end: RequestEnd;
  readonly timings: RequestTimings | null;
}

/** The trace of a request as JSON text, in bounded size: warnings and errors come first when there is no room for all. */
export function renderTrace(context: RequestContext, record: WorkRecord, { rank, end, timings }: Parts): string {
  const { chosen, leftOut } = choose(record);
  const trace: RequestTrace = {
    kept_because: rank,
    trace_id: context.traceId,
    user: context.userId === undefined ? null : sanitizeUserId(context.userId),
    started_at: new Date(performance.timeOrigin + record.startedAt).toISOString(),
    ...end,
    timings,
    events: chosen.filter(isEvent),
    calls: chosen.filter((entry): entry is TracedCall => !isEvent(entry)),
    left_out: leftOut,
  };
  return JSON.stringify(trace);
}

type Rendered = TracedEvent | TracedCall;

function isEvent(entry: TracedEvent | TracedCall): entry is TracedEvent {
  return 'event' in entry;
}

function choose(record: WorkRecord): { chosen: Rendered[]; leftOut: number } {
  const serializeError = errorSerializer();
  const entries = [...record.entries()];
  const kept = new Map<number, Rendered>();
  let room = MAX_CHARACTERS;
  for (const wanted of [true, false]) {
    for (const [index, entry] of entries.entries()) {
      if (isTrouble(entry) !== wanted) continue;
      const rendered = entry.kind === 'call' ? renderCall(entry, record) : renderEvent(entry, record, serializeError);
      room -= JSON.stringify(rendered).length;
      if (room >= 0) kept.set(index, rendered);
    }
  }
  const chosen = [...kept].sort(([a], [b]) => a - b).map(([, rendered]) => rendered);
  return { chosen, leftOut: record.leftOut + entries.length - chosen.length };
}

function isTrouble(entry: RecordedCall | RecordedEvent): boolean {
  return entry.kind === 'event' && (entry.level === 'warn' || entry.level === 'error');
}

function renderEvent(
  { at, level, event, fields }: RecordedEvent,
  { startedAt }: WorkRecord,
  serializeError: (thrown: unknown) => object,
): TracedEvent {
  const { err, ...others } = fields as { readonly err?: unknown };
  const error = 'err' in fields ? { err: serializeError(err) } : {};
  return { at_ms: rounded(at - startedAt), level, event, ...others, ...error };
}

function renderCall({ at, end }: RecordedCall, { startedAt }: WorkRecord): TracedCall {
  const { durationMs, state, ...others } = end;
  return { at_ms: rounded(at - startedAt), ...others, breaker: state, duration_ms: rounded(durationMs) };
}
