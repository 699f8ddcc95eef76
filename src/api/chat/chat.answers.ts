import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { MetaAnswer } from '../health-data/meta.answer';

const SESSION_ID = 'ses_4fzzzxjylrx1VdwrRkQpWdgq';
const WHEN = '2025-10-21T10:00:00.000Z';

export class ToolUseAnswer {
  @ApiProperty({ example: 'get_health_metrics' })
  name!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { metric_types: ['StepCount'], time_period: 'last week', aggregations: ['sum'], bucket: 'day' },
  })
  arguments!: Readonly<Record<string, unknown>>;

  @ApiProperty({ example: true })
  success!: boolean;

  @ApiPropertyOptional({ description: 'Why the tool could not answer.', example: 'HEALTH_DATA_NOT_FOUND' })
  error_code?: string;

  @ApiProperty({ example: 4 })
  execution_time_ms!: number;
}

export class MemoryStatsAnswer {
  @ApiProperty({ description: 'Earlier messages of the session that the turn could refer to.', example: 2 })
  short_term_messages!: number;

  @ApiProperty({ example: 0 })
  facts_used!: number;

  @ApiProperty({ description: 'The session could not be read, or this turn could not be kept.', example: false })
  degraded!: boolean;
}

export class TokenStatsAnswer {
  @ApiProperty({ example: 0 })
  prompt_tokens!: number;

  @ApiProperty({ example: 0 })
  completion_tokens!: number;

  @ApiProperty({ example: 0 })
  total_tokens!: number;
}

export class AnswerValidation {
  @ApiProperty({ description: 'Numbers of the answer that were looked up in the tools’ results.', example: 4 })
  checked!: number;

  @ApiProperty({ type: [String], description: 'Those that no tool said.', example: [] })
  unmatched!: readonly string[];
}

export class ChatAnswer {
  @ApiProperty({
    example: 'Your total steps last week (13 to 19 October 2025) were 42,000 steps: 7,000 steps per day on average.',
  })
  response!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Null for a stateless turn.', example: SESSION_ID })
  session_id!: string | null;

  @ApiProperty({ type: () => [ToolUseAnswer] })
  tools_used!: ToolUseAnswer[];

  @ApiProperty({ example: 1 })
  tool_calls_made!: number;

  @ApiProperty({ type: () => MemoryStatsAnswer })
  memory_stats!: MemoryStatsAnswer;

  @ApiProperty({ type: () => TokenStatsAnswer })
  token_stats!: TokenStatsAnswer;

  @ApiProperty({ type: () => AnswerValidation })
  validation!: AnswerValidation;

  @ApiProperty({ description: 'The model that answered, or `builtin`.', example: 'builtin' })
  answered_by!: string;

  @ApiProperty({ description: 'Whether this is a lesser answer than usual.', example: false })
  degraded!: boolean;

  @ApiProperty({ example: 12 })
  response_time_ms!: number;

  @ApiPropertyOptional({ type: () => MetaAnswer, description: 'Only while the data store is away.' })
  meta?: MetaAnswer;
}

export class ChatSessionAnswer {
  @ApiProperty({ example: SESSION_ID })
  session_id!: string;

  @ApiProperty({ description: 'How it began.', example: 'How many steps did I take last week?' })
  title!: string;

  @ApiProperty({ example: 3 })
  turns!: number;

  @ApiProperty({ format: 'date-time', example: WHEN })
  last_turn_at!: string;
}

export class ChatSessionsAnswer {
  @ApiProperty({ type: () => [ChatSessionAnswer] })
  sessions!: ChatSessionAnswer[];

  @ApiProperty({ type: String, nullable: true, description: 'For the next page; null on the last.', example: null })
  next_cursor!: string | null;
}

export class ToolSummaryAnswer {
  @ApiProperty({ example: 'get_health_metrics' })
  name!: string;

  @ApiProperty({ example: true })
  success!: boolean;
}

export class ChatMessageAnswer {
  @ApiProperty({ enum: ['user', 'assistant'] })
  role!: string;

  @ApiProperty({ example: 'How many steps did I take last week?' })
  content!: string;

  @ApiProperty({ format: 'date-time', example: WHEN })
  created_at!: string;

  @ApiPropertyOptional({ description: 'Of answers.', example: 'builtin' })
  answered_by?: string;

  @ApiPropertyOptional({ type: () => [ToolSummaryAnswer], description: 'Of answers.' })
  tools_used?: ToolSummaryAnswer[];
}

export class ChatMessagesAnswer {
  @ApiProperty({ type: () => [ChatMessageAnswer] })
  messages!: ChatMessageAnswer[];

  @ApiProperty({ type: String, nullable: true, description: 'For the next page; null on the last.', example: null })
  next_cursor!: string | null;
}
