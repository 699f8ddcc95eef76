import { type StreamEvent, withStaleness } from '@app/common';
import type { TurnEvent, TurnOutcome } from '../../agent/loop/turn-event';
import type { ToolCall } from '../../agent/responder/responder';
import type { MessagePage, SessionPage } from '../../services/chat-sessions/chat-sessions.service';
import type { ChatAnswer, ChatMessagesAnswer, ChatSessionsAnswer, ToolUseAnswer } from './chat.answers';

export function presentTurn(outcome: TurnOutcome): ChatAnswer {
  const { tokens, memory, validation } = outcome;
  return {
    response: outcome.response,
    session_id: outcome.sessionId,
    tools_used: outcome.calls.map(presentCall),
    tool_calls_made: outcome.calls.length,
    memory_stats: {
      short_term_messages: memory.shortTermMessages,
      facts_used: memory.factsUsed,
      degraded: memory.degraded,
    },
    token_stats: {
      prompt_tokens: tokens.promptTokens,
      completion_tokens: tokens.completionTokens,
      total_tokens: tokens.promptTokens + tokens.completionTokens,
    },
    validation: { checked: validation.checked, unmatched: validation.unmatched },
    answered_by: outcome.answeredBy,
    degraded: outcome.degraded,
    response_time_ms: outcome.responseTimeMs,
  };
}

/** A turn as server-sent events: `tool`, `token` and, at the end, `done` with the whole answer. */
export async function* presentEvents(events: AsyncIterable<TurnEvent>): AsyncIterable<StreamEvent> {
  for await (const event of events) yield presentEvent(event);
}

function presentEvent(event: TurnEvent): StreamEvent {
  switch (event.type) {
    case 'tool':
      return { type: 'tool', data: presentCall(event.call) };
    case 'token':
      return { type: 'token', data: { text: event.text } };
    case 'done':
      return { type: 'done', data: withStaleness(presentTurn(event.outcome)) };
  }
}

function presentCall({ name, arguments: args, result }: ToolCall): ToolUseAnswer {
  return {
    name,
    arguments: args,
    success: result.success,
    ...(!result.success && { error_code: result.error_code }),
    execution_time_ms: result.execution_time_ms,
  };
}

export function presentSessions({ sessions, nextCursor }: SessionPage): ChatSessionsAnswer {
  return {
    sessions: sessions.map(({ sessionId, title, turns, lastTurnAt }) => ({
      session_id: sessionId,
      title,
      turns,
      last_turn_at: new Date(lastTurnAt).toISOString(),
    })),
    next_cursor: nextCursor,
  };
}

export function presentMessages({ messages, nextCursor }: MessagePage): ChatMessagesAnswer {
  return {
    messages: messages.map(({ role, content, createdAt, answeredBy, toolsUsed }) => ({
      role,
      content,
      created_at: new Date(createdAt).toISOString(),
      ...(answeredBy !== undefined && { answered_by: answeredBy }),
      ...(toolsUsed !== undefined && { tools_used: toolsUsed }),
    })),
    next_cursor: nextCursor,
  };
}
