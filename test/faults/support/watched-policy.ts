import type { Policy } from '@app/common';

/** The policy of a dependency, as a test looks at it and sets it. */
export class WatchedPolicy {
  private counted = 0;

  constructor(private readonly policy: Policy) {
    const execute = policy.execute.bind(policy);
    policy.execute = (call, options) => {
      const counting: typeof call = (attempt) => {
        this.counted++;
        return call(attempt);
      };
      return execute(counting, options);
    };
  }

  /** Calls it let through to the dependency since the last `reset`, each attempt for itself. */
  get calls(): number {
    return this.counted;
  }

  get isOpen(): boolean {
    return this.policy.state !== 'closed';
  }

  /** Whether a call is underway. */
  get isBusy(): boolean {
    return this.policy.snapshot().in_flight > 0;
  }

  reset(): void {
    this.counted = 0;
  }

  /** Closes the circuit, so that every route meets the fault itself. */
  close(): void {
    this.policy.isolate();
    this.policy.release();
  }
}
