import { LOG_LEVELS, type LogLevelReport, type Replica, type RunTimeLogLevel } from '@app/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { ReplicaAnswer } from './replica.answer';

const QUARTER_OF_AN_HOUR = 900;
const LONGEST_SECONDS = 6 * 3_600;

export class ChangeLogLevelDto {
  @ApiProperty({ enum: LOG_LEVELS, example: 'debug' })
  @IsIn(LOG_LEVELS)
  level!: RunTimeLogLevel;

  @ApiPropertyOptional({ description: 'After which it goes back by itself', default: QUARTER_OF_AN_HOUR })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(LONGEST_SECONDS)
  for_seconds: number = QUARTER_OF_AN_HOUR;
}

export class LogLevelAnswer implements LogLevelReport {
  @ApiProperty({ example: 'debug' })
  level!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'date-time',
    description: 'When it goes back by itself; null when it is the configured one',
    example: '2025-10-21T21:15:00.000Z',
  })
  until!: string | null;

  @ApiProperty({ description: 'What it goes back to', example: 'info' })
  configured_level!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The user id, for the most part hidden',
    example: 'op***or',
  })
  changed_by!: string | null;

  @ApiProperty({ enum: ['replica'], description: 'It holds in the replica that answers, and in no other' })
  scope!: 'replica';

  @ApiProperty({ type: ReplicaAnswer })
  replica!: Replica;
}
