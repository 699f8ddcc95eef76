import {
  type ErrorGroup,
  type LatencyFigures,
  type PerformanceReport,
  type Replica,
  type RequestTimings,
  type RequestTrace,
  TRACE_RANKS,
  type TracedCall,
  type TracedEvent,
} from '@app/common';
import { ApiProperty } from '@nestjs/swagger';
import { ReplicaAnswer } from './replica.answer';

const EVENT_EXAMPLE: TracedEvent = {
  at_ms: 1003.4,
  level: 'error',
  event: 'request_failed',
  method: 'GET',
  route: '/api/v1/me',
  status: 503,
  error_code: 'REDIS_OPERATION_TIMEOUT',
  err: {
    type: 'PolicyTimeout',
    code: 'REDIS_OPERATION_TIMEOUT',
    message: 'The data store did not answer in time',
    stack: '    at Policy.translated (policy.ts:178:14)',
  },
};
const CALL_EXAMPLE: TracedCall = {
  at_ms: 1002.9,
  policy: 'redis',
  operation: 'read_profile',
  outcome: 'error',
  attempts: 1,
  breaker: 'closed',
  duration_ms: 1001.2,
  error_code: 'REDIS_OPERATION_TIMEOUT',
};
const TIMINGS_EXAMPLE: RequestTimings = {
  total_ms: 1003.5,
  admission_ms: 0.4,
  handler_ms: 1003.1,
  calls: { redis: { ms: 1001.2, count: 1 } },
};

abstract class OfOneReplica {
  @ApiProperty({ enum: ['replica'] })
  scope!: 'replica';

  @ApiProperty({ type: ReplicaAnswer })
  replica!: Replica;
}

export class ErrorGroupAnswer implements ErrorGroup {
  @ApiProperty({ type: String, nullable: true, example: 'REDIS_OPERATION_TIMEOUT' })
  error_code!: ErrorGroup['error_code'];

  @ApiProperty({ type: String, nullable: true, example: 'GET' })
  method!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Its template', example: '/api/v1/me' })
  route!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The event that told of it, when it is not what the request was answered with',
    example: null,
  })
  event!: string | null;

  @ApiProperty({ type: 'integer', nullable: true, example: 503 })
  status!: number | null;

  @ApiProperty({ example: 12 })
  count!: number;

  @ApiProperty({ format: 'date-time', example: '2025-10-21T21:00:00.000Z' })
  first_seen!: string;

  @ApiProperty({ format: 'date-time', example: '2025-10-21T21:04:10.000Z' })
  last_seen!: string;

  @ApiProperty({ description: 'Of the latest few, the newest first', example: ['req_7f8a9b2c41d05e63'] })
  correlation_ids!: string[];
}

export class ErrorsAnswer extends OfOneReplica {
  @ApiProperty({ type: [ErrorGroupAnswer] })
  errors!: ErrorGroup[];
}

class RequestTraceItem implements RequestTrace {
  @ApiProperty({ enum: TRACE_RANKS })
  kept_because!: RequestTrace['kept_because'];

  @ApiProperty({ example: '7f8a9b2c41d05e63a3ce929d0e0e4736' })
  trace_id!: string;

  @ApiProperty({ type: String, nullable: true, description: 'For the most part hidden', example: 'al***09' })
  user!: string | null;

  @ApiProperty({ format: 'date-time', example: '2025-10-21T21:04:09.000Z' })
  started_at!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Null for work that no request waits for', example: 'GET' })
  method!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '/api/v1/me' })
  route!: string | null;

  @ApiProperty({ type: 'integer', nullable: true, example: 503 })
  status!: number | null;

  @ApiProperty({ type: String, nullable: true, example: 'REDIS_OPERATION_TIMEOUT' })
  error_code!: RequestTrace['error_code'];

  @ApiProperty({ type: Number, nullable: true, example: 1003.5 })
  duration_ms!: number | null;

  @ApiProperty({
    type: 'object',
    nullable: true,
    additionalProperties: true,
    description: 'As in `Server-Timing`; what ran at the same time is counted for each',
    example: TIMINGS_EXAMPLE,
  })
  timings!: RequestTimings | null;

  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    description: 'In the order they came',
    example: [EVENT_EXAMPLE],
  })
  events!: TracedEvent[];

  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    description: 'Calls to dependencies, in the order they ended',
    example: [CALL_EXAMPLE],
  })
  calls!: TracedCall[];

  @ApiProperty({ description: 'Events and calls for which there was no room', example: 0 })
  left_out!: number;
}

export class RequestTraceAnswer extends OfOneReplica {
  @ApiProperty({ example: 'req_7f8a9b2c41d05e63' })
  correlation_id!: string;

  @ApiProperty({ type: [RequestTraceItem], description: 'The newest first; callers may give several requests one id' })
  requests!: RequestTrace[];
}

class LatencyAnswer implements LatencyFigures {
  @ApiProperty({ description: 'A method and a route, a tool, or a policy and an operation', example: 'GET /api/v1/me' })
  name!: string;

  @ApiProperty({ example: 1201 })
  count!: number;

  @ApiProperty({ example: 1.21 })
  p50_ms!: number;

  @ApiProperty({ example: 4.8 })
  p95_ms!: number;

  @ApiProperty({ example: 9.3 })
  p99_ms!: number;

  @ApiProperty({ example: 38.7 })
  max_ms!: number;
}

export class PerformanceAnswer extends OfOneReplica implements PerformanceReport {
  @ApiProperty({ description: 'Of how many seconds the figures are, at most', example: 240 })
  window_seconds!: number;

  @ApiProperty({ type: [LatencyAnswer], description: 'The slowest first, by their 95th percentile' })
  routes!: readonly LatencyFigures[];

  @ApiProperty({ type: [LatencyAnswer], description: 'Tools of the agent' })
  tools!: readonly LatencyFigures[];

  @ApiProperty({ type: [LatencyAnswer], description: 'Calls to dependencies, with all their attempts' })
  calls!: readonly LatencyFigures[];
}
