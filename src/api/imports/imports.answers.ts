import { ApiProperty } from '@nestjs/swagger';
import { IMPORT_STATUSES } from '../../services/imports/import-state';

const ID = 'imp_0mh4x8k2c5f1a9e3d7b2c4f6a8e0';
const WHEN = '2025-09-30T06:15:00.000Z';

export class ImportLinksAnswer {
  @ApiProperty({ example: `/api/v1/imports/${ID}` })
  self!: string;

  @ApiProperty({ example: `/api/v1/imports/${ID}/events` })
  events!: string;
}

export class ImportReceiptAnswer {
  @ApiProperty({ example: ID })
  import_id!: string;

  @ApiProperty({ enum: IMPORT_STATUSES, example: 'queued' })
  status!: string;

  @ApiProperty({ type: () => ImportLinksAnswer })
  links!: ImportLinksAnswer;
}

export class ImportProgressAnswer {
  @ApiProperty({ description: 'Of the XML, which is larger than a zip.', example: 52428800 })
  bytes_read!: number;

  @ApiProperty({ example: 104857600 })
  bytes_total!: number;

  @ApiProperty({ example: 50 })
  percent!: number;

  @ApiProperty({ example: 120000 })
  records_seen!: number;

  @ApiProperty({ description: 'Records that were not held before.', example: 119800 })
  records_stored!: number;

  @ApiProperty({ example: 200 })
  duplicates!: number;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    description: 'What was passed over: elements by name, files by kind, records by what is wrong with them.',
    example: { Correlation: 12, route_file: 3, invalid_date: 1 },
  })
  skipped!: Record<string, number>;

  @ApiProperty({ example: 60000 })
  records_per_second!: number;

  @ApiProperty({ type: 'integer', nullable: true, example: 2 })
  eta_seconds!: number | null;
}

export class ImportedMetricAnswer {
  @ApiProperty({ example: 'HeartRate' })
  metric_type!: string;

  @ApiProperty({ description: 'Records of this type in the file, duplicates included.', example: 42000 })
  count!: number;

  @ApiProperty({ format: 'date-time', example: WHEN })
  first!: string;

  @ApiProperty({ format: 'date-time', example: WHEN })
  last!: string;
}

export class ImportResultAnswer {
  @ApiProperty({ example: 240000 })
  records!: number;

  @ApiProperty({ example: 85 })
  workouts!: number;

  @ApiProperty({ example: 365 })
  activity_summaries!: number;

  @ApiProperty({ type: () => [ImportedMetricAnswer] })
  metrics!: ImportedMetricAnswer[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The zone learnt for this user: a name, or an offset.',
    example: 'Europe/Paris',
  })
  time_zone!: string | null;

  @ApiProperty({ type: [String], description: 'For people.', example: [] })
  warnings!: string[];
}

export class ImportErrorAnswer {
  @ApiProperty({ example: 'IMPORT_FILE_UNREADABLE' })
  code!: string;

  @ApiProperty({ example: 'The file is not a readable Apple Health export' })
  message!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { reason: 'truncated_zip', hint: 'The end of the zip is missing.', records_stored: 0 },
  })
  details!: Record<string, unknown>;
}

export class ImportAnswer {
  @ApiProperty({ example: ID })
  import_id!: string;

  @ApiProperty({ enum: IMPORT_STATUSES, example: 'running' })
  status!: string;

  @ApiProperty({ enum: ['zip', 'xml'] })
  kind!: string;

  @ApiProperty({ description: 'Size of the upload.', example: 8388608 })
  file_bytes!: number;

  @ApiProperty({ format: 'date-time', example: WHEN })
  created_at!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: WHEN })
  started_at!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  finished_at!: string | null;

  @ApiProperty({ type: () => ImportProgressAnswer })
  progress!: ImportProgressAnswer;

  @ApiProperty({ type: () => ImportResultAnswer, nullable: true, description: 'Once it has ended.' })
  result!: ImportResultAnswer | null;

  @ApiProperty({ type: () => ImportErrorAnswer, nullable: true, description: 'Why it failed, if it did.' })
  error!: ImportErrorAnswer | null;
}

export class ImportListAnswer {
  @ApiProperty({ type: () => [ImportAnswer] })
  imports!: ImportAnswer[];

  @ApiProperty({ type: String, nullable: true, description: 'For the next page; null on the last.', example: null })
  next_cursor!: string | null;
}
