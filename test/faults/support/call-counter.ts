import type { Policy } from '@app/common';

/** Counts the calls that a policy lets through to its dependency, each attempt for itself. */
export class CallCounter {
  private counted = 0;

  constructor(policy: Policy) {
    const execute = policy.execute.bind(policy);
    policy.execute = (call, options) => {
      const counting: typeof call = (attempt) => {
        this.counted++;
        return call(attempt);
      };
      return execute(counting, options);
    };
  }

  get count(): number {
    return this.counted;
  }

  reset(): void {
    this.counted = 0;
  }
}
