import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { RecordProblem } from '../../services/records/pushed-record';
import { MetaAnswer } from './meta.answer';

const WHEN = '2025-09-30T08:15:00+02:00';

/** The period as it was understood: always part of an answer about one. */
export class PeriodAnswer {
  @ApiProperty({ format: 'date-time', example: '2025-09-24T00:00:00+02:00' })
  from!: string;

  @ApiProperty({ format: 'date-time', description: 'Exclusive.', example: '2025-10-01T00:00:00+02:00' })
  to!: string;

  @ApiProperty({ example: 'Europe/Paris' })
  time_zone!: string;

  @ApiProperty({ example: 'last 7 days' })
  label!: string;
}

export class RecordAnswer {
  @ApiProperty({ example: 'HeartRate' })
  metric_type!: string;

  @ApiProperty({
    oneOf: [{ type: 'number' }, { type: 'string' }],
    nullable: true,
    description: 'Exactly as it was given: what has the unit `%` is a fraction, as HealthKit keeps it (0.97).',
    example: 62,
  })
  value!: number | string | null;

  @ApiProperty({ type: String, nullable: true, description: 'As given; null for categories.', example: 'count/min' })
  unit!: string | null;

  @ApiProperty({ format: 'date-time', example: WHEN })
  start!: string;

  @ApiProperty({ format: 'date-time', example: WHEN })
  end!: string;

  @ApiProperty({ example: 'Apple Watch' })
  source!: string;
}

export class RecordsAnswer {
  @ApiProperty({ type: () => PeriodAnswer })
  period!: PeriodAnswer;

  @ApiProperty({ type: () => [RecordAnswer] })
  records!: RecordAnswer[];

  @ApiProperty({ type: String, nullable: true, description: 'For the next page; null on the last.', example: null })
  next_cursor!: string | null;

  @ApiPropertyOptional({ type: () => MetaAnswer, description: 'Only while the data store is away.' })
  meta?: MetaAnswer;
}

export class BucketAnswer {
  [statistic: string]: string | number | null | undefined;

  @ApiProperty({ format: 'date-time', example: '2025-09-30T00:00:00+02:00' })
  from!: string;

  @ApiProperty({ format: 'date-time', example: '2025-10-01T00:00:00+02:00' })
  to!: string;

  @ApiProperty({ description: 'Samples that count; 0 in a gap.', example: 96 })
  count!: number;
}

export class MetricAnswer {
  @ApiProperty({ example: 'StepCount' })
  metric_type!: string;

  @ApiProperty({
    description:
      'Unit of all statistics but count, by the units the user has chosen; `%` is a percentage. Empty for categories ' +
      'that are only counted.',
    example: 'count',
  })
  unit!: string;

  @ApiProperty({
    type: 'array',
    description:
      'With the statistics asked for as members; null where there is nothing to compute one from, and where one has no ' +
      'meaning: of categories that are only counted there are `count` and `duration` alone, and temperatures have no ' +
      '`sum` in °F.',
    items: {
      type: 'object',
      required: ['from', 'to', 'count'],
      properties: {
        from: { type: 'string', format: 'date-time' },
        to: { type: 'string', format: 'date-time' },
        count: { type: 'integer' },
      },
      additionalProperties: { type: ['number', 'string', 'null'] },
    },
    example: [{ from: '2025-09-30T00:00:00+02:00', to: '2025-10-01T00:00:00+02:00', count: 96, sum: 8432 }],
  })
  buckets!: BucketAnswer[];
}

export class AggregatesAnswer {
  @ApiProperty({ type: () => PeriodAnswer })
  period!: PeriodAnswer;

  @ApiProperty({ type: () => [MetricAnswer] })
  metrics!: MetricAnswer[];

  @ApiPropertyOptional({ type: () => MetaAnswer, description: 'Only while the data store is away.' })
  meta?: MetaAnswer;
}

export class HeldMetricAnswer {
  @ApiProperty({ example: 'HeartRate' })
  metric_type!: string;

  @ApiProperty({ example: 'HKQuantityTypeIdentifierHeartRate' })
  identifier!: string;

  @ApiProperty({ example: 'heart rate' })
  display_name!: string;

  @ApiProperty({
    description:
      'The unit that aggregates are in, by the units the user has chosen; `%` is a percentage there. Records keep the ' +
      'units they were given in. Empty for categories that are only counted.',
    example: 'count/min',
  })
  unit!: string;

  @ApiProperty({ enum: ['cumulative', 'discrete', 'category'] })
  kind!: string;

  @ApiProperty({ example: 105120 })
  count!: number;

  @ApiProperty({ format: 'date-time', example: '2024-10-01T00:02:00+02:00' })
  first!: string;

  @ApiProperty({ format: 'date-time', example: WHEN })
  last!: string;

  @ApiProperty({ type: [String], example: ['Apple Watch'] })
  sources!: string[];
}

export class HeldMetricsAnswer {
  @ApiProperty({ type: () => [HeldMetricAnswer] })
  metrics!: HeldMetricAnswer[];

  @ApiPropertyOptional({ type: () => MetaAnswer, description: 'Only while the data store is away.' })
  meta?: MetaAnswer;
}

export class PushAnswer {
  @ApiProperty({ example: 2 })
  received!: number;

  @ApiProperty({ example: 1 })
  stored!: number;

  @ApiProperty({ description: 'Records that were there already.', example: 0 })
  duplicates!: number;

  @ApiProperty({ example: 1 })
  rejected!: number;

  @ApiProperty({
    type: 'array',
    items: {
      type: 'object',
      required: ['index', 'field', 'message'],
      properties: {
        index: { type: 'integer' },
        field: { type: 'string' },
        message: { type: 'string' },
        did_you_mean: { type: 'array', items: { type: 'string' } },
      },
    },
    example: [{ index: 1, field: 'end', message: 'is before start' }],
  })
  errors!: readonly RecordProblem[];

  @ApiProperty({ description: 'Problems that are not in `errors`, which has 100 at most, 20 of a record.', example: 0 })
  errors_omitted!: number;
}
