import { Temporal } from 'temporal-polyfill';

import { quantile } from '../../services/aggregates/statistic';
import { type BucketSize, formatWithOffset } from '../../services/periods/calendar';
import type { BucketValue, StatisticSummary } from './metrics-data';

/** A part of a period with the value of one statistic, as people read it. */
export interface ValuedBucket {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly value: number | null | undefined;
}

export interface Calendar {
  readonly bucket: BucketSize;
  readonly timeZone: string;
  readonly now: number;
  /** Whether the statistic of the whole is the sum of its parts. */
  readonly addsUp: boolean;
}

type Present = ValuedBucket & { readonly value: number };

/**
 * Undefined when no part has a value, or their sum is beyond what a number holds. Of equal parts the earliest is the
 * highest or lowest.
 */
export function summarize(buckets: readonly ValuedBucket[], calendar: Calendar): StatisticSummary | undefined {
  const present = buckets.filter((bucket): bucket is Present => isPresent(bucket, calendar));
  const [first, ...rest] = present;
  if (first === undefined) return undefined;
  const highest = rest.reduce((best, each) => (each.value > best.value ? each : best), first);
  const lowest = lowestOf(present, calendar);
  const whole = present.filter((bucket) => isWhole(bucket, calendar));
  const counted = whole.length > 0 ? whole : present;
  const values = counted.map(({ value }) => value);
  if (!Number.isFinite(sum(present.map(({ value }) => value)))) return undefined;
  return {
    highest: stated(highest, calendar.timeZone),
    lowest: stated(lowest, calendar.timeZone),
    mean: sum(values) / counted.length,
    mean_over: counted.length,
    median:
      quantile(
        values.toSorted((a, b) => a - b),
        0.5,
      ) ?? first.value,
    ...(calendar.addsUp && { total: sum(present.map(({ value }) => value)) }),
  };
}

/** A record that began in the part before counts there, and still leaves a share of its amount in this one. */
function isPresent({ count, value }: ValuedBucket, { addsUp }: Calendar): boolean {
  return typeof value === 'number' && (count > 0 || (addsUp && value !== 0));
}

/** Days are taken as they come, today included; half a month among months would pull their mean down. */
function isWhole({ from, to }: ValuedBucket, { bucket, timeZone, now }: Calendar): boolean {
  if (bucket !== 'week' && bucket !== 'month' && bucket !== 'year') return true;
  const start = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(timeZone);
  return to <= now && start.add({ [`${bucket}s`]: 1 }).epochMilliseconds === to;
}

/** An amount that is still growing is no lowest one, unless there is no other. */
function lowestOf(present: readonly Present[], calendar: Calendar): Present {
  const over = calendar.addsUp ? present.filter((part) => part.to <= calendar.now && isWhole(part, calendar)) : present;
  const candidates = over.length > 0 ? over : present;
  return candidates.reduce((best, each) => (each.value < best.value ? each : best));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function stated({ from, to, value }: Present, timeZone: string): BucketValue {
  return { from: formatWithOffset(from, timeZone), to: formatWithOffset(to, timeZone), value };
}
