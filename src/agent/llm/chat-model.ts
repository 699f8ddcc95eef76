import type { ToolDefinition } from '../../tools/registry/tool';
import type { TokenStats } from '../responder/responder';

/** A tool the model wants to be run; its arguments are what it wrote, which may be no JSON at all. */
export interface RequestedTool {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

export type ModelMessage =
  | { readonly role: 'system' | 'user'; readonly content: string }
  | { readonly role: 'assistant'; readonly content: string; readonly toolCalls?: readonly RequestedTool[] }
  | { readonly role: 'tool'; readonly toolCallId: string; readonly content: string };

export interface CompletionRequest {
  readonly messages: readonly ModelMessage[];
  readonly tools: readonly ToolDefinition[];
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** What a model said in the end: text, or the tools it wants, or both. */
export interface Completion {
  readonly text: string;
  readonly toolCalls: readonly RequestedTool[];
  readonly tokens: TokenStats;
}

/** Pieces of text as they come, then the whole. */
export type CompletionEvent =
  { readonly type: 'text'; readonly text: string } | { readonly type: 'completion'; readonly completion: Completion };

/** A language model that completes conversations. */
export abstract class ChatModel {
  abstract readonly name: string;

  /**
   * @throws InfrastructureError LLM_SERVICE_FAILED, LLM_RATE_LIMITED, LLM_RESPONSE_INVALID, LLM_CIRCUIT_OPEN,
   * LLM_CAPACITY_EXHAUSTED, REQUEST_DEADLINE_EXCEEDED; the signal's reason
   */
  abstract complete(request: CompletionRequest): AsyncIterable<CompletionEvent>;
}
