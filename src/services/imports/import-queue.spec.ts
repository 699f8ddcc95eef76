import * as fc from 'fast-check';
import { retryDelayMs } from './import-queue';

describe('how long an import in trouble waits', () => {
  it('doubles from attempt to attempt, up to half a minute, with a random half', () => {
    expect([1, 2, 3, 20].map((attempt) => [retryDelayMs(attempt, 0), retryDelayMs(attempt, 1)])).toEqual([
      [250, 500],
      [500, 1_000],
      [1_000, 2_000],
      [15_000, 30_000],
    ]);
  });

  it('stays within its bounds for ever', () => {
    const attempt = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(attempt, fc.double({ min: 0, max: 1, noNaN: true }), (count, random) => {
        const delay = retryDelayMs(count, random);
        expect(delay >= 250 && delay <= 30_000).toBe(true);
      }),
    );
  });
});
