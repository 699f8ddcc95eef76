import { EventLogger, NotFoundError } from '@app/common';
import { Injectable } from '@nestjs/common';
import type { ChatTurn } from '../../services/chat-sessions/chat-session';
import { ChatSessionsService } from '../../services/chat-sessions/chat-sessions.service';
import type { PastTurn } from '../responder/responder';
import type { TurnRequest } from './turn-event';

/** What a turn remembers; it goes with the turn from its start to its end. */
export interface Recollection {
  readonly sessionId: string | null;
  readonly isNew: boolean;
  readonly history: readonly PastTurn[];
  readonly degraded: boolean;
}

/** The memory of a conversation as the agent sees it: when it fails, the turn goes on without. */
@Injectable()
export class ConversationMemory {
  constructor(
    private readonly sessions: ChatSessionsService,
    private readonly events: EventLogger,
  ) {}

  /** Throws NotFoundError CHAT_SESSION_NOT_FOUND when the user has no such session; nothing else. */
  async recall(userId: string, { stateful, sessionId }: TurnRequest): Promise<Recollection> {
    if (!stateful) return { sessionId: null, isNew: true, history: [], degraded: false };
    if (sessionId === undefined) return { sessionId: this.sessions.newId(), isNew: true, history: [], degraded: false };
    try {
      return { sessionId, isNew: false, history: await this.sessions.history(userId, sessionId), degraded: false };
    } catch (error) {
      if (error instanceof NotFoundError) throw error;
      this.events.warn('chat_memory_degraded', { operation: 'recall', err: error });
      // A session that began during the outage is known here, and only here.
      return { sessionId, isNew: false, history: this.sessions.heldBack(userId, sessionId), degraded: true };
    }
  }

  /** Keeps the turn; whether that worked. A session that was deleted during the turn stays deleted. */
  async keep(userId: string, { sessionId, isNew }: Recollection, turn: ChatTurn): Promise<boolean> {
    if (sessionId === null) return true;
    try {
      if (isNew) await this.sessions.begin(userId, sessionId, turn);
      else await this.sessions.append(userId, sessionId, turn);
      return true;
    } catch (error) {
      this.events.warn('chat_memory_degraded', { operation: 'keep', err: error });
      return false;
    }
  }
}
