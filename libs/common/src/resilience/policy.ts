import { AsyncResource } from 'node:async_hooks';
import {
  bulkhead,
  type BulkheadPolicy,
  isBulkheadRejectedError,
  isTaskCancelledError,
  type TimeoutPolicy,
} from 'cockatiel';
import type { ErrorCode } from '../errors/catalogue';
import { InfrastructureError, WellnessError } from '../errors/exceptions';
import { backOffMs } from './back-off';
import { Cancellation, orAbort, pause } from './cancellation';
import { type BreakerState, CircuitBreaker, CircuitRejection } from './circuit-breaker';
import type { Attempt, ExecuteOptions, PolicySnapshot } from './policy-call';
import { NO_COUNTS, type PolicyCounts } from './policy-counts';
import {
  DEFAULT_ERRORS,
  type DependencyProbe,
  FAILURE,
  INCONCLUSIVE,
  type PolicyDefinition,
  type PolicyErrors,
  type Verdict,
} from './policy-definition';
import { CalledOff, PolicyRejection, PolicyTimeout } from './policy-errors';
import type { CallOutcome, PolicyListener } from './policy-listener';
import { RetryBudget } from './retry-budget';
import { isPastDeadline, timeoutOf, withinDeadline } from './time-limits';

type Call<T> = (attempt: Attempt) => Promise<T>;

const UNNAMED = 'call';
const SECOND = 1_000;

/**
 * Guards the calls to one dependency. From the outside in: fallback, retry, circuit breaker, bulkhead, timeout, the
 * call. Nothing starts after the deadline, and no back-off outlasts it or its caller.
 */
export class Policy {
  readonly name: string;
  /** The codes of the errors that come from here. */
  readonly errors: PolicyErrors;
  readonly probe: DependencyProbe | undefined;
  private readonly breaker: CircuitBreaker;
  private readonly bulkhead: BulkheadPolicy;
  private readonly timeout: TimeoutPolicy;
  private readonly budget = new RetryBudget();
  private readonly counts: PolicyCounts = { ...NO_COUNTS };
  private lastErrorCode: ErrorCode | undefined;

  constructor(
    private readonly definition: PolicyDefinition,
    private readonly listener: Required<PolicyListener>,
  ) {
    const { name, breaker, bulkhead: slots, timeoutMs } = definition;
    this.name = name;
    this.errors = { ...DEFAULT_ERRORS, ...definition.errors };
    this.probe = definition.probe;
    this.breaker = new CircuitBreaker(breaker, {
      judge: (error) => this.judge(error),
      onState: (state) => this.onState(state),
    });
    this.bulkhead = bulkhead(slots.limit, slots.queue);
    this.timeout = timeoutOf(timeoutMs);
  }

  get state(): BreakerState {
    return this.breaker.state;
  }

  /**
   * Makes the call, guarded.
   * @throws InfrastructureError with the definition's codes when the circuit is open, the bulkhead is full, the time is
   * up, or the dependency failed in a way nobody gave a code; REQUEST_DEADLINE_EXCEEDED; the signal's reason; else what
   * the last attempt threw
   */
  async execute<T>(call: Call<T>, options: ExecuteOptions<T> = {}): Promise<T> {
    this.counts.calls++;
    this.budget.noteCall();
    const over = new Cancellation(options);
    const course: Course = { startedAt: performance.now(), operation: options.operation ?? UNNAMED, attempts: 0 };
    try {
      const value = await this.withRetries(call, options, over, course);
      this.counts.successes++;
      this.tellEnd('success', course);
      return value;
    } catch (error) {
      const told = this.noteEnd(error, over, course);
      if (options.fallback === undefined) throw told;
      this.counts.fallbacks++;
      return options.fallback(told);
    }
  }

  /** Turns all calls away until `release`. */
  isolate(): void {
    this.breaker.isolate();
  }

  release(): void {
    this.breaker.release();
  }

  /** Lets the next call try whether the dependency is back, however long the circuit has been open. */
  tryNow(): void {
    this.breaker.tryNow();
  }

  snapshot(): PolicySnapshot {
    const { limit, queue } = this.definition.bulkhead;
    const { nextTrialAt } = this.breaker;
    return {
      name: this.name,
      state: this.state,
      next_trial_at: nextTrialAt === undefined ? null : new Date(nextTrialAt).toISOString(),
      last_error_code: this.lastErrorCode ?? null,
      in_flight: limit - this.bulkhead.executionSlots,
      queued: queue - this.bulkhead.queueSlots,
      retry_budget_left: this.budget.left,
      counts: { ...this.counts },
    };
  }

  // Cockatiel's own retry cannot be called off while it waits, and knows neither budget nor deadline.
  private async withRetries<T>(
    call: Call<T>,
    { idempotent = false }: ExecuteOptions<T>,
    over: Cancellation,
    course: Course,
  ): Promise<T> {
    const { operation } = course;
    for (let number = 1; ; number++) {
      const { reason } = over;
      if (reason !== undefined) throw reason;
      course.attempts = number;
      try {
        return await this.attempt(call, { number, operation, over });
      } catch (thrown) {
        const error = this.unwrapped(thrown, operation);
        const delayMs = over.reason === undefined ? this.retryDelay(error, number, idempotent, over) : undefined;
        if (delayMs === undefined) throw error;
        this.counts.retries++;
        const { name: policy } = this;
        this.listener.onRetry({
          policy,
          operation,
          attempt: number,
          delay_ms: delayMs,
          error_code: this.codeOf(error),
        });
        await pause(delayMs, over.signal);
      }
    }
  }

  /** The work goes on when its caller leaves before it can be called off: the dependency is judged by how it ends. */
  private attempt<T>(call: Call<T>, frame: Frame): Promise<T> {
    const { over } = frame;
    const caller = this.definition.cancellable === false ? undefined : over.signal;
    const heedsByItself = caller === undefined || this.startsAtOnce;
    // Callers who leave early must not keep the circuit open: a trial does not hear of it.
    const work = this.breaker.run((isTrial) => this.withinBulkhead(call, frame, isTrial ? undefined : caller));
    const heeded = heedsByItself ? work : orAbort(work, caller);
    const { remainingMs } = over;
    return remainingMs < this.definition.timeoutMs ? withinDeadline(heeded, remainingMs) : heeded;
  }

  /**
   * A call made now would neither wait for others nor decide about the circuit: its time limit ends it together with
   * its caller's signal, and nobody has to wait for that signal a second time.
   */
  private get startsAtOnce(): boolean {
    return this.breaker.state === 'closed' && this.bulkhead.executionSlots > 0;
  }

  private async withinBulkhead<T>(call: Call<T>, frame: Frame, signal: AbortSignal | undefined): Promise<T> {
    const { number } = frame;
    const timed = (): Promise<T> => this.timeout.execute((context) => call({ signal: context.signal, number }), signal);
    try {
      return await this.bulkhead.execute(this.bulkhead.executionSlots > 0 ? timed : queued(timed, frame.over), signal);
    } catch (error) {
      throw this.translated(error, frame.operation, signal);
    }
  }

  /** What ended a call within the circuit, in terms of the policy. */
  private translated(error: unknown, operation: string, signal: AbortSignal | undefined): unknown {
    if (signal?.aborted === true) return new CalledOff(signal.reason);
    if (isTaskCancelledError(error)) {
      this.counts.timeouts++;
      return new PolicyTimeout(this.errors.timeout, operation, error);
    }
    if (!isBulkheadRejectedError(error)) return error;
    this.counts.rejected_by_bulkhead++;
    return new PolicyRejection(this.errors.capacityExhausted, operation);
  }

  /** What ended an attempt, as its caller knows it. */
  private unwrapped(error: unknown, operation: string): unknown {
    if (error instanceof CircuitRejection) return this.circuitOpen(error.retryAfterMs, operation);
    return error instanceof CalledOff ? error.reason : error;
  }

  /** How long to wait before the next attempt; undefined when there is to be none. */
  private retryDelay(error: unknown, attempts: number, idempotent: boolean, over: Cancellation): number | undefined {
    const { retry } = this.definition;
    if (attempts > retry.max || this.breaker.state !== 'closed') return undefined;
    const { retry: when, retryAfterMs = 0 } = this.verdictOf(error);
    if (when === 'never' || (when === 'idempotent' && !idempotent)) return undefined;
    const delayMs = Math.max(backOffMs(retry, attempts), retryAfterMs);
    if (retryAfterMs > retry.capMs || delayMs >= over.remainingMs) return undefined;
    if (this.budget.take()) return delayMs;
    this.counts.retries_denied++;
    return undefined;
  }

  private verdictOf(error: unknown): Verdict {
    if (error instanceof PolicyTimeout) return FAILURE;
    if (error instanceof PolicyRejection || error instanceof CalledOff) return INCONCLUSIVE;
    return this.definition.classify?.(error) ?? FAILURE;
  }

  private judge(error: unknown): Verdict['health'] {
    const { health } = this.verdictOf(error);
    if (health === 'failure') {
      this.counts.failures++;
      this.lastErrorCode = this.codeOf(error);
    }
    return health;
  }

  /** Failures that nobody gave a code are told by the one their callers get. */
  private codeOf(error: unknown): ErrorCode {
    return error instanceof WellnessError ? error.error_code : this.errors.failed;
  }

  private circuitOpen(retryAfterMs: number, operation: string): Error {
    this.counts.rejected_by_circuit++;
    return new PolicyRejection(this.errors.circuitOpen, operation, Math.max(1, Math.ceil(retryAfterMs / SECOND)));
  }

  /** Counts how a call ended, and returns the error its caller gets. */
  private noteEnd(error: unknown, over: Cancellation, course: Course): unknown {
    if (error instanceof PolicyRejection) {
      this.tellEnd('rejected', course, error);
      return error;
    }
    // The timer of the deadline may be a moment ahead of the clock.
    const isLate = isPastDeadline(over.reason ?? error);
    if (isLate || over.reason !== undefined) {
      this.counts.cancelled++;
      if (isLate) this.counts.past_deadline++;
      this.tellEnd('cancelled', course, error);
      return error;
    }
    this.counts.errors++;
    this.tellEnd('error', course, error);
    if (error instanceof WellnessError || this.verdictOf(error).health !== 'failure') return error;
    const { operation } = course;
    return new InfrastructureError(this.errors.failed, { details: { operation }, cause: error });
  }

  private tellEnd(outcome: CallOutcome, { startedAt, operation, attempts }: Course, error?: unknown): void {
    const { name: policy, state } = this;
    const durationMs = performance.now() - startedAt;
    const end = { policy, operation, outcome, attempts, durationMs, state };
    this.listener.onEnd(error instanceof WellnessError ? { ...end, error_code: error.error_code } : end);
  }

  private onState(state: BreakerState): void {
    if (state === 'open') this.counts.circuit_opened++;
    const { name: policy, lastErrorCode: error_code } = this;
    this.listener.onState({ policy, state, ...(error_code !== undefined && { error_code }) });
  }
}

/** How a call goes, with all its attempts. */
interface Course {
  readonly startedAt: number;
  readonly operation: string;
  attempts: number;
}

interface Frame {
  readonly number: number;
  readonly operation: string;
  readonly over: Cancellation;
}

/**
 * Whoever leaves the bulkhead starts the next in the queue: that one must not run in the other's context, nor at all
 * when it is over by then.
 */
function queued<T>(work: () => Promise<T>, over: Cancellation): () => Promise<T> {
  return AsyncResource.bind(() => {
    if (over.reason !== undefined) throw new CalledOff(over.reason);
    return work();
  });
}
