import type { ErrorCode } from '../errors/catalogue';
import type { BreakerState } from './circuit-breaker';

/** A circuit has changed its state; with the code of the last failure, if there was one. */
export interface StateChange {
  readonly policy: string;
  readonly state: BreakerState;
  readonly error_code?: ErrorCode;
}

/** Attempt number `attempt` failed, and another follows. */
export interface Retry {
  readonly policy: string;
  readonly operation: string;
  readonly attempt: number;
  readonly delay_ms: number;
  readonly error_code: ErrorCode;
}

/** `rejected` by the circuit or the bulkhead; `cancelled` by its caller or its deadline. */
export type CallOutcome = 'success' | 'error' | 'rejected' | 'cancelled';

/** A call has ended, with all its attempts, before its fallback. */
export interface CallEnd {
  readonly policy: string;
  readonly operation: string;
  readonly outcome: CallOutcome;
  /** Attempts that were begun; turned away by the circuit at once, it is the one that was asked for. */
  readonly attempts: number;
  readonly durationMs: number;
  /** State of the circuit by then. */
  readonly state: BreakerState;
  readonly error_code?: ErrorCode;
}

/** Told of what policies do. A listener that throws changes nothing: its error is logged. */
export interface PolicyListener {
  onState?(change: StateChange): void;
  onRetry?(retry: Retry): void;
  onEnd?(end: CallEnd): void;
}
