import { Readable } from 'node:stream';
import {
  applyDecorators,
  Header,
  HttpCode,
  Injectable,
  RequestMapping,
  RequestMethod,
  StreamableFile,
} from '@nestjs/common';
import { ApiProduces } from '@nestjs/swagger';
import { currentContext, runInContext } from '../context/request-context';
import { ClientGoneError, RequestScope } from '../context/request-scope';
import { InfrastructureError } from '../errors/exceptions';
import { Drain } from './drain';
import { ErrorResponder } from './error-responder';
import { RawResponse } from './raw-response.decorator';
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
const HEARTBEAT = ': heartbeat\n\n';
const EVENT_STREAM_TYPE = 'text/event-stream';

interface EventStreamRoute {
  readonly method?: RequestMethod;
}

/**
 * A route that answers with server-sent events: `@EventStream('stream', { method: RequestMethod.POST })`; its handler
 * returns `EventStreams.open(…)`. The framework's `@Sse()` sends the status line before the handler has had a chance
 * to fail, as soon as the application has an interceptor; this waits for the first event.
 */
export function EventStream(path = '/', { method = RequestMethod.GET }: EventStreamRoute = {}): MethodDecorator {
  return applyDecorators(
    RequestMapping({ path, method }),
    HttpCode(200),
    RawResponse(),
    Header('cache-control', 'no-store'),
    // Tells reverse proxies to pass events on as they come.
    Header('x-accel-buffering', 'no'),
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
  async open(source: AsyncIterable<StreamEvent>, options: EventStreamOptions = {}): Promise<StreamableFile> {
    const scope = scopeOfRequest();
    const iterator = source[Symbol.asyncIterator]();
    const first = iterator.next();
    const heartbeatMs = options.heartbeatMs ?? HEARTBEAT_MS;
    const hasFirst = await arrives(first, heartbeatMs, scope.signal);
    scope.streamsEvents = true;
    const report = (error: unknown): unknown =>
      this.responder.reportMidway(error, scope, options.name ?? 'event stream');
    const stream = new EventReadable(iterator, { scope, drain: this.drain.signal }, report);
    if (!hasFirst) stream.push(HEARTBEAT);
    stream.begin(first, heartbeatMs);
    return new StreamableFile(stream, { type: EVENT_STREAM_TYPE });
  }
}

interface Exits {
  readonly scope: RequestScope;
  readonly drain: AbortSignal;
}

/** The bytes of a stream: events as they come, no faster than the client reads, until one of the exits is taken. */
class EventReadable extends Readable {
  private over = false;
  private heartbeat?: NodeJS.Timeout;
  private wake?: () => void;
  private readonly onAbort = (): void => this.fail(this.exits.scope.signal.reason);
  private readonly onDrain = (): void => this.fail(new InfrastructureError('SYSTEM_SHUTTING_DOWN'));

  constructor(
    private readonly source: AsyncIterator<StreamEvent>,
    private readonly exits: Exits,
    private readonly report: (error: unknown) => unknown,
  ) {
    super();
  }

  begin(first: Promise<IteratorResult<StreamEvent>>, heartbeatMs: number): void {
    const { scope, drain } = this.exits;
    this.heartbeat = setInterval(() => this.push(HEARTBEAT), heartbeatMs);
    scope.signal.addEventListener('abort', this.onAbort);
    drain.addEventListener('abort', this.onDrain);
    if (scope.signal.aborted) this.onAbort();
    else if (drain.aborted) this.onDrain();
    void runInContext(scope, () => this.run(first));
  }

  override _read(): void {
    this.wake?.();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.release();
    callback(error);
  }

  private async run(first: Promise<IteratorResult<StreamEvent>>): Promise<void> {
    let hasEnding = false;
    try {
      for (let step = await first; step.done !== true && !this.over; step = await this.source.next()) {
        const { type, data } = step.value;
        hasEnding ||= type === 'done' || type === 'error';
        if (!this.emitEvent(type, data)) await new Promise<void>((resolve) => (this.wake = resolve));
      }
      if (!hasEnding && !this.over) this.emitEvent('done', {});
      this.finish();
    } catch (error) {
      this.fail(error);
    }
  }

  /** False when the client reads more slowly than the source yields. */
  private emitEvent(type: string, data: unknown): boolean {
    return this.push(`event: ${type.replaceAll(/[\r\n]/g, '')}\ndata: ${JSON.stringify(data ?? null)}\n\n`);
  }

  /** Once the stream is over, later failures are echoes of its ending. */
  private fail(error: unknown): void {
    if (this.over) return;
    if (!(error instanceof ClientGoneError)) this.emitEvent('error', this.report(error));
    this.finish();
  }

  private finish(): void {
    if (this.over) return;
    this.release();
    this.push(null);
  }

  private release(): void {
    if (this.over) return;
    this.over = true;
    clearInterval(this.heartbeat);
    this.wake?.();
    this.exits.scope.signal.removeEventListener('abort', this.onAbort);
    this.exits.drain.removeEventListener('abort', this.onDrain);
    // The source's own clean-up; what goes wrong there is reported, and can change nothing any more.
    this.source.return?.().then(undefined, this.report);
  }
}

function scopeOfRequest(): RequestScope {
  const context = currentContext();
  if (context instanceof RequestScope) return context;
  throw new TypeError('An event stream can only be opened while a request is being answered');
}

/** Whether the first step comes within `patienceMs`; rejects when the step does, and on abort. */
async function arrives(first: Promise<unknown>, patienceMs: number, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      act();
    };
    const onAbort = (): void => settle(() => reject(signal.reason as Error));
    const timer = setTimeout(() => settle(() => resolve(false)), patienceMs);
    signal.addEventListener('abort', onAbort);
    first.then(
      () => settle(() => resolve(true)),
      (error: Error) => settle(() => reject(error)),
    );
  });
}
