import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsOptional, IsString, Length } from 'class-validator';
import { type Statistic, STATISTICS } from '../../services/aggregates/statistic';
import { MAX_METRIC_TYPES } from '../../services/metrics/metric-type';
import type { BucketSize } from '../../services/periods/calendar';
import { CommaList } from '../arguments/comma-list';
import { ToolArgument } from '../registry/tool-argument';

export const BUCKETS = ['none', 'hour', 'day', 'week', 'month', 'year'] as const satisfies readonly BucketSize[];

export class GetHealthMetricsArguments {
  @ToolArgument('HealthKit names, with or without prefix: StepCount, HeartRate, BodyMass')
  @CommaList()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_METRIC_TYPES)
  @IsString({ each: true })
  metric_types!: string[];

  @ToolArgument('yesterday, last_7_days, last_week, 2025-09, 2025-01-01/2025-02-01, "September 2025"; default: recent')
  @IsOptional()
  @IsString()
  @Length(1, 100)
  time_period?: string;

  @ToolArgument(
    'What to compute; default: what suits the metric (a sum of steps, a mean heart rate, the latest weight)',
  )
  @CommaList()
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(STATISTICS.length)
  @IsIn(STATISTICS, { each: true })
  aggregations?: Statistic[];

  @ToolArgument('Size of the parts the period is cut into, in local time; default: none, one value for all of it')
  @IsOptional()
  @IsString()
  @IsIn(BUCKETS)
  bucket?: BucketSize;
}
