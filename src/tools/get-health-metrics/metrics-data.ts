import type { Statistic } from '../../services/aggregates/statistic';
import type { MetricKind } from '../../services/metrics/metric-type';
import type { BucketSize } from '../../services/periods/calendar';
import type { PeriodData } from '../arguments/period-data';

/** One part of the period. A statistic is null where there was nothing to compute it from. */
export type BucketData = {
  readonly from: string;
  readonly to: string;
  readonly count: number;
  /** When the `latest` value was measured. */
  readonly latest_at?: string;
} & { readonly [S in Exclude<Statistic, 'count'>]?: number | null };

export interface BucketValue {
  readonly from: string;
  readonly to: string;
  readonly value: number;
}

/** What stands out among the parts of a period, for one statistic; parts without data don't count. */
export interface StatisticSummary {
  readonly highest: BucketValue;
  readonly lowest: BucketValue;
  /** Over `mean_over` parts: weeks, months and years that the period cuts off or that are not over are left out. */
  readonly mean: number;
  readonly mean_over: number;
  /** Of the same parts as the mean. */
  readonly median: number;
  /** Of all parts; only where they add up (sums and durations). */
  readonly total?: number;
}

export interface MetricData {
  readonly metric_type: string;
  readonly name: string;
  readonly kind: MetricKind;
  /** Of all values but counts. */
  readonly unit: string;
  /** Days with at least one record, and days there were so far; absent for a single day and for everything held. */
  readonly days_with_data?: number;
  readonly days_in_period?: number;
  /** Present when the period was cut into parts. */
  readonly summary?: { readonly [S in Statistic]?: StatisticSummary };
  readonly buckets: readonly BucketData[];
}

export interface HealthMetricsData {
  readonly period: PeriodData;
  readonly bucket: BucketSize;
  readonly metrics: readonly MetricData[];
}
