import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { STATISTICS, type Statistic } from '../../services/aggregates/statistic';
import type { BucketSize } from '../../services/periods/calendar';
import type { WeekStart } from '../../services/periods/period';
import type { SortOrder } from '../../services/records/record-pages';
import type { PushedRecord } from '../../services/records/pushed-record';
import { PlainData } from './plain-data.decorator';
import { IsKnownTimeZone } from './time-zone.decorator';

const BUCKETS: readonly BucketSize[] = ['none', 'hour', 'day', 'week', 'month', 'year'];
const PERIOD_HELP =
  'A token (`today`, `last_7_days`, `this_month`, `all` …), a date, month, quarter or year (`2025-09-30`, `2025-09`, ' +
  '`2025-Q3`, `2025`), an ISO 8601 interval (`2025-01-01/2025-02-01`, end exclusive), or an English phrase ' +
  '(`last Friday`). Calendar periods in the time zone of the answer.';

/** In a query, `+` means a space: a zone such as `+05:30` has lost its sign where nobody has encoded it. */
function withPlus(timeZone: string): string {
  return timeZone.replace(/^ (?=\d)/, '+');
}

/** Which metrics, and when. */
export class ScopeQuery {
  @ApiProperty({
    description: 'One to twenty metric types, separated by commas; with or without HealthKit prefix, in any case.',
    example: 'StepCount,HeartRate',
  })
  @IsString()
  @Length(1, 2000)
  metric_types!: string;

  @ApiPropertyOptional({ description: PERIOD_HELP, default: 'recent', example: 'last_7_days' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  time_period?: string;

  @ApiPropertyOptional({
    description: "IANA name or offset; the user's own zone when omitted.",
    example: 'Europe/Paris',
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? withPlus(value) : value))
  @IsKnownTimeZone()
  time_zone?: string;

  @ApiPropertyOptional({
    description: "First day of a week; the user's own setting when omitted.",
    enum: ['monday', 'sunday'],
    example: 'sunday',
  })
  @IsOptional()
  @IsIn(['monday', 'sunday'])
  week_start?: WeekStart;
}

export class RecordsQueryDto extends ScopeQuery {
  @ApiPropertyOptional({ description: 'Only records of the source with this name.', example: 'Apple Watch' })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  source?: string;

  @ApiPropertyOptional({ description: 'By start, oldest (asc) or newest (desc) first.', enum: ['asc', 'desc'] })
  @IsOptional()
  @IsIn(['asc', 'desc'])
  order?: SortOrder;

  @ApiPropertyOptional({ description: 'Records on a page.', minimum: 1, maximum: 1000, default: 100 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1000)
  limit: number = 100;

  @ApiPropertyOptional({ description: '`next_cursor` of the page before, with the same query.' })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  cursor?: string;
}

export class AggregatesQueryDto extends ScopeQuery {
  @ApiPropertyOptional({ description: 'Calendar unit to group by.', enum: BUCKETS, default: 'none' })
  @IsOptional()
  @IsIn(BUCKETS)
  bucket: BucketSize = 'none';

  @ApiPropertyOptional({
    description:
      'Statistics, separated by commas, each once; by default the one that suits the metric: sum of cumulative ones, average of ' +
      'discrete ones, latest of body measures. The average of sound levels is the equivalent level (Leq).',
    type: String,
    example: 'count,avg,max',
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? value.split(',').map((s) => s.trim()) : value,
  )
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(STATISTICS.length)
  @ArrayUnique()
  @IsIn(STATISTICS, { each: true })
  stats?: Statistic[];

  @ApiPropertyOptional({
    description:
      '`merged`: where sources overlap, only the best one counts (for cumulative metrics); `all`: plain sum over all; ' +
      'otherwise the name of one source.',
    default: 'merged',
  })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  sources: string = 'merged';
}

const RECORD_EXAMPLE = {
  metric_type: 'HeartRate',
  value: 62,
  unit: 'count/min',
  start: '2025-09-30T08:15:00+02:00',
  end: '2025-09-30T08:15:00+02:00',
  source: 'My App',
};

export class PushRecordsDto {
  @ApiProperty({
    description:
      'Up to 5,000 records: `metric_type`, `value`, `unit` (not for categories), `start`, `end` (default: start), ' +
      '`source`, `user_entered`. What is wrong with single records is said by index.',
    type: 'array',
    items: {
      type: 'object',
      required: ['metric_type', 'start'],
      properties: {
        metric_type: { type: 'string' },
        value: { type: ['number', 'string', 'null'] },
        unit: { type: 'string' },
        start: { type: 'string', format: 'date-time' },
        end: { type: 'string', format: 'date-time' },
        source: { type: 'string' },
        user_entered: { type: 'boolean' },
      },
    },
    example: [RECORD_EXAMPLE],
  })
  @PlainData()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(5000)
  @IsObject({ each: true })
  records!: PushedRecord[];

  @ApiPropertyOptional({ description: 'Store nothing when one record is wrong.', default: false })
  @IsOptional()
  @IsBoolean()
  atomic: boolean = false;
}

const BOOLEANS: ReadonlyMap<unknown, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

export class PushRecordsQueryDto {
  @ApiPropertyOptional({ description: 'The same as the member of the body; one of them is enough.', default: false })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => BOOLEANS.get(value) ?? value)
  @IsBoolean()
  atomic: boolean = false;
}
