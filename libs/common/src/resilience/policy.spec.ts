import fc from 'fast-check';
import { currentCorrelationId, newContext, runInContext } from '../context/request-context';
import { RequestScope } from '../context/request-scope';
import { errorDefinition } from '../errors/catalogue';
import { InfrastructureError } from '../errors/exceptions';
import { ANSWERED, FAILURE, NOT_APPLIED, type PolicyDefinition } from './policy-definition';
import { Policy } from './policy';
import type { Attempt } from './policy-call';

const DEFINITION: PolicyDefinition = {
  name: 'weather',
  breaker: { threshold: 5, openMs: 1_000 },
  retry: { max: 3, baseMs: 100, capMs: 1_000 },
  bulkhead: { limit: 2, queue: 2 },
  timeoutMs: 500,
};

const BROKEN = new Error('broken');

function policyOf(changes: Partial<PolicyDefinition> = {}) {
  const listener = { onState: jest.fn(), onRetry: jest.fn(), onEnd: jest.fn() };
  return { policy: new Policy({ ...DEFINITION, ...changes }, listener), listener };
}

const never = (): Promise<never> => new Promise(() => undefined);
const code = (error: unknown): unknown => (error as InfrastructureError).error_code;

/** Lets fake time pass until `work` has settled. */
async function settled<T>(work: Promise<T>, ms = 60_000): Promise<{ value?: T; error?: unknown; tookMs: number }> {
  const startedAt = Date.now();
  let end: { value?: T; error?: unknown; tookMs: number } | undefined;
  work.then(
    (value) => (end = { value, tookMs: Date.now() - startedAt }),
    (error: unknown) => (end = { error, tookMs: Date.now() - startedAt }),
  );
  for (let passed = 0; end === undefined && passed <= ms; passed += 10) await jest.advanceTimersByTimeAsync(10);
  if (end === undefined) throw new Error('It did not settle');
  return end;
}

describe('a policy', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('tries what can be done twice again, with growing pauses, until it works', async () => {
    const { policy, listener } = policyOf();
    const call = jest.fn<Promise<string>, [Attempt]>().mockRejectedValueOnce(BROKEN).mockRejectedValueOnce(BROKEN);
    call.mockResolvedValue('fine');
    expect((await settled(policy.execute(call, { idempotent: true }))).value).toBe('fine');
    expect(call.mock.calls.map(([{ number }]) => number)).toEqual([1, 2, 3]);
    expect(listener.onRetry).toHaveBeenCalledTimes(2);
    expect(policy.snapshot()).toMatchObject({ state: 'closed', counts: { calls: 1, successes: 1, retries: 2 } });
  });

  it.each([
    ['what may have been done is not done twice', FAILURE, false, 1],
    ['what may have been done is done twice when that is harmless', FAILURE, true, 4],
    ['what surely was not done is tried again', NOT_APPLIED, false, 4],
    ['an answer is an answer', ANSWERED, true, 1],
  ] as const)('%s', async (_what, verdict, idempotent, attempts) => {
    const { policy } = policyOf({ classify: () => verdict });
    const call = jest.fn().mockRejectedValue(BROKEN);
    await settled(policy.execute(call, { idempotent }));
    expect(call).toHaveBeenCalledTimes(attempts);
  });

  it('tells how each call ended, with all its attempts', async () => {
    const { policy, listener } = policyOf();
    const refused = new InfrastructureError('DEPENDENCY_CALL_TIMEOUT');
    await settled(policy.execute(() => Promise.resolve(1), { operation: 'read' }));
    await settled(policy.execute(() => Promise.reject(refused), { operation: 'read', idempotent: true }));
    policy.isolate();
    await settled(policy.execute(never));
    const durationMs = expect.any(Number) as number;
    expect(listener.onEnd.mock.calls.flat()).toEqual([
      { policy: 'weather', operation: 'read', outcome: 'success', attempts: 1, durationMs, state: 'closed' },
      expect.objectContaining({ outcome: 'error', attempts: 4, error_code: 'DEPENDENCY_CALL_TIMEOUT' }),
      expect.objectContaining({ outcome: 'rejected', operation: 'call', attempts: 1, state: 'isolated' }),
    ]);
  });

  it('gives a failure nobody has given a code one of the catalogue, and keeps its cause', async () => {
    const { policy } = policyOf();
    const { error } = await settled(policy.execute(() => Promise.reject(BROKEN)));
    expect(error).toBeInstanceOf(InfrastructureError);
    expect(error).toMatchObject({ error_code: 'DEPENDENCY_CALL_FAILED', cause: BROKEN });
  });

  it('leaves answers and errors with a code as they are', async () => {
    const { policy } = policyOf({ classify: () => ANSWERED });
    expect((await settled(policy.execute(() => Promise.reject(BROKEN)))).error).toBe(BROKEN);
    const coded = new InfrastructureError('LLM_SERVICE_FAILED');
    expect((await settled(policyOf().policy.execute(() => Promise.reject(coded)))).error).toBe(coded);
  });

  it('waits as long as the dependency asks, but not longer than its cap', async () => {
    const call = jest.fn().mockRejectedValueOnce(BROKEN).mockResolvedValue('fine');
    const patient = policyOf({ classify: () => ({ ...NOT_APPLIED, retryAfterMs: 900 }) });
    expect((await settled(patient.policy.execute(call))).tookMs).toBeGreaterThanOrEqual(900);
    const long = policyOf({ classify: () => ({ ...NOT_APPLIED, retryAfterMs: 5_000 }) });
    const failing = jest.fn().mockRejectedValue(BROKEN);
    await settled(long.policy.execute(failing));
    expect(failing).toHaveBeenCalledTimes(1);
  });

  it('ends an attempt that takes too long even if it ignores its signal', async () => {
    const { policy } = policyOf();
    const signals: AbortSignal[] = [];
    const { error, tookMs } = await settled(
      policy.execute(({ signal }) => {
        signals.push(signal);
        return never();
      }),
    );
    expect(code(error)).toBe('DEPENDENCY_CALL_TIMEOUT');
    expect(tookMs).toBeLessThanOrEqual(510);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(policy.snapshot().counts).toMatchObject({ timeouts: 1, failures: 1 });
  });

  it('leaves the signal of an attempt that returned alone', async () => {
    const { policy } = policyOf();
    const { value } = await settled(policy.execute(({ signal }) => Promise.resolve(signal)));
    expect(value?.aborted).toBe(false);
  });

  it('turns callers away at once while the circuit is open, and says when to come back', async () => {
    const { policy, listener } = policyOf({
      breaker: { threshold: 5, openMs: 10_000 },
      retry: { max: 0, baseMs: 1, capMs: 1 },
    });
    for (let call = 0; call < 5; call++) await settled(policy.execute(() => Promise.reject(BROKEN)));
    expect(listener.onState).toHaveBeenCalledWith(expect.objectContaining({ policy: 'weather', state: 'open' }));
    const call = jest.fn();
    const error = await policy.execute(call, { idempotent: true }).catch((thrown: unknown) => thrown);
    expect(code(error)).toBe('DEPENDENCY_CIRCUIT_OPEN');
    expect(Math.abs(((error as InfrastructureError).retryAfterSeconds ?? 0) - 10)).toBeLessThanOrEqual(1);
    expect(call).not.toHaveBeenCalled();
    expect(policy.snapshot()).toMatchObject({ state: 'open', counts: { rejected_by_circuit: 1, circuit_opened: 1 } });
    await jest.advanceTimersByTimeAsync(11_500);
    await settled(policy.execute(() => Promise.resolve('fine')));
    expect(policy.state).toBe('closed');
  });

  it('judges a trial by the dependency, even when its caller leaves early', async () => {
    const { policy } = policyOf({ breaker: { threshold: 1, openMs: 100 }, retry: { max: 0, baseMs: 1, capMs: 1 } });
    await settled(policy.execute(() => Promise.reject(BROKEN)));
    await jest.advanceTimersByTimeAsync(120);
    const caller = new AbortController();
    const gone = new Error('gone');
    const answer = { give: (_value: string): void => undefined };
    const trial = policy.execute(() => new Promise<string>((resolve) => (answer.give = resolve)), {
      signal: caller.signal,
    });
    const seen = trial.catch((error: unknown) => error);
    await jest.advanceTimersByTimeAsync(1);
    caller.abort(gone);
    expect(await seen).toBe(gone);
    expect(policy.state).toBe('half_open');
    answer.give('fine');
    await jest.advanceTimersByTimeAsync(1);
    expect(policy.state).toBe('closed');
  });

  it('lets go of callers who leave, whether their call heeds that or not, and frees their place', async () => {
    const { policy } = policyOf();
    const caller = new AbortController();
    const reason = new Error('gone');
    const signals: AbortSignal[] = [];
    const deaf = ({ signal }: Attempt): Promise<never> => {
      signals.push(signal);
      return never();
    };
    const options = { signal: caller.signal, idempotent: true };
    const seen = [1, 2].map(() => policy.execute(deaf, options).catch((error: unknown) => error));
    const waiting = policy.execute(deaf, options).catch((error: unknown) => error);
    await jest.advanceTimersByTimeAsync(1);
    caller.abort(reason);
    expect(await Promise.all([...seen, waiting])).toEqual([reason, reason, reason]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
    await jest.advanceTimersByTimeAsync(1);
    expect(policy.snapshot()).toMatchObject({ state: 'closed', in_flight: 0, queued: 0 });
    expect(policy.snapshot().counts).toMatchObject({ cancelled: 3, failures: 0, timeouts: 0, retries: 0 });
    expect(jest.getTimerCount()).toBe(0);
  });

  it('lets so many in, so many wait, and turns the rest away at once', async () => {
    const { policy } = policyOf();
    const ends: Array<() => void> = [];
    const call = (): Promise<void> => new Promise((resolve) => ends.push(resolve));
    const inside = Array.from({ length: 4 }, () => policy.execute(call));
    await jest.advanceTimersByTimeAsync(1);
    expect(policy.snapshot()).toMatchObject({ in_flight: 2, queued: 2 });
    expect(await policy.execute(call).catch(code)).toBe('DEPENDENCY_CAPACITY_EXHAUSTED');
    for (let turn = 0; turn < 4; turn++) {
      ends.shift()?.();
      await jest.advanceTimersByTimeAsync(1);
    }
    await Promise.all(inside);
    expect(policy.snapshot()).toMatchObject({ state: 'closed', in_flight: 0, queued: 0 });
  });

  it('starts who waited in their own context, and nobody who has left meanwhile', async () => {
    const { policy } = policyOf({ bulkhead: { limit: 1, queue: 2 } });
    const ends: Array<() => void> = [];
    const hold = policy.execute(() => new Promise<void>((resolve) => ends.push(resolve)));
    const caller = new AbortController();
    const left = jest.fn();
    const gone = policy.execute(left, { signal: caller.signal }).catch((error: unknown) => error);
    const waiting = runInContext(newContext({ correlationId: 'mine' }), () =>
      policy.execute(() => Promise.resolve(currentCorrelationId())),
    );
    await jest.advanceTimersByTimeAsync(1);
    const reason = new Error('gone');
    caller.abort(reason);
    expect(await gone).toBe(reason);
    ends[0]?.();
    expect((await settled(waiting)).value).toBe('mine');
    await hold;
    expect(left).not.toHaveBeenCalled();
  });

  it('answers with the fallback, which is told the error', async () => {
    const { policy } = policyOf();
    const fallback = jest.fn().mockReturnValue('cached');
    expect((await settled(policy.execute(() => Promise.reject(BROKEN), { fallback }))).value).toBe('cached');
    expect(fallback).toHaveBeenCalledWith(expect.objectContaining({ cause: BROKEN }));
    expect(policy.snapshot().counts.fallbacks).toBe(1);
  });

  it('ends a back-off with its caller, and leaves no timer behind', async () => {
    const { policy } = policyOf({ retry: { max: 3, baseMs: 60_000, capMs: 60_000 } });
    const caller = new AbortController();
    const call = jest.fn().mockRejectedValue(BROKEN);
    const seen = policy.execute(call, { idempotent: true, signal: caller.signal }).catch((error: unknown) => error);
    await jest.advanceTimersByTimeAsync(1);
    const reason = new Error('gone');
    caller.abort(reason);
    expect(await seen).toBe(reason);
    expect(jest.getTimerCount()).toBe(0);
    expect(call.mock.calls.length).toBeLessThanOrEqual(2);
  });

  it('makes no abort signal for a request that needs none', async () => {
    const { policy } = policyOf({ cancellable: false });
    const scope = new RequestScope({});
    const signal = jest.spyOn(scope, 'signal', 'get');
    await runInContext(scope, () => settled(policy.execute(() => Promise.resolve(1))));
    expect(signal).not.toHaveBeenCalled();
    const reason = new Error('gone');
    scope.abort(reason);
    const call = jest.fn();
    await expect(runInContext(scope, () => policy.execute(call))).rejects.toBe(reason);
    expect(call).not.toHaveBeenCalled();
  });

  it('starts nothing after the deadline, and keeps nobody waiting past it', async () => {
    const behaviour = fc.constantFrom('fails', 'hangs', 'works');
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: -50, max: 3_000 }),
        fc.array(behaviour, { minLength: 1, maxLength: 4 }),
        fc.nat(400),
        fc.boolean(),
        async (allowedMs, behaviours, callMs, cancellable) => {
          const { policy } = policyOf({ cancellable, breaker: { threshold: 50, openMs: 1_000 } });
          const deadline = Date.now() + allowedMs;
          const startedAt: number[] = [];
          const call = async ({ number }: Attempt): Promise<string> => {
            startedAt.push(Date.now());
            const what = behaviours[(number - 1) % behaviours.length];
            if (what === 'hangs') return never();
            await new Promise((resolve) => setTimeout(resolve, callMs));
            if (what === 'fails') throw BROKEN;
            return 'fine';
          };
          const end = await settled(policy.execute(call, { idempotent: true, deadline }));
          expect(startedAt.every((at) => at < deadline)).toBe(true);
          expect(end.tookMs).toBeLessThanOrEqual(Math.max(0, allowedMs) + 10);
          if (allowedMs <= 0) expect(code(end.error)).toBe('REQUEST_DEADLINE_EXCEEDED');
          await jest.advanceTimersByTimeAsync(1_000);
          expect(jest.getTimerCount()).toBe(0);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('never spends more retries than its budget, however many calls fail', async () => {
    const { policy } = policyOf({
      breaker: { threshold: 1_000_000, openMs: 1_000 },
      bulkhead: { limit: 1_000, queue: 0 },
      retry: { max: 3, baseMs: 1, capMs: 1 },
    });
    const call = jest.fn().mockRejectedValue(BROKEN);
    const calls = Array.from({ length: 200 }, () => policy.execute(call, { idempotent: true }).catch(() => undefined));
    await settled(Promise.all(calls));
    expect(call.mock.calls.length).toBeLessThanOrEqual(200 + 20 + 10);
    expect(policy.snapshot().counts.retries_denied).toBeGreaterThan(0);
  });

  it('has codes for its own errors that callers can try again on', () => {
    for (const own of ['DEPENDENCY_CIRCUIT_OPEN', 'DEPENDENCY_CAPACITY_EXHAUSTED', 'DEPENDENCY_CALL_TIMEOUT'] as const)
      expect(errorDefinition(own)).toMatchObject({ status: 503, retryable: true });
  });
});
