import { ValidationError } from '@app/common';
import fc from 'fast-check';
import { METRIC_TYPES } from '../metrics/metric-type';
import { type BucketSize, countBuckets, MAX_BUCKETS } from '../periods/calendar';
import { assertFigures, MAX_FIGURES } from './figure-limit';
import { STATISTICS } from './statistic';

const HOUR = 3_600_000;
const SIZES: readonly BucketSize[] = ['hour', 'day', 'week', 'month', 'year', 'none'];

function hours(count: number): { from: number; to: number } {
  return { from: 0, to: count * HOUR };
}

function refusal(...args: Parameters<typeof assertFigures>): ValidationError | undefined {
  try {
    assertFigures(...args);
    return undefined;
  } catch (error) {
    if (error instanceof ValidationError) return error;
    throw error;
  }
}

describe('the limit of figures', () => {
  it('counts metrics and statistics, not buckets alone', () => {
    const [one, five] = [METRIC_TYPES.slice(0, 1), METRIC_TYPES.slice(0, 5)];
    expect(refusal(hours(MAX_BUCKETS), 'hour', one)).toBeUndefined();
    expect(refusal(hours(10_000), 'hour', five)).toBeUndefined();
    expect(refusal(hours(10_001), 'hour', five)).toBeDefined();
    expect(refusal(hours(10_000), 'hour', five, ['min', 'max'])).toBeDefined();
    expect(refusal(hours(10_000), 'hour', one, ['count', 'avg', 'min', 'max', 'latest'])).toBeUndefined();
  });

  it('leaves too many buckets to those who know of buckets', () => {
    expect(refusal(hours(MAX_BUCKETS + 1), 'hour', METRIC_TYPES.slice(0, 20))).toBeUndefined();
  });

  it('refuses by the field that helps, and says what would fit', () => {
    const error = refusal(hours(19_700), 'hour', METRIC_TYPES.slice(0, 20));
    expect(error).toMatchObject({
      error_code: 'VALIDATION_INVALID_INPUT',
      details: { field: 'bucket', value: 'hour', errors: [{ field: 'bucket', constraints: [expect.any(String)] }] },
    });
    expect(error?.message).toMatch(/about 394000 by hour: use bucket=day, a time_period of at most 2500 buckets/);
  });

  it('proposes only what it takes, whatever is asked for', () => {
    const count = fc.integer({ min: 1, max: 20_000 });
    const size = fc.constantFrom(...SIZES);
    fc.assert(
      fc.property(count, size, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 10 }), (n, bucket, m, s) => {
        const [period, metrics, stats] = [hours(n * 24), METRIC_TYPES.slice(0, m), STATISTICS.slice(0, s)];
        const proposed = /use bucket=(\w+)/.exec(refusal(period, bucket, metrics, stats)?.message ?? '')?.[1];
        const accepted = (proposed ?? bucket) as BucketSize;
        expect(refusal(period, accepted, metrics, stats)).toBeUndefined();
        const buckets = countBuckets(period, accepted);
        expect(buckets > MAX_BUCKETS || buckets * m * s <= MAX_FIGURES).toBe(true);
      }),
    );
  });
});
