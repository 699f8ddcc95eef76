import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  Min,
} from 'class-validator';
import { MAX_METRIC_TYPES } from '../../services/metrics/metric-type';
import { CommaList } from '../arguments/comma-list';
import { ToolArgument } from '../registry/tool-argument';

export const ORDERS = ['newest', 'oldest'] as const;
export const DEFAULT_RECORDS = 50;
const MAX_RECORDS = 200;

export class SearchHealthRecordsArguments {
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

  @ToolArgument('Which records come first; default: newest')
  @IsOptional()
  @IsString()
  @IsIn(ORDERS)
  order?: (typeof ORDERS)[number];

  @ToolArgument(`How many records at most; default: ${DEFAULT_RECORDS}`)
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_RECORDS)
  limit?: number;
}
