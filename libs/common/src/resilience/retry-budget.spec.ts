import fc from 'fast-check';
import { RetryBudget } from './retry-budget';

const WINDOW_MS = 10_000;

describe('the retry budget', () => {
  it('allows one retry a second when there is little traffic, and no more', () => {
    const budget = new RetryBudget({}, () => 0);
    const taken = Array.from({ length: 20 }, () => budget.take()).filter(Boolean);
    expect(taken).toHaveLength(10);
    expect(budget.left).toBe(0);
  });

  it('has room again once the retries of before have left the window', () => {
    let now = 0;
    const budget = new RetryBudget({}, () => now);
    while (budget.take());
    now = 2 * WINDOW_MS;
    expect(budget.left).toBe(10);
    expect(budget.take()).toBe(true);
  });

  it('grows with the calls', () => {
    let now = 0;
    const budget = new RetryBudget({ ratio: 0.1, perSecond: 0 }, () => now);
    for (let call = 0; call < 1_000; call++) {
      now = call;
      budget.noteCall();
    }
    expect(budget.left).toBe(100);
  });

  it('never lets any ten seconds hold more than a tenth of their calls and one a second', () => {
    const step = fc.record({
      afterMs: fc.oneof(fc.nat(50), fc.nat(3_000)),
      calls: fc.nat(40),
      retries: fc.nat(40),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat(5_000), (steps, startedAt) => {
        let now = startedAt;
        const budget = new RetryBudget({}, () => now);
        const calls: number[] = [];
        const retries: number[] = [];
        for (const { afterMs, calls: made, retries: wanted } of steps) {
          now += afterMs;
          for (let call = 0; call < made; call++) {
            budget.noteCall();
            calls.push(now);
          }
          for (let retry = 0; retry < wanted; retry++) if (budget.take()) retries.push(now);
        }
        return retries.every((end) => {
          const within = (at: number): boolean => at > end - WINDOW_MS && at <= end;
          return retries.filter(within).length <= 0.1 * calls.filter(within).length + 10;
        });
      }),
    );
  });
});
