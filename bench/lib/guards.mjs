import Opossum from 'opossum';

export const GUARD_MODULES = [
  'libs/common/src/resilience/policy.js',
  'libs/common/src/context/request-context.js',
  'libs/common/src/context/request-scope.js',
];

const CALLS = 20_000;
const LIMITS = {
  breaker: { threshold: 5, openMs: 30_000 },
  retry: { max: 3, baseMs: 50, capMs: 60_000 },
  bulkhead: { limit: 256, queue: 512 },
  timeoutMs: 1_000,
};
const REQUEST_MS = 60 * 60_000;

/** One call, bare and guarded in every way; all within the context of a request that has a deadline, as in the API. */
export async function guardedCalls({ Policy, RequestScope, runInContext }) {
  const nothing = async () => 1;
  const { signal } = new AbortController();
  const raw = { cockatiel: await rawCockatiel(), cockatielCancellable: await rawCockatiel() };
  const listener = { onState: () => undefined, onRetry: () => undefined, onEnd: () => undefined };
  const policy = new Policy({ name: 'bench', ...LIMITS, cancellable: false }, listener);
  const cancellable = new Policy({ name: 'bench', ...LIMITS }, listener);
  const opossum = new Opossum(nothing, opossumOptions());
  const scope = new RequestScope({});
  scope.deadline = Date.now() + REQUEST_MS;
  const inRequest = (call) => (times) => runInContext(scope, () => repeat(call, times));
  const options = { operation: 'bench', idempotent: true };
  const calls = {
    bare: nothing,
    cockatiel: () => raw.cockatiel.execute(nothing),
    policy: () => policy.execute(nothing, options),
    cockatielCancellable: () => raw.cockatielCancellable.execute(nothing, signal),
    cancellable: () => cancellable.execute(nothing, { ...options, signal }),
    opossum: () => opossum.fire(),
  };
  return {
    calls: Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, inRequest(call)])),
    close: () => opossum.shutdown(),
  };
}

export async function microsecondsPerCall(calls) {
  const begun = performance.now();
  await calls(CALLS);
  return ((performance.now() - begun) * 1_000) / CALLS;
}

async function repeat(call, times) {
  for (let i = 0; i < times; i++) await call();
}

/** The same policies in the same order, as cockatiel's own documentation puts them together. */
async function rawCockatiel() {
  const cockatiel = await import('cockatiel');
  const { breaker, retry, bulkhead, timeoutMs } = LIMITS;
  const backoff = new cockatiel.ExponentialBackoff({ initialDelay: retry.baseMs, maxDelay: retry.capMs });
  return cockatiel.wrap(
    cockatiel.retry(cockatiel.handleAll, { maxAttempts: retry.max, backoff }),
    cockatiel.circuitBreaker(cockatiel.handleAll, {
      halfOpenAfter: breaker.openMs,
      breaker: new cockatiel.ConsecutiveBreaker(breaker.threshold),
    }),
    cockatiel.bulkhead(bulkhead.limit, bulkhead.queue),
    cockatiel.timeout(timeoutMs, { strategy: cockatiel.TimeoutStrategy.Aggressive, abortOnReturn: false }),
  );
}

/** It has no retries. */
function opossumOptions() {
  return { timeout: LIMITS.timeoutMs, capacity: LIMITS.bulkhead.limit, resetTimeout: LIMITS.breaker.openMs };
}
