import { currentContext, type StreamEvent, EventStreams, type User } from '@app/common';
import { Injectable, type StreamableFile } from '@nestjs/common';
import { AgentService } from '../../agent/loop/agent.service';
import type { TurnRequest } from '../../agent/loop/turn-event';
import { ChatSessionsService } from '../../services/chat-sessions/chat-sessions.service';
import { IdempotencyService, type Replayable } from '../../services/idempotency/idempotency.service';
import { fingerprintOf } from '../idempotency/fingerprint';
import type { ChatAnswer, ChatMessagesAnswer, ChatSessionsAnswer } from './chat.answers';
import type { ChatPageDto, StatefulChatDto, StatelessChatDto } from './chat.dto';
import { presentEvents, presentMessages, presentSessions, presentTurn } from './chat.presenter';

const STATEFUL_STREAM = 'POST /api/v1/chat/stateful/stream';

/** Between the chat routes and the agent: requests in, answers in the API's shape out. */
@Injectable()
export class ChatRequests {
  constructor(
    private readonly agent: AgentService,
    private readonly sessions: ChatSessionsService,
    private readonly streams: EventStreams,
    private readonly idempotency: IdempotencyService,
  ) {}

  async answerOnce(user: User, body: StatelessChatDto): Promise<ChatAnswer> {
    return presentTurn(await this.agent.answer(user.id, once(body), requestSignal()));
  }

  async answerInSession(user: User, body: StatefulChatDto): Promise<ChatAnswer> {
    return presentTurn(await this.agent.answer(user.id, inSession(body), requestSignal()));
  }

  streamOnce(user: User, body: StatelessChatDto): Promise<StreamableFile> {
    return this.streams.open(this.turn(user, once(body)), { name: 'POST /api/v1/chat/stateless/stream' });
  }

  async streamInSession(user: User, body: StatefulChatDto, key?: string): Promise<Replayable<StreamableFile>> {
    const { answer, replayed } = await this.idempotency.stream(
      { userId: user.id, route: STATEFUL_STREAM, key },
      () => Promise.resolve(fingerprintOf(STATEFUL_STREAM, body)),
      () => this.turn(user, inSession(body)),
      ({ type }) => type === 'done',
    );
    return { answer: await this.streams.open(answer, { name: STATEFUL_STREAM }), replayed };
  }

  async list(user: User, page: ChatPageDto): Promise<ChatSessionsAnswer> {
    return presentSessions(await this.sessions.list(user.id, page));
  }

  async messages(user: User, sessionId: string, page: ChatPageDto): Promise<ChatMessagesAnswer> {
    return presentMessages(await this.sessions.messages(user.id, sessionId, page));
  }

  delete(user: User, sessionId: string): Promise<void> {
    return this.sessions.delete(user.id, sessionId);
  }

  private turn(user: User, request: TurnRequest): AsyncIterable<StreamEvent> {
    return presentEvents(this.agent.turn(user.id, { ...request, streamed: true }, requestSignal()));
  }
}

function once({ message }: StatelessChatDto): TurnRequest {
  return { message, stateful: false };
}

function inSession({ message, session_id: sessionId }: StatefulChatDto): TurnRequest {
  return { message, stateful: true, sessionId: sessionId ?? undefined };
}

/** Aborts when the client goes away or the deadline passes. */
function requestSignal(): AbortSignal {
  return currentContext()?.signal ?? new AbortController().signal;
}
