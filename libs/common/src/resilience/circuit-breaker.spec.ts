import fc from 'fast-check';
import { CircuitBreaker, CircuitRejection } from './circuit-breaker';
import type { Verdict } from './policy-definition';

const OPEN_MS = 1_000;
const LATEST_TRIAL_MS = OPEN_MS * 1.1 + 2;

type Ending = 'success' | Verdict['health'];

class Told extends Error {
  constructor(readonly health: Verdict['health']) {
    super(health);
  }
}

interface Running {
  readonly isTrial: boolean;
  readonly stateAtStart: number;
  end(how: Ending): void;
}

/** A breaker whose calls a test begins and ends as it likes. */
class Bench {
  readonly running: Running[] = [];
  changes = 0;
  readonly breaker: CircuitBreaker;

  constructor(threshold: number) {
    const judge = (error: unknown): Verdict['health'] => (error as Told).health;
    this.breaker = new CircuitBreaker({ threshold, openMs: OPEN_MS }, { judge, onState: () => this.changes++ });
  }

  /** Begins a call; says whether it was turned away, which it must be told at once. */
  async begin(): Promise<'running' | 'rejected'> {
    const before = this.running.length;
    let rejection: unknown;
    const outcome = this.breaker.run(
      (isTrial) =>
        new Promise<void>((resolve, reject) => {
          const end = (how: Ending): void => (how === 'success' ? resolve() : reject(new Told(how)));
          this.running.push({ isTrial, stateAtStart: this.changes, end });
        }),
    );
    outcome.catch((error: unknown) => (rejection = error));
    await flush();
    if (this.running.length > before) return 'running';
    if (!(rejection instanceof CircuitRejection)) throw new Error('The call waits', { cause: rejection });
    return 'rejected';
  }

  async end(index: number, how: Ending): Promise<void> {
    const [call] = this.running.splice(index, 1);
    call?.end(how);
    await flush();
  }

  async open(threshold: number): Promise<void> {
    for (let call = 0; call < threshold; call++) {
      await this.begin();
      await this.end(0, 'failure');
    }
    if (this.breaker.state !== 'open') throw new Error(`It is ${this.breaker.state}`);
  }
}

async function flush(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

describe('the circuit breaker', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('opens after so many failures in a row, and says when it will try again', async () => {
    const bench = new Bench(3);
    await bench.open(3);
    const in_ms = (bench.breaker.nextTrialAt ?? 0) - Date.now();
    expect(in_ms).toBeGreaterThanOrEqual(OPEN_MS * 0.9);
    expect(in_ms).toBeLessThanOrEqual(OPEN_MS);
    expect(await bench.begin()).toBe('rejected');
  });

  it.each(['success', 'answered'] as const)('starts counting anew after a call that ended with %s', async (how) => {
    const bench = new Bench(2);
    for (const ending of ['failure', how, 'failure'] as const) {
      await bench.begin();
      await bench.end(0, ending);
    }
    expect(bench.breaker.state).toBe('closed');
  });

  it.each([
    ['success', 'closed'],
    ['answered', 'closed'],
    ['failure', 'open'],
    ['inconclusive', 'open'],
  ] as const)('after a trial that ended with %s is %s', async (how, state) => {
    const bench = new Bench(1);
    await bench.open(1);
    jest.advanceTimersByTime(LATEST_TRIAL_MS);
    expect(await bench.begin()).toBe('running');
    expect(bench.breaker.state).toBe('half_open');
    await bench.end(0, how);
    expect(bench.breaker.state).toBe(state);
  });

  it('turns everybody away while isolated, and is closed when released', async () => {
    const bench = new Bench(1);
    await bench.begin();
    bench.breaker.isolate();
    bench.breaker.isolate();
    expect(await bench.begin()).toBe('rejected');
    await bench.end(0, 'failure');
    expect(bench.breaker.state).toBe('isolated');
    jest.advanceTimersByTime(10 * OPEN_MS);
    expect(await bench.begin()).toBe('rejected');
    bench.breaker.release();
    bench.breaker.release();
    expect(bench.breaker.state).toBe('closed');
    expect(await bench.begin()).toBe('running');
  });

  it('turns callers away at once while one tries', async () => {
    const bench = new Bench(1);
    await bench.open(1);
    jest.advanceTimersByTime(LATEST_TRIAL_MS);
    expect([await bench.begin(), await bench.begin(), await bench.begin()]).toEqual([
      'running',
      'rejected',
      'rejected',
    ]);
    await bench.end(0, 'success');
    expect(bench.running).toHaveLength(0);
  });

  it('tries at once when somebody knows that the dependency is back', async () => {
    const bench = new Bench(1);
    bench.breaker.tryNow();
    await bench.open(1);
    bench.breaker.tryNow();
    expect(await bench.begin()).toBe('running');
    await bench.end(0, 'failure');
    expect(await bench.begin()).toBe('rejected');
  });

  it.each(['failure', 'success'] as const)('heeds no %s of a call that began before it opened', async (how) => {
    const bench = new Bench(1);
    await bench.begin();
    await bench.begin();
    await bench.end(0, 'failure');
    jest.advanceTimersByTime(LATEST_TRIAL_MS);
    expect(await bench.begin()).toBe('running');
    await bench.end(0, how);
    expect(bench.breaker.state).toBe('half_open');
    await bench.end(0, 'success');
    expect(bench.breaker.state).toBe('closed');
  });

  const ending = fc.oneof(
    { weight: 3, arbitrary: fc.constant<Ending>('failure') },
    { weight: 2, arbitrary: fc.constantFrom<Ending>('success', 'answered', 'inconclusive') },
  );
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constant({ kind: 'begin' as const }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('end' as const), index: fc.nat(8), how: ending }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 500, LATEST_TRIAL_MS) }),
    },
  );

  it('tries with one call at a time, lets nobody wait, and heeds no outcome of a time before', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 30, maxLength: 60 }),
        fc.integer({ min: 1, max: 3 }),
        async (steps, threshold) => {
          const bench = new Bench(threshold);
          for (const each of steps) {
            if (each.kind === 'wait') jest.advanceTimersByTime(each.ms);
            else if (each.kind === 'begin') await bench.begin();
            else if (bench.running.length > 0) {
              const index = each.index % bench.running.length;
              const isStale = bench.running[index]?.stateAtStart !== bench.changes;
              const before = bench.breaker.state;
              await bench.end(index, each.how);
              if (isStale) expect(bench.breaker.state).toBe(before);
            }
            const trials = bench.running.filter((call) => call.isTrial && call.stateAtStart === bench.changes);
            expect(trials.length).toBeLessThanOrEqual(1);
            if (bench.breaker.state === 'half_open') expect(trials).toHaveLength(1);
          }
          for (const call of bench.running) call.end('success');
          await flush();
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is in the same state in whatever order concurrent calls fail, and whoever comes late', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.nat(), { minLength: 12, maxLength: 12 }),
        fc.array(ending, { maxLength: 6 }),
        async (threshold, order, late) => {
          const bench = new Bench(threshold);
          for (let call = 0; call < threshold + late.length; call++) await bench.begin();
          for (let call = 0; call < threshold; call++)
            await bench.end((order[call] ?? 0) % bench.running.length, 'failure');
          expect(bench.breaker.state).toBe('open');
          for (const [call, how] of late.entries())
            await bench.end((order[threshold + call] ?? 0) % bench.running.length, how);
          expect(bench.breaker.state).toBe('open');
          expect(bench.changes).toBe(1);
        },
      ),
    );
  });
});
