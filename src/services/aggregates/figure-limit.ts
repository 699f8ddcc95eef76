import { ValidationError } from '@app/common/core';
import type { MetricType } from '../metrics/metric-type';
import { type BucketSize, countBuckets, MAX_BUCKETS } from '../periods/calendar';
import type { Statistic } from './statistic';

/** The most figures one answer has: about 5 MB of JSON, and what is computed without holding up other requests. */
export const MAX_FIGURES = 50_000;

const LARGER: readonly BucketSize[] = ['day', 'week', 'month', 'year', 'none'];

/**
 * Refuses an answer of too many figures (buckets × metrics × statistics) before any data is read for it. A period that
 * is `unbounded` has to be narrowed first. More than `MAX_BUCKETS` buckets are left to `bucketBoundaries`.
 * @param stats omitted: one for each metric, its default
 * @throws ValidationError VALIDATION_INVALID_INPUT, field `bucket`, with what would fit
 */
export function assertFigures(
  period: { readonly from: number; readonly to: number },
  bucket: BucketSize,
  metrics: readonly MetricType[],
  stats?: readonly Statistic[],
): void {
  const perBucket = metrics.length * (stats?.length ?? 1);
  const buckets = countBuckets(period, bucket);
  if (buckets > MAX_BUCKETS || buckets * perBucket <= MAX_FIGURES) return;
  const mostBuckets = Math.floor(MAX_FIGURES / perBucket);
  const fitting = LARGER.find((larger) => countBuckets(period, larger) <= mostBuckets) ?? 'none';
  const constraint =
    `at most ${MAX_FIGURES} figures (buckets × metrics × statistics); these are about ${buckets * perBucket} by ${bucket}: ` +
    `use bucket=${fitting}, a time_period of at most ${mostBuckets} buckets, or fewer metrics or statistics`;
  throw new ValidationError('VALIDATION_INVALID_INPUT', {
    message: `Too many figures: ${constraint}`,
    details: {
      field: 'bucket',
      value: bucket,
      errors: [{ field: 'bucket', value: bucket, constraints: [constraint] }],
    },
  });
}
