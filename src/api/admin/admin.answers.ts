import type { LoadSnapshot, PolicySnapshot } from '@app/common';
import { ApiProperty } from '@nestjs/swagger';

const COUNTS_EXAMPLE = {
  calls: 1204,
  successes: 1198,
  errors: 6,
  failures: 6,
  timeouts: 4,
  retries: 3,
  retries_denied: 0,
  rejected_by_circuit: 0,
  rejected_by_bulkhead: 0,
  cancelled: 0,
  past_deadline: 0,
  fallbacks: 2,
  circuit_opened: 0,
};

export class MaintenanceAnswer {
  @ApiProperty({ description: 'Whether it holds at this moment', example: true })
  active!: boolean;

  @ApiProperty({ type: String, nullable: true, example: 'Moving to a new data store' })
  message!: string | null;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', example: '2099-10-21T21:30:00.000Z' })
  until!: string | null;

  @ApiProperty({ type: 'integer', nullable: true, example: null })
  retry_after_seconds!: number | null;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', example: '2025-10-21T21:00:00.000Z' })
  changed_at!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The user id, for the most part hidden',
    example: 'op***or',
  })
  changed_by!: string | null;

  @ApiProperty({ description: 'Whether Redis has it, for all replicas to go by', example: true })
  shared!: boolean;
}

export class PolicyAnswer implements PolicySnapshot {
  @ApiProperty({ example: 'redis' })
  name!: string;

  @ApiProperty({ enum: ['closed', 'open', 'half_open', 'isolated'] })
  state!: PolicySnapshot['state'];

  @ApiProperty({ type: String, nullable: true, format: 'date-time', example: null })
  next_trial_at!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'REDIS_OPERATION_TIMEOUT' })
  last_error_code!: PolicySnapshot['last_error_code'];

  @ApiProperty({ example: 3 })
  in_flight!: number;

  @ApiProperty({ example: 0 })
  queued!: number;

  @ApiProperty({ description: 'Retries that would be allowed now', example: 10 })
  retry_budget_left!: number;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'integer' }, example: COUNTS_EXAMPLE })
  counts!: PolicySnapshot['counts'];
}

export class LoadAnswer implements LoadSnapshot {
  @ApiProperty({ isArray: true, enum: ['event_loop_delay_ms', 'heap_percent', 'in_flight'], example: [] })
  exceeded!: LoadSnapshot['exceeded'];

  @ApiProperty({ description: 'Mean over the last half second', example: 1.2 })
  event_loop_delay_ms!: number;

  @ApiProperty({ description: 'Of the limit of the heap', example: 4.5 })
  heap_percent!: number;

  @ApiProperty({ example: 12 })
  in_flight!: number;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    description: 'Requests turned away, by the measure that was beyond its limit',
    example: { event_loop_delay_ms: 0, heap_percent: 0, in_flight: 41 },
  })
  shed!: LoadSnapshot['shed'];
}

export class ResilienceAnswer {
  @ApiProperty({ type: [PolicyAnswer] })
  policies!: PolicySnapshot[];

  @ApiProperty({ type: LoadAnswer })
  load!: LoadSnapshot;
}
