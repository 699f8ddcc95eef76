import { applyDecorators, HttpCode, Injectable, type MessageEvent, RequestMethod, Sse } from '@nestjs/common';
import { ApiProduces } from '@nestjs/swagger';
import { Observable, type Subscriber } from 'rxjs';
import { currentContext, runInContext } from '../context/request-context';
import { ClientGoneError, RequestScope } from '../context/request-scope';
import { InfrastructureError } from '../errors/exceptions';
import { Drain } from './drain';
import { ErrorResponder } from './error-responder';
import { routeTraits } from './route-config';

/** One event: its name, and data that is sent as JSON. `done` and `error` end a stream. */
export interface StreamEvent {
  readonly type: string;
  readonly data: unknown;
}

export interface EventStreamOptions {
  readonly heartbeatMs?: number;
  /** Names the route in the log when the stream fails half-way. */
  readonly name?: string;
}

const HEARTBEAT_MS = 15_000;
const EVENT_STREAM_TYPE = 'text/event-stream';

interface EventStreamRoute {
  readonly method?: RequestMethod;
}

/** A route that answers with server-sent events: `@EventStream('stream', { method: RequestMethod.POST })`. */
export function EventStream(path = '/', { method = RequestMethod.GET }: EventStreamRoute = {}): MethodDecorator {
  return applyDecorators(
    Sse(path, { method }),
    HttpCode(200),
    ApiProduces(EVENT_STREAM_TYPE),
    routeTraits({ produces: [EVENT_STREAM_TYPE] }),
  );
}

/**
 * Turns what a service yields into an event stream that keeps the error contract: a failure before the first event is
 * an ordinary HTTP error; one after it is an `error` event; and no stream ends without `done` or `error`.
 */
@Injectable()
export class EventStreams {
  constructor(
    private readonly responder: ErrorResponder,
    private readonly drain: Drain,
  ) {}

  /**
   * Waits for the first event, but no longer than until the first heartbeat is due, so that the status line can still
   * tell of an early failure. The source is ended (`return()`) when the client goes away, the deadline passes, or the
   * process shuts down; a source that waits for something should also heed the context's `signal`.
   */
  async open(source: AsyncIterable<StreamEvent>, options: EventStreamOptions = {}): Promise<Observable<MessageEvent>> {
    const scope = scopeOfRequest();
    const iterator = source[Symbol.asyncIterator]();
    const first = iterator.next();
    const heartbeatMs = options.heartbeatMs ?? HEARTBEAT_MS;
    await firstOrPatience(first, heartbeatMs, scope.signal);
    scope.streamsEvents = true;
    const exits = { scope, drain: this.drain.signal };
    const report = (error: unknown): unknown =>
      this.responder.reportMidway(error, scope, options.name ?? 'event stream');
    return new Observable((subscriber) => new Pump(iterator, subscriber, exits, report).start(first, heartbeatMs));
  }
}

interface Exits {
  readonly scope: RequestScope;
  readonly drain: AbortSignal;
}

/** Moves events from the iterator to the subscriber until one of them, the deadline or the process ends. */
class Pump {
  private over = false;
  private heartbeat?: NodeJS.Timeout;
  private readonly onAbort = (): void => this.fail(this.exits.scope.signal.reason);
  private readonly onDrain = (): void => this.fail(new InfrastructureError('SYSTEM_SHUTTING_DOWN'));

  constructor(
    private readonly iterator: AsyncIterator<StreamEvent>,
    private readonly subscriber: Subscriber<MessageEvent>,
    private readonly exits: Exits,
    private readonly report: (error: unknown) => unknown,
  ) {}

  /** Returns the teardown, which runs when the client has gone as well as after the last event. */
  start(first: Promise<IteratorResult<StreamEvent>>, heartbeatMs: number): () => void {
    const { scope, drain } = this.exits;
    this.heartbeat = setInterval(() => this.subscriber.next({ comment: 'heartbeat' } as MessageEvent), heartbeatMs);
    scope.signal.addEventListener('abort', this.onAbort);
    drain.addEventListener('abort', this.onDrain);
    if (scope.signal.aborted) this.onAbort();
    else if (drain.aborted) this.onDrain();
    void runInContext(scope, () => this.run(first));
    return () => this.stop();
  }

  private async run(first: Promise<IteratorResult<StreamEvent>>): Promise<void> {
    let hasEnding = false;
    try {
      for (let step = await first; step.done !== true && !this.over; step = await this.iterator.next()) {
        const { type, data } = step.value;
        hasEnding ||= type === 'done' || type === 'error';
        this.emit(type, data);
      }
      if (!hasEnding && !this.over) this.emit('done', {});
      this.complete();
    } catch (error) {
      this.fail(error);
    }
  }

  // Serialised here: a value that does not serialise then fails like the source itself.
  private emit(type: string, data: unknown): void {
    this.subscriber.next({ type, data: JSON.stringify(data) });
  }

  /** Once the stream is over, later failures are echoes of its ending. */
  private fail(error: unknown): void {
    if (this.over) return;
    if (!(error instanceof ClientGoneError)) this.emit('error', this.report(error));
    this.complete();
  }

  private complete(): void {
    if (this.over) return;
    this.stop();
    this.subscriber.complete();
  }

  private stop(): void {
    if (this.over) return;
    this.over = true;
    clearInterval(this.heartbeat);
    this.exits.scope.signal.removeEventListener('abort', this.onAbort);
    this.exits.drain.removeEventListener('abort', this.onDrain);
    // The source's own clean-up; what goes wrong there is reported, and can change nothing any more.
    this.iterator.return?.().then(undefined, this.report);
  }
}

function scopeOfRequest(): RequestScope {
  const context = currentContext();
  if (context instanceof RequestScope) return context;
  throw new TypeError('An event stream can only be opened while a request is being answered');
}

/** Settles with the first step or after `patienceMs`, whichever comes first; rejects when the step does or on abort. */
async function firstOrPatience(first: Promise<unknown>, patienceMs: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const settle = (act: () => void) => (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      act();
    };
    const onAbort = settle(() => reject(signal.reason as Error));
    const timer = setTimeout(settle(resolve), patienceMs);
    signal.addEventListener('abort', onAbort);
    first.then(settle(resolve), (error: unknown) => settle(() => reject(error as Error))());
  });
}
