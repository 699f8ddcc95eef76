import { currentContext, type RequestContext } from '../context/request-context';
import { InfrastructureError } from '../errors/exceptions';

export interface CancellationOptions {
  /** Omitted: that of the current context. */
  readonly signal?: AbortSignal | undefined;
  /** Epoch milliseconds; omitted: that of the current context. */
  readonly deadline?: number | undefined;
}

/** What can end a call from outside. The signal of a request is not touched before it is needed: it costs to make. */
export class Cancellation {
  private readonly context: RequestContext | undefined;
  private readonly given: AbortSignal | undefined;
  private readonly deadline: number | undefined;

  constructor(options: CancellationOptions) {
    this.context = currentContext();
    this.given = options.signal;
    this.deadline = options.deadline ?? this.context?.deadline;
  }

  get signal(): AbortSignal | undefined {
    return this.given ?? this.context?.signal;
  }

  /** Milliseconds until the deadline; infinite without one. */
  get remainingMs(): number {
    return this.deadline === undefined ? Number.POSITIVE_INFINITY : this.deadline - Date.now();
  }

  /** Why the call is over: the reason of the abort, or REQUEST_DEADLINE_EXCEEDED; undefined when it is not. */
  get reason(): Error | undefined {
    const reason = this.given === undefined ? this.contextReason() : reasonOf(this.given);
    return reason ?? (this.remainingMs <= 0 ? new InfrastructureError('REQUEST_DEADLINE_EXCEEDED') : undefined);
  }

  private contextReason(): Error | undefined {
    if (this.context === undefined) return undefined;
    return 'abortReason' in this.context ? this.context.abortReason : reasonOf(this.context.signal);
  }
}

function reasonOf(signal: AbortSignal | undefined): Error | undefined {
  return signal?.aborted === true ? (signal.reason as Error) : undefined;
}

/** Settles as `work` does, or rejects with the signal's reason as soon as it aborts; `work` then goes on by itself. */
export async function orAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** Waits, unless the signal aborts: then it rejects with the reason, and leaves no timer behind. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const elapsed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await (signal === undefined ? elapsed : orAbort(elapsed, signal));
  } finally {
    clearTimeout(timer);
  }
}
