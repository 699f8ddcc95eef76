import { InfrastructureError, NotFoundError } from '@app/common';
import { Injectable } from '@nestjs/common';
import { type ChatSession, type ChatTurn, newSessionId, type NumberedTurn } from './chat-session';
import { ChatSessionsRepository } from './chat-sessions.repository';
import { type LateTurn, LateTurns } from './late-turns.service';
import { decodeCursor, encodeCursor } from './session-cursor';

/** Turns that a turn may refer to. */
const HISTORY_TURNS = 20;

export interface Page {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface SessionPage {
  readonly sessions: readonly ChatSession[];
  readonly nextCursor: string | null;
}

export interface MessagePage {
  readonly messages: readonly ChatMessage[];
  readonly nextCursor: string | null;
}

export interface ChatMessage {
  readonly role: 'user' | 'assistant';
  readonly content: string;
  readonly createdAt: number;
  /** Of answers: who gave them, and the tools they came from. */
  readonly answeredBy?: string;
  readonly toolsUsed?: ChatTurn['toolsUsed'];
}

/** The memory of conversations. All methods throw the errors of `RedisGateway`. */
@Injectable()
export class ChatSessionsService {
  constructor(
    private readonly repository: ChatSessionsRepository,
    private readonly late: LateTurns,
  ) {}

  newId(): string {
    return newSessionId();
  }

  /**
   * The newest turns of a session, oldest first.
   * @throws NotFoundError CHAT_SESSION_NOT_FOUND when this user has no such session
   */
  async history(userId: string, sessionId: string): Promise<NumberedTurn[]> {
    if (this.late.of(userId, sessionId).length > 0) await this.late.keepHeldOf(userId, sessionId);
    const turns = await this.repository.latest(userId, sessionId, HISTORY_TURNS);
    if (turns.length === 0) throw absent(sessionId);
    return turns;
  }

  /** What can be told of a session while Redis is away: the turns that are still to be kept, oldest first. */
  heldBack(userId: string, sessionId: string): ChatTurn[] {
    return this.late.of(userId, sessionId);
  }

  /** Keeps the first turn of a new session; later, when Redis is away. */
  async begin(userId: string, sessionId: string, turn: ChatTurn): Promise<void> {
    await this.keep({ userId, sessionId, turn, mustExist: false });
  }

  /**
   * Keeps a further turn, after all that were kept before it; later, when Redis is away.
   * @throws NotFoundError CHAT_SESSION_NOT_FOUND when the session has been deleted meanwhile
   */
  async append(userId: string, sessionId: string, turn: ChatTurn): Promise<void> {
    if (!(await this.keep({ userId, sessionId, turn, mustExist: true }))) throw absent(sessionId);
  }

  /** A turn that has to wait still throws, so that its caller can say that it is not kept yet. */
  private async keep({ userId, ...append }: LateTurn): Promise<boolean> {
    const { sessionId } = append;
    if (this.late.of(userId, sessionId).length > 0) await this.late.keepHeldOf(userId, sessionId);
    try {
      const before = this.late.of(userId, sessionId).length;
      if (before > 0) throw new InfrastructureError('MEMORY_STORAGE_FAILED', { details: { operation: 'keep_turn' } });
      return await this.repository.append(userId, append);
    } catch (error) {
      if (error instanceof InfrastructureError) this.late.add({ userId, ...append });
      throw error;
    }
  }

  /** Sessions by last turn, newest first. Throws ValidationError for a cursor that is not one of this list. */
  async list(userId: string, { limit, cursor }: Page): Promise<SessionPage> {
    const [at = Number.MAX_SAFE_INTEGER, skip = 0] = cursor === undefined ? [] : decodeCursor(cursor, 2);
    const found = await this.repository.list(userId, { at, skip }, limit + 1);
    const sessions = found.slice(0, limit);
    const last = sessions.at(-1);
    return {
      sessions: sessions.filter(({ turns }) => turns > 0),
      nextCursor:
        found.length > limit && last !== undefined ? encodeCursor(placeAfter(last, sessions, { at, skip })) : null,
    };
  }

  /**
   * The messages of a session, oldest first; a page holds whole turns.
   * @throws NotFoundError CHAT_SESSION_NOT_FOUND; ValidationError for a cursor that is not one of this list
   */
  async messages(userId: string, sessionId: string, { limit, cursor }: Page): Promise<MessagePage> {
    const [from = 1] = cursor === undefined ? [] : decodeCursor(cursor, 1);
    const perPage = Math.max(1, Math.floor(limit / 2));
    const found = await this.repository.from(userId, sessionId, from, perPage + 1);
    if (found === undefined) throw absent(sessionId);
    const next = found[perPage];
    return {
      messages: found.slice(0, perPage).flatMap(messagesOf),
      nextCursor: next === undefined ? null : encodeCursor([next.number]),
    };
  }

  /** Throws NotFoundError CHAT_SESSION_NOT_FOUND. */
  async delete(userId: string, sessionId: string): Promise<void> {
    const isHeld = this.late.of(userId, sessionId).length > 0;
    const isDeleted = await this.repository.delete(userId, sessionId);
    this.late.forget(userId, sessionId);
    if (!isDeleted && !isHeld) throw absent(sessionId);
  }
}

/** Sessions with the same time of last turn are told apart by how many of them were delivered. */
function placeAfter(
  { lastTurnAt }: ChatSession,
  page: readonly ChatSession[],
  before: { readonly at: number; readonly skip: number },
): number[] {
  const delivered = page.filter((session) => session.lastTurnAt === lastTurnAt).length;
  return [lastTurnAt, delivered + (before.at === lastTurnAt ? before.skip : 0)];
}

function messagesOf(turn: ChatTurn): ChatMessage[] {
  const { message, askedAt, response, answeredAt, answeredBy, toolsUsed } = turn;
  return [
    { role: 'user', content: message, createdAt: askedAt },
    { role: 'assistant', content: response, createdAt: answeredAt, answeredBy, toolsUsed },
  ];
}

function absent(sessionId: string): NotFoundError<'CHAT_SESSION_NOT_FOUND'> {
  return new NotFoundError('CHAT_SESSION_NOT_FOUND', { details: { session_id: sessionId.slice(0, 100) } });
}
