import type { CodeOf } from '../errors/catalogue';

/** What an error of a guarded call says about the dependency, and about calling it again. */
export interface Verdict {
  /**
   * `failure`: the dependency did not do its part. `answered`: it works, and this is its answer (not found, wrong type).
   * `inconclusive`: nothing was learnt about it (the caller left).
   */
  readonly health: 'failure' | 'answered' | 'inconclusive';
  /** `always`: the call surely had no effect. `idempotent`: it may have had; only what can be done twice is retried. */
  readonly retry: 'always' | 'idempotent' | 'never';
  /** How long the dependency asked to be left alone, in ms. */
  readonly retryAfterMs?: number;
}

export type Classify = (error: unknown) => Verdict;

/** When calls are paused: so many failures in a row, for so long or up to a tenth less. */
export interface BreakerOptions {
  readonly threshold: number;
  readonly openMs: number;
}

/** Retries after the first attempt, with exponential back-off and full jitter. */
export interface RetryOptions {
  readonly max: number;
  readonly baseMs: number;
  readonly capMs: number;
}

export interface BulkheadOptions {
  /** Calls at the same time. */
  readonly limit: number;
  /** Calls that wait for one of those to end. */
  readonly queue: number;
}

/** The errors callers get from the policy itself, by code. */
export interface PolicyErrors {
  readonly circuitOpen: CodeOf<'critical'>;
  readonly capacityExhausted: CodeOf<'critical'>;
  readonly timeout: CodeOf<'infrastructure'>;
  /** For failures that nobody gave a code. */
  readonly failed: CodeOf<'infrastructure'>;
}

/** Everything that guards one dependency. Times in milliseconds. */
export interface PolicyDefinition {
  /** Of the dependency, as operators know it: `redis`, `llm`. */
  readonly name: string;
  readonly breaker: BreakerOptions;
  readonly retry: RetryOptions;
  readonly bulkhead: BulkheadOptions;
  /** Longest one attempt may take. */
  readonly timeoutMs: number;
  /** Omitted: whatever is thrown is a failure, and retried where the call is idempotent. */
  readonly classify?: Classify;
  readonly errors?: Partial<PolicyErrors>;
  /**
   * Whether a call ends when its caller goes away (default). False for calls that cannot be called off and end soon: it
   * spares each of them an abort signal.
   */
  readonly cancellable?: boolean;
  /**
   * Asks the dependency whether it works, past the policy; resolves with what its component of `/health` shows, rejects
   * when it does not. With it the dependency has such a component (see `HealthModule`). Omitted: it has none.
   */
  readonly probe?: DependencyProbe;
}

export type DependencyProbe = () => Promise<Readonly<Record<string, unknown>>>;

/** Three retries after 1, 2 and 4 seconds at most; request paths configure smaller ones. */
export const DEFAULT_RETRY: RetryOptions = { max: 3, baseMs: 1_000, capMs: 60_000 };

export const DEFAULT_ERRORS: PolicyErrors = {
  circuitOpen: 'DEPENDENCY_CIRCUIT_OPEN',
  capacityExhausted: 'DEPENDENCY_CAPACITY_EXHAUSTED',
  timeout: 'DEPENDENCY_CALL_TIMEOUT',
  failed: 'DEPENDENCY_CALL_FAILED',
};

export const FAILURE: Verdict = { health: 'failure', retry: 'idempotent' };
export const NOT_APPLIED: Verdict = { health: 'failure', retry: 'always' };
export const ANSWERED: Verdict = { health: 'answered', retry: 'never' };
export const INCONCLUSIVE: Verdict = { health: 'inconclusive', retry: 'never' };
