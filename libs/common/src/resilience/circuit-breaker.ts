import {
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  handleType,
  type IDisposable,
  isBrokenCircuitError,
} from 'cockatiel';
import type { BreakerOptions, Verdict } from './policy-definition';

export type BreakerState = 'closed' | 'open' | 'half_open' | 'isolated';

export interface BreakerHooks {
  /** What an error says about the dependency. */
  readonly judge: (error: unknown) => Verdict['health'];
  /** Must not throw. */
  readonly onState: (state: BreakerState) => void;
}

/** Thrown at callers who are turned away. */
export class CircuitRejection extends Error {
  constructor(readonly retryAfterMs: number) {
    super('The circuit is open');
  }
}

/** Whether this call is the one that decides if the circuit closes again. */
export type GuardedCall<T> = (isTrial: boolean) => Promise<T>;

const STATES: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half_open',
  [CircuitState.Isolated]: 'isolated',
};
/** Up to a tenth sooner, so that replicas do not try again in step. */
const JITTER = 0.1;

/** An outcome that counts as a failure of the dependency. */
class Failure extends Error {
  constructor(readonly origin: unknown) {
    super();
  }
}

/** An outcome that must not move the circuit. */
class Uncounted extends Error {
  constructor(readonly outcome: Outcome<unknown>) {
    super();
  }
}

interface OpenTime {
  readonly next: () => OpenTime;
  duration: number;
}

type Outcome<T> = { readonly value: T } | { readonly error: unknown };

/**
 * Cockatiel's circuit breaker for consecutive failures, with what it leaves open:
 * - while one trial decides, all other callers are turned away at once (cockatiel has them wait for it, and then lets
 *   them all go at the same moment);
 * - every error is judged: an error that is an answer counts as a success, one that tells nothing does not count
 *   (cockatiel closes a half-open circuit on any error it does not handle);
 * - the outcome of a call that began before the circuit last changed its state does not move it any more.
 */
export class CircuitBreaker {
  private readonly policy: CircuitBreakerPolicy;
  /** Counts changes of state: an outcome belongs to the state its call began in. */
  private epoch = 0;
  private trialAt = 0;
  private readonly openMs: number;
  private openTime: OpenTime | undefined;
  private isolation: IDisposable | undefined;

  constructor(
    { threshold, openMs }: BreakerOptions,
    private readonly hooks: BreakerHooks,
  ) {
    this.openMs = openMs;
    // Cockatiel reads the duration anew whenever a call comes, so that it can be cut short.
    const next = (): OpenTime => {
      const duration = Math.round(openMs * (1 - JITTER * Math.random()));
      this.trialAt = Date.now() + duration;
      return (this.openTime = { next, duration });
    };
    this.policy = circuitBreaker(handleType(Failure), {
      breaker: new ConsecutiveBreaker(threshold),
      halfOpenAfter: { next },
    });
    this.policy.onStateChange((state) => {
      this.epoch++;
      this.hooks.onState(STATES[state]);
    });
  }

  /** `open` as long as calls are turned away; the trial itself is `half_open`. */
  get state(): BreakerState {
    return STATES[this.policy.state];
  }

  /** When the next call will be let through to try, in epoch milliseconds; undefined unless the circuit is open. */
  get nextTrialAt(): number | undefined {
    return this.policy.state === CircuitState.Open ? this.trialAt : undefined;
  }

  /** Whether a call made now would be turned away. */
  get rejects(): boolean {
    const { state } = this.policy;
    return state !== CircuitState.Closed && (state !== CircuitState.Open || Date.now() < this.trialAt);
  }

  /** @throws CircuitRejection, at once, while the circuit is open; else what `call` throws */
  async run<T>(call: GuardedCall<T>): Promise<T> {
    if (this.rejects) throw this.rejection();
    let outcome: Outcome<T>;
    try {
      outcome = await this.policy.execute(() => this.observe(call));
    } catch (thrown) {
      if (thrown instanceof Failure) throw thrown.origin;
      // Our clock and cockatiel's may disagree by a millisecond about the end of the open time.
      if (!(thrown instanceof Uncounted)) throw isBrokenCircuitError(thrown) ? this.rejection() : thrown;
      outcome = thrown.outcome as Outcome<T>;
    }
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }

  /** Ends the open time, if it runs: the next call is a trial. */
  tryNow(): void {
    if (this.policy.state !== CircuitState.Open || this.openTime === undefined) return;
    this.openTime.duration = 0;
    this.trialAt = Date.now();
  }

  /** Turns all callers away until `release`. */
  isolate(): void {
    this.isolation ??= this.policy.isolate();
  }

  /** Takes an isolation back; the circuit is closed then. */
  release(): void {
    this.isolation?.dispose();
    this.isolation = undefined;
  }

  private rejection(): CircuitRejection {
    return new CircuitRejection(this.state === 'open' ? Math.max(0, this.trialAt - Date.now()) : this.openMs);
  }

  /** Returns what counts as a success, throws `Failure` for what counts as one, and `Uncounted` for the rest. */
  private async observe<T>(call: GuardedCall<T>): Promise<Outcome<T>> {
    const { epoch } = this;
    const isTrial = this.policy.state === CircuitState.HalfOpen;
    let outcome: Outcome<T>;
    let health: Verdict['health'] = 'answered';
    try {
      outcome = { value: await call(isTrial) };
    } catch (error) {
      outcome = { error };
      health = this.hooks.judge(error);
    }
    if (epoch !== this.epoch) throw new Uncounted(outcome);
    if (health === 'answered') return outcome;
    // A trial that showed nothing must not close the circuit.
    if (health === 'inconclusive' && !isTrial) throw new Uncounted(outcome);
    throw new Failure('error' in outcome ? outcome.error : undefined);
  }
}
