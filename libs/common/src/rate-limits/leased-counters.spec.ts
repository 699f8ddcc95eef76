import fc from 'fast-check';
import { currentContext, runInContext } from '../context/request-context';
import type { EventLogger } from '../logging/event-logger';
import { SharedCountsModel } from '../testing/shared-counts-model';
import { LeasedCounter, LeasedCounters } from './leased-counters';
import { leasedAhead } from './limit-window';
import type { NamedPolicy, RateLimitSettings } from './rate-limit-settings';
import { type SharedCount, type SharedLease } from './shared-counts';

const WINDOW_MS = 60_000;
const WAIT_MS = 100;

type Weather = 'fine' | 'refused' | 'silent';

/** The shared counts at the end of a wire that takes its time, or is cut. */
class Wire extends SharedCountsModel {
  weather: Weather = 'fine';
  latencyMs = 1;
  /** How long it takes until a silent wire is given up. */
  silenceMs = 1_000;

  override async lease(leases: readonly SharedLease[]): Promise<SharedCount[]> {
    if (this.weather === 'refused') throw new Error('refused');
    if (this.weather === 'silent') {
      await after(this.silenceMs);
      throw new Error('Command timed out');
    }
    const { latencyMs } = this;
    await after(latencyMs / 2);
    const answers = this.apply(leases);
    await after(latencyMs / 2);
    return answers;
  }
}

const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Logged {
  readonly event: string;
}

function replicas(number: number, policy: NamedPolicy, wire: Wire): { replicas: Replica[]; logged: Logged[] } {
  const logged: Logged[] = [];
  const log = (event: string): void => void logged.push({ event });
  const events = { warn: log, info: log } as unknown as EventLogger;
  const settings = { sharedWaitMs: WAIT_MS } as RateLimitSettings;
  const made = Array.from({ length: number }, () => new Replica(new LeasedCounters(wire, events, settings), policy));
  return { replicas: made, logged };
}

/** One process, its outcomes so far, and the longest anybody waited. */
class Replica {
  admitted = 0;
  rejected = 0;
  longestMs = 0;
  readonly counter: LeasedCounter;

  constructor(
    readonly counters: LeasedCounters,
    policy: NamedPolicy,
    companion?: LeasedCounter,
  ) {
    this.counter = new LeasedCounter('w:limit:{a}:x', policy, companion);
  }

  take(): void {
    const begun = performance.now();
    const outcome = this.counters.take(this.counter);
    const note = (admitted: boolean): void => {
      if (admitted) this.admitted += 1;
      else this.rejected += 1;
      this.longestMs = Math.max(this.longestMs, performance.now() - begun);
    };
    if (typeof outcome === 'boolean') note(outcome);
    else void outcome.then(note);
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
const policyOf = (limit: number): NamedPolicy => ({ name: 'x', limit, windowMs: WINDOW_MS });
const newWire = (): Wire => new Wire(() => performance.now());

/** A burst of requests at a replica, after some time, over a wire of some latency. */
const bursts = (maxPauseMs: number): fc.Arbitrary<Burst[]> =>
  fc.array(
    fc.record({
      replica: fc.nat(1),
      requests: fc.integer({ min: 1, max: 40 }),
      pauseMs: fc.nat(maxPauseMs),
      latencyMs: fc.integer({ min: 1, max: WAIT_MS - 10 }),
      weather: fc.constantFrom<Weather>('fine', 'refused', 'silent'),
    }),
    { minLength: 1, maxLength: 30 },
  );

interface Burst {
  readonly replica: number;
  readonly requests: number;
  readonly pauseMs: number;
  readonly latencyMs: number;
  readonly weather: Weather;
}

async function play(made: readonly Replica[], wire: Wire, story: readonly Burst[], fine = true): Promise<void> {
  for (const { replica, requests, pauseMs, latencyMs, weather } of story) {
    await jest.advanceTimersByTimeAsync(pauseMs);
    wire.latencyMs = latencyMs;
    wire.weather = fine ? 'fine' : weather;
    for (let i = 0; i < requests; i++) made[replica]?.take();
  }
  await jest.advanceTimersByTimeAsync(5_000);
}

describe('limits that processes share', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it.each([1, 20, 99, 100, 300, 5_000])('of %d are never exceeded, and not missed by more than 5 %%', async (limit) => {
    await fc.assert(
      fc.asyncProperty(bursts(200), async (story) => {
        const wire = newWire();
        const { replicas: made } = replicas(2, policyOf(limit), wire);
        await play(made, wire, story);
        const asked = sum(story.map(({ requests }) => requests));
        const admitted = sum(made.map((each) => each.admitted));
        expect(admitted + sum(made.map((each) => each.rejected))).toBe(asked);
        expect(admitted).toBeLessThanOrEqual(limit);
        const atLeast = limit < 100 ? limit : Math.ceil(limit * 0.95);
        expect(admitted).toBeGreaterThanOrEqual(Math.min(asked, atLeast));
      }),
      { numRuns: 100 },
    );
  });

  it('are not exceeded in any of the windows they run through', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(20, 100), bursts(WINDOW_MS / 3), async (limit, story) => {
        const wire = newWire();
        const { replicas: made } = replicas(2, policyOf(limit), wire);
        await play(made, wire, story);
        expect(sum(made.map((each) => each.admitted))).toBeLessThanOrEqual(limit * wire.windows);
      }),
      { numRuns: 100 },
    );
  });

  it('hold in each process, and keep nobody waiting, whatever happens to the shared counts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(5, 20, 100), bursts(400), async (limit, story) => {
        const wire = newWire();
        const { replicas: made } = replicas(2, policyOf(limit), wire);
        await play(made, wire, story, false);
        for (const [index, each] of made.entries()) {
          const asked = sum(story.filter(({ replica }) => replica === index).map(({ requests }) => requests));
          expect(each.admitted + each.rejected).toBe(asked);
          expect(each.admitted).toBeLessThanOrEqual(limit);
          // One wait for the answer that does not come, and one more turn of the loop.
          expect(each.longestMs).toBeLessThanOrEqual(2 * WAIT_MS);
        }
        expect(sum(made.map((each) => each.admitted))).toBeGreaterThanOrEqual(
          Math.min(sum(story.map(({ requests }) => requests)), Math.floor(limit * 0.9)),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('go on from what was counted alone once the shared counts are back', async () => {
    const wire = newWire();
    const { replicas: made } = replicas(2, policyOf(20), wire);
    wire.weather = 'refused';
    await play(made, wire, [{ replica: 0, requests: 15, pauseMs: 0, latencyMs: 1, weather: 'refused' }], false);
    await play(made, wire, [
      // The first calls try whether the counts are back; the next ones share them again.
      { replica: 0, requests: 1, pauseMs: 3_000, latencyMs: 1, weather: 'fine' },
      { replica: 0, requests: 1, pauseMs: 3_000, latencyMs: 1, weather: 'fine' },
      { replica: 1, requests: 30, pauseMs: 10, latencyMs: 1, weather: 'fine' },
    ]);
    expect(made.map((each) => each.admitted)).toEqual([17, 3]);
  });

  it('are told of those who were counted alone one after the other once they are back', async () => {
    const wire = newWire();
    const counters = (replicas(1, policyOf(20), wire).replicas[0] as Replica).counters;
    const callers = Array.from({ length: 100 }, (_, at) => new LeasedCounter(`w:limit:{${at}}:x`, policyOf(100_000)));
    const all = (): void => callers.forEach((caller) => void counters.take(caller));
    wire.weather = 'refused';
    all();
    await jest.advanceTimersByTimeAsync(1_500);
    wire.weather = 'fine';
    all();
    await jest.advanceTimersByTimeAsync(10);
    const before = wire.calls;
    const calls: number[] = [];
    for (let tenth = 0; tenth < 21; tenth++) {
      all();
      await jest.advanceTimersByTimeAsync(100);
      calls.push(wire.calls - before - sum(calls));
    }
    expect(sum(calls)).toBe(callers.length);
    expect(Math.max(...calls)).toBeLessThan(callers.length / 4);
  });

  it('are not lifted when the shared counts come back empty', async () => {
    const wire = newWire();
    const { replicas: made } = replicas(2, policyOf(100), wire);
    await play(made, wire, [{ replica: 0, requests: 60, pauseMs: 0, latencyMs: 1, weather: 'fine' }]);
    wire.lose();
    await play(made, wire, [
      { replica: 0, requests: 30, pauseMs: 0, latencyMs: 1, weather: 'fine' },
      { replica: 1, requests: 90, pauseMs: 10, latencyMs: 1, weather: 'fine' },
    ]);
    expect(sum(made.map((each) => each.admitted))).toBeLessThanOrEqual(100);
  });

  it('cost a call for a batch, and none at all once they are spent', async () => {
    const wire = newWire();
    const { replicas: made } = replicas(1, policyOf(1_000), wire);
    const one = { replica: 0, requests: 1, pauseMs: 2, latencyMs: 1, weather: 'fine' } as const;
    await play(made, wire, Array<Burst>(800).fill(one));
    expect(leasedAhead(policyOf(1_000))).toBe(25);
    expect(wire.calls).toBeLessThanOrEqual(Math.ceil(800 / 26));
    await play(made, wire, Array<Burst>(300).fill(one));
    const { calls } = wire;
    await play(made, wire, Array<Burst>(300).fill(one));
    expect(wire.calls).toBe(calls);
    expect(made[0]?.admitted).toBe(1_000);
  });

  it('ask once a second at most while the shared counts are away, and not behind anybody’s back', async () => {
    const wire = newWire();
    const { replicas: made, logged } = replicas(1, policyOf(100_000), wire);
    const lease = jest.spyOn(wire, 'lease');
    wire.weather = 'silent';
    const one = { replica: 0, requests: 1, pauseMs: 10, latencyMs: 1, weather: 'silent' } as const;
    await play(made, wire, Array<Burst>(1_000).fill(one), false);
    expect(lease.mock.calls.length).toBeLessThanOrEqual(11);
    expect(made[0]?.longestMs).toBeLessThanOrEqual(WAIT_MS + 10);
    const { length } = lease.mock.calls;
    await jest.advanceTimersByTimeAsync(30_000);
    expect(lease.mock.calls).toHaveLength(length);
    expect(logged).toEqual([{ event: 'rate_limits_unshared' }]);
    await play(made, wire, [{ ...one, pauseMs: 0 }, one]);
    expect(logged).toEqual([{ event: 'rate_limits_unshared' }, { event: 'rate_limits_shared' }]);
    expect(made[0]?.counters.figures.decided_alone).toBeGreaterThan(900);
  });

  it('count a request once when its permit comes too late, and do not trust what is slow', async () => {
    const wire = newWire();
    const { replicas: made, logged } = replicas(1, policyOf(20), wire);
    const slow = { replica: 0, requests: 3, pauseMs: 0, latencyMs: 3 * WAIT_MS, weather: 'fine' } as const;
    await play(made, wire, [slow]);
    expect(made[0]?.counter.window.remaining).toBe(17);
    await play(made, wire, Array<Burst>(20).fill({ ...slow, requests: 1, pauseMs: 500 }));
    expect(made[0]?.admitted).toBe(20);
    expect(logged).toEqual([{ event: 'rate_limits_unshared' }]);
  });

  it('keep nobody waiting for a call that was given up long ago, nor judge by it', async () => {
    const wire = newWire();
    wire.silenceMs = 20_000;
    const { replicas: made, logged } = replicas(1, policyOf(1_000), wire);
    const one = { replica: 0, requests: 1, pauseMs: 1_500, latencyMs: 1, weather: 'fine' } as const;
    await play(made, wire, [{ ...one, weather: 'silent' }], false);
    await play(made, wire, [one, one, one]);
    expect(made[0]).toMatchObject({ admitted: 4, longestMs: WAIT_MS + 1 });
    const shared = [{ event: 'rate_limits_unshared' }, { event: 'rate_limits_shared' }];
    expect(logged).toEqual(shared);
    await jest.advanceTimersByTimeAsync(20_000);
    expect(logged).toEqual(shared);
    expect(made[0]?.counters.figures.failures).toBe(2);
  });

  it('are leased on nobody’s behalf: a request that ends early ends no lease', () => {
    const wire = newWire();
    const contexts: unknown[] = [];
    jest.spyOn(wire, 'lease').mockImplementation(() => {
      contexts.push(currentContext()?.correlationId);
      return new Promise(() => undefined);
    });
    const { replicas: made } = replicas(1, policyOf(20), wire);
    runInContext({ correlationId: 'a-request', traceId: '0' }, () => made[0]?.take());
    expect(contexts).toHaveLength(1);
    expect(contexts).not.toContain('a-request');
  });

  it('tell of what was counted elsewhere about the same caller with each lease', async () => {
    const wire = newWire();
    const errors = { name: 'errors', limit: 3, windowMs: WINDOW_MS };
    const { replicas: made } = replicas(2, policyOf(20), wire);
    const [one, other] = made.map(
      ({ counters }) => new Replica(counters, policyOf(20), new LeasedCounter('w:limit:{a}:errors', errors)),
    );
    if (one?.counter.companion === undefined || other?.counter.companion === undefined) throw new Error('no replicas');
    for (let i = 0; i < 3; i++) one.counters.count(one.counter.companion);
    await jest.advanceTimersByTimeAsync(10);
    expect(other.counter.companion.window.isSpent).toBe(false);
    other.take();
    await jest.advanceTimersByTimeAsync(10);
    expect(other.counter.companion.window.isSpent).toBe(true);
  });
});
