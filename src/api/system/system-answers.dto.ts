import { ApiProperty } from '@nestjs/swagger';

/** `/`: where everything is. */
export class ServiceIndexDto {
  @ApiProperty({ example: 'wellness-api' })
  name!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { docs: '/docs', health: '/health' },
  })
  links!: Record<string, string>;
}

export class ProbeReportDto {
  @ApiProperty({ enum: ['ok', 'unavailable'] })
  status!: string;

  @ApiProperty({ required: false, example: 'draining', description: 'Why not: starting, draining, or what is missing' })
  reason?: string;

  @ApiProperty({ required: false, example: 'SYSTEM_SHUTTING_DOWN', description: 'Code of the catalogue' })
  error?: string;
}

export class HealthReportDto {
  @ApiProperty({ enum: ['healthy', 'unhealthy'] })
  status!: string;

  @ApiProperty({ format: 'date-time', example: '2025-10-21T23:15:00.000Z' })
  timestamp!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'object', additionalProperties: true },
    description: 'By name; an unhealthy one carries `error`, a code of the catalogue',
    example: {
      redis: {
        status: 'healthy',
        latency_ms: 0.4,
        version: '7.0.15',
        eviction_policy: 'noeviction',
        memory_used_percent: 12.5,
      },
      llm: { status: 'healthy', model: 'builtin' },
    },
  })
  components!: Record<string, unknown>;
}

class ErrorDetailDto {
  @ApiProperty({ example: 'time_period' })
  name!: string;

  @ApiProperty({ example: 'string' })
  type!: string;

  @ApiProperty({ example: 'The period as it was understood' })
  description!: string;

  @ApiProperty({
    oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'array', items: {} }],
    example: 'last_30_days',
  })
  example!: unknown;
}

export class ErrorDescriptionDto {
  @ApiProperty({ example: 'HEALTH_DATA_NOT_FOUND' })
  code!: string;

  @ApiProperty({ example: 422 })
  status!: number;

  @ApiProperty({ example: 'business' })
  category!: string;

  @ApiProperty({ example: 'No health data found for the requested time period' })
  message!: string;

  @ApiProperty({ example: false, description: 'Whether the same request can succeed later without being changed' })
  retryable!: boolean;

  @ApiProperty({ type: 'integer', nullable: true, example: null })
  retry_after_seconds!: number | null;

  @ApiProperty({ example: 'Ask for one of details.available_periods, or import data first.' })
  action!: string;

  @ApiProperty({ type: [ErrorDetailDto] })
  details!: ErrorDetailDto[];
}

export class ErrorListDto {
  @ApiProperty({ type: [ErrorDescriptionDto] })
  errors!: ErrorDescriptionDto[];
}
