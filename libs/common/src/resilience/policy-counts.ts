/** What a policy has done since the process started. */
export interface PolicyCounts {
  /** Calls asked for; each may have had several attempts. */
  calls: number;
  successes: number;
  /** Calls that ended in an error of the dependency, whether it counts against it or is an answer. */
  errors: number;
  /** Attempts that counted against the dependency. */
  failures: number;
  timeouts: number;
  retries: number;
  /** Retries that the budget did not allow. */
  retries_denied: number;
  /** Calls turned away by the open circuit. */
  rejected_by_circuit: number;
  /** Calls turned away because too many were waiting. */
  rejected_by_bulkhead: number;
  /** Calls ended by their callers or their deadlines. */
  cancelled: number;
  /** Those of them whose deadline had passed. */
  past_deadline: number;
  fallbacks: number;
  circuit_opened: number;
}

export const NO_COUNTS: Readonly<PolicyCounts> = {
  calls: 0,
  successes: 0,
  errors: 0,
  failures: 0,
  timeouts: 0,
  retries: 0,
  retries_denied: 0,
  rejected_by_circuit: 0,
  rejected_by_bulkhead: 0,
  cancelled: 0,
  past_deadline: 0,
  fallbacks: 0,
  circuit_opened: 0,
};
