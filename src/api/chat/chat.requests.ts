import { currentContext, EventStreams, type User } from '@app/common';
import { Injectable, type StreamableFile } from '@nestjs/common';
import { AgentService } from '../../agent/loop/agent.service';
import type { TurnRequest } from '../../agent/loop/turn-event';
import { ChatSessionsService } from '../../services/chat-sessions/chat-sessions.service';
import type { ChatAnswer, ChatMessagesAnswer, ChatSessionsAnswer } from './chat.answers';
import type { ChatPageDto, StatefulChatDto, StatelessChatDto } from './chat.dto';
import { presentEvents, presentMessages, presentSessions, presentTurn } from './chat.presenter';

/** Between the chat routes and the agent: requests in, answers in the API's shape out. */
@Injectable()
export class ChatRequests {
  constructor(
    private readonly agent: AgentService,
    private readonly sessions: ChatSessionsService,
    private readonly streams: EventStreams,
  ) {}

  async answerOnce(user: User, body: StatelessChatDto): Promise<ChatAnswer> {
    return presentTurn(await this.agent.answer(user.id, once(body), requestSignal()));
  }

  async answerInSession(user: User, body: StatefulChatDto): Promise<ChatAnswer> {
    return presentTurn(await this.agent.answer(user.id, inSession(body), requestSignal()));
  }

  streamOnce(user: User, body: StatelessChatDto): Promise<StreamableFile> {
    return this.stream(user, once(body), 'POST /api/v1/chat/stateless/stream');
  }

  streamInSession(user: User, body: StatefulChatDto): Promise<StreamableFile> {
    return this.stream(user, inSession(body), 'POST /api/v1/chat/stateful/stream');
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

  private stream(user: User, request: TurnRequest, name: string): Promise<StreamableFile> {
    return this.streams.open(presentEvents(this.agent.turn(user.id, { ...request, streamed: true }, requestSignal())), {
      name,
    });
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
