import { ApiAnswer, ApiErrors, CurrentUser, Deadline, EventStream, RateLimit, Scopes, type User } from '@app/common';
import { Body, Controller, HttpCode, Post, RequestMethod, StreamableFile, UseInterceptors } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Replayable } from '../../services/idempotency/idempotency.service';
import { IdempotencyKey } from '../idempotency/idempotency-key.decorator';
import { ApiIdempotencyKey, Idempotent } from '../idempotency/idempotent.decorator';
import { ReplayInterceptor } from '../idempotency/replay.interceptor';
import { ChatAnswer } from './chat.answers';
import { StatefulChatDto, StatelessChatDto } from './chat.dto';
import { ChatRequests } from './chat.requests';

/** Of the language model, where the built-in responder may not (`LLM_FALLBACK=none`) or can no longer answer. */
const LLM_ERRORS = [
  'LLM_SERVICE_FAILED',
  'LLM_RATE_LIMITED',
  'LLM_RESPONSE_INVALID',
  'LLM_CIRCUIT_OPEN',
  'LLM_CAPACITY_EXHAUSTED',
] as const;

const STREAMED = 'Server-sent events; the data of `done` is what the route without /stream answers';

@ApiTags('chat')
@RateLimit('chat')
@Controller({ path: 'chat', version: '1' })
export class ChatController {
  constructor(private readonly requests: ChatRequests) {}

  @Post('stateless')
  @ApiOperation({ summary: 'Ask about health data; nothing is remembered' })
  @ApiAnswer(ChatAnswer, { description: 'The answer, and how it came about; failed tools are part of it' })
  @ApiErrors(...LLM_ERRORS)
  @HttpCode(200)
  @Deadline('chat')
  @Scopes('chat')
  answerOnce(@CurrentUser() user: User, @Body() body: StatelessChatDto): Promise<ChatAnswer> {
    return this.requests.answerOnce(user, body);
  }

  @Post('stateful')
  @ApiOperation({ summary: 'Ask within a session, which follow-up questions can lean on' })
  @ApiAnswer(ChatAnswer, { description: 'The answer, with the session it belongs to' })
  @ApiErrors('CHAT_SESSION_NOT_FOUND', ...LLM_ERRORS)
  @HttpCode(200)
  @Idempotent()
  @Deadline('chat')
  @Scopes('chat')
  answerInSession(@CurrentUser() user: User, @Body() body: StatefulChatDto): Promise<ChatAnswer> {
    return this.requests.answerInSession(user, body);
  }

  @EventStream('stateless/stream', { method: RequestMethod.POST })
  @ApiOkResponse({ description: STREAMED })
  @ApiOperation({ summary: 'Ask, and get the answer as it comes: `tool`, `token`, then `done` or `error`' })
  @ApiErrors(...LLM_ERRORS)
  @Deadline('chat')
  @Scopes('chat')
  streamOnce(@CurrentUser() user: User, @Body() body: StatelessChatDto): Promise<StreamableFile> {
    return this.requests.streamOnce(user, body);
  }

  @EventStream('stateful/stream', { method: RequestMethod.POST })
  @ApiOkResponse({ description: STREAMED })
  @ApiOperation({ summary: 'Ask within a session, and get the answer as it comes' })
  @ApiErrors('CHAT_SESSION_NOT_FOUND', ...LLM_ERRORS)
  @UseInterceptors(ReplayInterceptor)
  @ApiIdempotencyKey()
  @Deadline('chat')
  @Scopes('chat')
  streamInSession(
    @CurrentUser() user: User,
    @Body() body: StatefulChatDto,
    @IdempotencyKey() key?: string,
  ): Promise<Replayable<StreamableFile>> {
    return this.requests.streamInSession(user, body, key);
  }
}
