import { ANSWERED } from '@app/common';
import type { ChatCompletionChunk } from 'openai/resources/chat/completions';
import type { TokenStats } from '../responder/responder';
import type { Completion, RequestedTool } from './chat-model';
import { invalidAnswer } from './llm-error';

/** More than an honest answer has; an endpoint that never stops must not fill the memory. */
const MOST_CHARACTERS = 256 * 1024;
const MOST_TOOLS = 32;

/** Puts the chunks of one streamed completion together. */
export class CompletionReader {
  private text = '';
  private size = 0;
  private finish: string | undefined;
  private tokens: TokenStats = { promptTokens: 0, completionTokens: 0 };
  private readonly calls = new Map<number, { id: string; name: string; arguments: string }>();

  /** The text this chunk adds. @throws LlmError (LLM_RESPONSE_INVALID) for what no completion can be */
  add(chunk: ChatCompletionChunk): string {
    if (!Array.isArray(chunk.choices)) throw invalidAnswer('no_choices');
    const { usage } = chunk;
    if (usage) this.tokens = { promptTokens: usage.prompt_tokens, completionTokens: usage.completion_tokens };
    const [choice] = chunk.choices;
    if (choice === undefined) return '';
    this.finish = choice.finish_reason ?? this.finish;
    for (const part of choice.delta?.tool_calls ?? []) this.addCall(part);
    const text = typeof choice.delta?.content === 'string' ? choice.delta.content : '';
    this.text += text;
    this.grow(text.length);
    return text;
  }

  /** @throws LlmError (LLM_RESPONSE_INVALID) when the stream was cut off, filtered, or said nothing */
  end(): Completion {
    if (this.finish === 'content_filter') throw invalidAnswer('content_filter', ANSWERED);
    if (this.finish === undefined) throw invalidAnswer('truncated');
    const toolCalls = [...this.calls.values()].map(named);
    if (toolCalls.length === 0 && this.text.trim() === '') throw invalidAnswer('empty');
    return { text: this.text, toolCalls, tokens: this.tokens };
  }

  private addCall(part: ChatCompletionChunk.Choice.Delta.ToolCall): void {
    const call = this.calls.get(part.index) ?? { id: '', name: '', arguments: '' };
    call.id ||= part.id ?? '';
    call.name += part.function?.name ?? '';
    call.arguments += part.function?.arguments ?? '';
    this.calls.set(part.index, call);
    if (this.calls.size > MOST_TOOLS) throw invalidAnswer('too_many_tools');
    this.grow(part.function?.arguments?.length ?? 0);
  }

  private grow(characters: number): void {
    this.size += characters;
    if (this.size > MOST_CHARACTERS) throw invalidAnswer('too_long');
  }
}

/** Some endpoints leave out the id; the answer to a call has to name one. */
function named(call: RequestedTool, at: number): RequestedTool {
  return { ...call, id: call.id === '' ? `call_${at}` : call.id };
}
