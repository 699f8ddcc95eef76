import { Inject, Injectable } from '@nestjs/common';
import { currentContext, type RequestContext } from '../context/request-context';
import { RequestScope } from '../context/request-scope';
import { WorkRecord } from '../context/work-record';
import { type ErrorCode, errorDefinition } from '../errors/catalogue';
import { WellnessError } from '../errors/exceptions';
import { EventLogger, type Trouble } from '../logging/event-logger';
import { DIAGNOSTICS_SETTINGS, type DiagnosticsSettings } from './diagnostics-settings';
import { type ErrorGroup, ErrorGroups, type ErrorKind, keyOf } from './error-groups';
import { renderTrace, type RequestEnd, type RequestTrace } from './request-trace';
import { timingsOf } from './request-timings';
import { type TraceRank, TraceStore } from './trace-store';

type Completed = Omit<RequestEnd, 'error_code'> & { readonly error_code?: ErrorCode };

const NOBODY: RequestEnd = { method: null, route: null, status: null, error_code: null, duration_ms: null };

/**
 * Remembers, in this process, what went wrong lately: how often, and what the requests did that it happened to. It
 * listens to the log: whoever logs an event has told this, too.
 */
@Injectable()
export class Diagnostics {
  private readonly groups = new ErrorGroups();
  private readonly traces: TraceStore;

  constructor(
    @Inject(DIAGNOSTICS_SETTINGS) private readonly settings: DiagnosticsSettings,
    events: EventLogger,
  ) {
    this.traces = new TraceStore(settings);
    events.on('request_completed', (end) => this.noteRequest(end));
    events.on('request_aborted', (end) => this.noteRequest(end));
    events.on('request_unparsable', (fields) => this.noteUnparsable(fields));
    events.onTrouble((trouble) => this.noteTrouble(trouble));
  }

  /** Recent failures by code and route, the latest first. */
  errors(limit: number): ErrorGroup[] {
    return this.groups.list(limit);
  }

  /** What the requests of this correlation id did, the newest first; none when nothing is kept. */
  find(correlationId: string): RequestTrace[] {
    return this.traces.find(correlationId).map((text) => JSON.parse(text) as RequestTrace);
  }

  get size(): TraceStore['size'] {
    return this.traces.size;
  }

  private noteRequest(completed: Completed): void {
    const scope = currentContext();
    if (!(scope instanceof RequestScope) || scope.record.isClosed) return;
    scope.record.close();
    const { error_code } = completed;
    if (error_code !== undefined) this.keepFailed(scope, completed, error_code);
    else if (scope.record.troubles > 0 && this.noteDegraded(scope, completed)) return;
    else if ((completed.duration_ms ?? 0) > this.settings.slowMs && !scope.streamsEvents) {
      this.keep(scope, completed, 'slow', `${completed.method} ${completed.route}`);
    }
  }

  private keepFailed(scope: RequestScope, completed: Completed, error_code: ErrorCode): void {
    const kind: ErrorKind = { error_code, ...placeOf(completed), event: null };
    this.groups.note(kind, scope.correlationId);
    // A stream that breaks off has been answered with 200.
    const rank = errorDefinition(error_code).status >= 500 ? 'failed' : 'refused';
    this.keep(scope, completed, rank, keyOf(kind));
  }

  /** @returns whether anything had failed although the request was answered */
  private noteDegraded(scope: RequestScope, completed: Completed): boolean {
    let first: ErrorKind | undefined;
    for (const entry of scope.record.entries()) {
      if (entry.kind === 'call' || (entry.level !== 'warn' && entry.level !== 'error')) continue;
      const { event } = entry;
      if (!isFailure(entry.fields)) continue;
      const kind = { error_code: codeIn(entry.fields), ...placeOf(completed), event };
      this.groups.note(kind, scope.correlationId);
      first ??= kind;
    }
    if (first !== undefined) this.keep(scope, completed, 'degraded', keyOf(first));
    return first !== undefined;
  }

  private keep(scope: RequestScope, completed: Completed, rank: TraceRank, group: string): void {
    const { correlationId } = scope;
    const { method, route, status, duration_ms, error_code = null } = completed;
    const end = { method, route, status, error_code, duration_ms };
    this.traces.keep({ correlationId, rank, group: `${rank} ${group}` }, () =>
      renderTrace(scope, scope.record, { rank, end, timings: timingsOf(scope) }),
    );
  }

  private noteUnparsable(fields: { readonly status: number; readonly error_code: ErrorCode }): void {
    const { status, error_code } = fields;
    const event = 'request_unparsable';
    const kind = { ...NOBODY, status, error_code, event };
    this.keepAlone(kind, 'refused', { level: 'info', event, fields });
  }

  /** Failures of jobs, of work that outlived its request, of the process itself. */
  private noteTrouble({ level, event, fields }: Trouble): void {
    if (!isFailure(fields)) return;
    const kind = { ...NOBODY, error_code: codeIn(fields), event };
    this.keepAlone(kind, level === 'error' ? 'failed' : 'degraded', { level, event, fields });
  }

  private keepAlone(kind: ErrorKind, rank: TraceRank, told: Omit<Trouble, 'level'> & { level: string }): void {
    const context: RequestContext | undefined = currentContext();
    this.groups.note(kind, context?.correlationId);
    if (context === undefined) return;
    const { status, error_code } = kind;
    this.traces.keep({ correlationId: context.correlationId, rank, group: `${rank} ${keyOf(kind)}` }, () => {
      const record = new WorkRecord(performance.now());
      record.noteEvent(told.level, told.event, told.fields);
      return renderTrace(context, record, { rank, end: { ...NOBODY, status, error_code }, timings: null });
    });
  }
}

function placeOf({ method, route, status }: Completed): Pick<ErrorKind, 'method' | 'route' | 'status'> {
  return { method, route, status };
}

function isFailure(fields: object): boolean {
  return ('err' in fields && fields.err !== undefined) || 'error_code' in fields;
}

function codeIn(fields: object): ErrorCode | null {
  if ('error_code' in fields) return fields.error_code as ErrorCode;
  return 'err' in fields && fields.err instanceof WellnessError ? fields.err.error_code : null;
}
