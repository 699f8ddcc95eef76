import { EventLogger, WellnessError } from '@app/common';
import { Injectable } from '@nestjs/common';
import { newTurnId } from '../../services/chat-sessions/chat-session';
import { type Preferences, ProfileService } from '../../services/profile/profile.service';
import { ToolRegistry } from '../../tools/registry/tool-registry.service';
import { Responder, type ResponderEvent, type TokenStats } from '../responder/responder';
import { checkAnswer } from './answer-check';
import { ConversationMemory, type Recollection } from './conversation-memory.service';
import type { TurnEvent, TurnOutcome, TurnRequest } from './turn-event';
import { TurnTools } from './turn-tools';

/** How a user is answered whose settings can't be read: their data can't be read either, and the tools will say so. */
const UNKNOWN_PREFERENCES: Preferences = {
  timeZone: 'UTC',
  timeZoneSource: 'default',
  units: 'metric',
  weekStart: 'monday',
};

type End = Extract<ResponderEvent, { type: 'end' }>;

/** A turn that is being answered. */
interface Turn {
  readonly userId: string;
  readonly request: TurnRequest;
  readonly startedAt: number;
  readonly memory: Recollection;
  readonly tools: TurnTools;
}

/** Answers one message: recalls the session, lets the responder work with the tools, checks and keeps the answer. */
@Injectable()
export class AgentService {
  constructor(
    private readonly responder: Responder,
    private readonly registry: ToolRegistry,
    private readonly memory: ConversationMemory,
    private readonly profile: ProfileService,
    private readonly events: EventLogger,
  ) {}

  /**
   * Tools and tokens as they come, then `done`.
   * @throws NotFoundError CHAT_SESSION_NOT_FOUND before the first event, the reason of `signal` when it aborts, and
   *   what the responder throws; failures of tools and of the memory are part of the answer instead
   */
  async *turn(userId: string, request: TurnRequest, signal: AbortSignal): AsyncIterable<TurnEvent> {
    const startedAt = Date.now();
    const [memory, preferences] = await Promise.all([this.memory.recall(userId, request), this.preferences(userId)]);
    const tools = new TurnTools(this.registry, userId, signal);
    const { message } = request;
    const { history } = memory;
    let response = '';
    let end: End | undefined;
    for await (const event of this.responder.respond({
      message,
      history,
      isHistoryLost: memory.degraded,
      preferences,
      now: startedAt,
      tools,
      signal,
      canTakeBack: request.streamed !== true,
    })) {
      signal.throwIfAborted();
      if (event.type === 'end') {
        end = event;
        continue;
      }
      if (event.type === 'taken_back') {
        response = '';
        continue;
      }
      if (event.type === 'token') response += event.text;
      yield event;
    }
    if (end === undefined) throw new TypeError('the responder ended without an end event');
    yield { type: 'done', outcome: await this.finish({ userId, request, startedAt, memory, tools }, response, end) };
  }

  /** The same, for callers that want the whole answer at once. */
  async answer(userId: string, request: TurnRequest, signal: AbortSignal): Promise<TurnOutcome> {
    for await (const event of this.turn(userId, request, signal)) {
      if (event.type === 'done') return event.outcome;
    }
    throw new TypeError('the turn ended without an outcome');
  }

  private async finish(turn: Turn, response: string, end: End): Promise<TurnOutcome> {
    const { userId, request, startedAt, memory, tools } = turn;
    const kept = await this.memory.keep(userId, memory, {
      id: newTurnId(),
      askedAt: startedAt,
      answeredAt: Date.now(),
      message: request.message,
      response,
      answeredBy: end.answeredBy,
      toolsUsed: tools.calls.map(({ name, result }) => ({ name, success: result.success })),
      ...(end.interpretation !== undefined && { interpretation: end.interpretation }),
    });
    const outcome = {
      response,
      sessionId: memory.sessionId,
      calls: tools.calls,
      memory: {
        shortTermMessages: memory.history.length * 2,
        factsUsed: 0,
        degraded: memory.degraded || !kept,
      },
      tokens: end.tokens satisfies TokenStats,
      validation: checkAnswer(response, tools.calls, request.message),
      answeredBy: end.answeredBy,
      degraded: end.degraded,
      responseTimeMs: Date.now() - startedAt,
    };
    this.log(outcome, request);
    return outcome;
  }

  private async preferences(userId: string): Promise<Preferences> {
    try {
      return await this.profile.preferences(userId);
    } catch (error) {
      if (!(error instanceof WellnessError)) throw error;
      this.events.warn('chat_memory_degraded', { operation: 'preferences', err: error });
      return UNKNOWN_PREFERENCES;
    }
  }

  private log(outcome: TurnOutcome, { stateful }: TurnRequest): void {
    const { answeredBy, calls, degraded, memory, responseTimeMs, validation } = outcome;
    this.events.info('chat_answered', {
      stateful,
      answered_by: answeredBy,
      tool_calls: calls.length,
      degraded: degraded || memory.degraded,
      duration_ms: responseTimeMs,
      numbers_checked: validation.checked,
      numbers_unmatched: validation.unmatched.length,
    });
  }
}
