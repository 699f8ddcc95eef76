import type { ToolDefinition } from '../../tools/registry/tool';
import type { TokenStats } from '../responder/responder';

/** A call of a tool as the model wrote it. */
export interface ModelToolCall {
  readonly id: string;
  /** May be no tool of ours. */
  readonly name: string;
  /** Should be a JSON object; need not be. */
  readonly arguments: string;
}

export type ChatMessage =
  | { readonly role: 'system' | 'user'; readonly content: string }
  | { readonly role: 'assistant'; readonly content: string; readonly toolCalls?: readonly ModelToolCall[] }
  | { readonly role: 'tool'; readonly toolCallId: string; readonly content: string };

export interface ChatRequest {
  /** Oldest first. */
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolDefinition[];
}

/** What the model said: text, calls of tools, or both. */
export interface Completion {
  readonly text: string;
  readonly toolCalls: readonly ModelToolCall[];
  readonly tokens: TokenStats;
}

export type ChatModelEvent =
  { readonly type: 'text'; readonly text: string } | { readonly type: 'end'; readonly completion: Completion };

/** A language model that can call tools. */
export abstract class ChatModel {
  /** As it is configured and reported: `qwen2.5:7b`. */
  abstract readonly name: string;

  /**
   * Text as it comes, then exactly one `end` with all of it and the calls of tools.
   * @throws InfrastructureError LLM_SERVICE_FAILED, LLM_RATE_LIMITED, LLM_RESPONSE_INVALID, LLM_CIRCUIT_OPEN,
   * LLM_CAPACITY_EXHAUSTED, REQUEST_DEADLINE_EXCEEDED; the reason of `signal` when it aborts
   */
  abstract stream(request: ChatRequest, signal: AbortSignal): AsyncIterable<ChatModelEvent>;
}
