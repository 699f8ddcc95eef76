import type { ErrorCode } from '../errors/catalogue';
import type { CancellationOptions } from './cancellation';
import type { BreakerState } from './circuit-breaker';
import type { PolicyCounts } from './policy-counts';

export interface Attempt {
  /** Aborts when the attempt's time is up, and when the caller leaves, if the policy's calls are cancellable. */
  readonly signal: AbortSignal;
  /** From 1. */
  readonly number: number;
}

export interface ExecuteOptions<T> extends CancellationOptions {
  /** A stable name for logs. */
  readonly operation?: string;
  /** Whether the call can be done twice without harm. Without it only what surely had no effect is retried. */
  readonly idempotent?: boolean;
  /** Answers instead when all else failed, given the error; it may throw it. */
  readonly fallback?: (error: unknown) => T | Promise<T>;
}

export interface PolicySnapshot {
  readonly name: string;
  readonly state: BreakerState;
  readonly next_trial_at: string | null;
  readonly last_error_code: ErrorCode | null;
  readonly in_flight: number;
  readonly queued: number;
  readonly retry_budget_left: number;
  readonly counts: Readonly<PolicyCounts>;
}
