import { currentCorrelationId, type Policy } from '@app/common';
import type OpenAI from 'openai';
import type { ChatCompletionChunk, ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';
import {
  ChatModel,
  type Completion,
  type CompletionEvent,
  type CompletionRequest,
  type ModelMessage,
} from './chat-model';
import { CompletionReader } from './completion-reader';
import { LlmError, toLlmError } from './llm-error';
import type { ModelStatus } from './model-status';

export interface OpenAiModelSettings {
  readonly model: string;
  /** Longest wait for the next piece of an answer, the first included. */
  readonly silenceMs: number;
}

type Writer = WritableStreamDefaultWriter<CompletionEvent>;
type MessageParam = ChatCompletionCreateParamsStreaming['messages'][number];

/** Pieces that may wait for a slow reader before the endpoint has to wait, too. */
const HIGH_WATER_MARK = 64;
/** The configuration is wrong, and only whoever configures can help. */
const REFUSALS = new Set(['status_401', 'status_403', 'status_404']);

/** Any endpoint that speaks the protocol of OpenAI's chat completions, behind the policy of the language model. */
export class OpenAiChatModel extends ChatModel {
  readonly name: string;

  constructor(
    private readonly client: OpenAI,
    private readonly policy: Policy,
    private readonly status: ModelStatus,
    private readonly settings: OpenAiModelSettings,
  ) {
    super();
    this.name = settings.model;
  }

  /** The guarded call lasts for the whole stream: it holds its place in the bulkhead, and how it ends is what counts. */
  override async *complete(request: CompletionRequest): AsyncIterable<CompletionEvent> {
    const left = new AbortController();
    const signal = AbortSignal.any([request.signal, left.signal]);
    const channel = new TransformStream<CompletionEvent, CompletionEvent>(
      {},
      { highWaterMark: HIGH_WATER_MARK },
      { highWaterMark: HIGH_WATER_MARK },
    );
    const writer = channel.writable.getWriter();
    const work = this.policy.execute((attempt) => this.attempt(request, attempt.signal, writer), {
      operation: 'chat_completion',
      idempotent: true,
      signal,
    });
    const ended = work.then(
      () => writer.close(),
      (error: unknown) => writer.abort(error),
    );
    // A reader that has left cancels the channel; there is nobody to tell then.
    ended.catch(() => undefined);
    writer.closed.catch(() => undefined);
    try {
      yield* channel.readable;
    } finally {
      left.abort(new Error('The answer is not read any further'));
    }
  }

  private async attempt(request: CompletionRequest, signal: AbortSignal, writer: Writer): Promise<void> {
    const reader = new CompletionReader();
    let isPassedOn = false;
    try {
      for await (const chunk of this.chunks(request, signal)) {
        const text = reader.add(chunk);
        if (text === '') continue;
        isPassedOn = true;
        await writer.write({ type: 'text', text });
      }
      await this.conclude(reader.end(), writer);
    } catch (error) {
      signal.throwIfAborted();
      const failure = toLlmError(error);
      if (REFUSALS.has(failure.reason)) this.status.noteRefusal(failure.error_code);
      throw isPassedOn ? failure.midway() : failure;
    }
  }

  private async conclude(completion: Completion, writer: Writer): Promise<void> {
    this.status.noteAnswer();
    await writer.write({ type: 'completion', completion });
  }

  /** The chunks of one answer; falls silent for no longer than it may. */
  private async *chunks(request: CompletionRequest, signal: AbortSignal): AsyncIterable<ChatCompletionChunk> {
    const silence = new AbortController();
    const tooSilent = new LlmError('LLM_SERVICE_FAILED', { health: 'failure', retry: 'idempotent' }, 'silent');
    let timer = setTimeout(() => silence.abort(tooSilent), this.settings.silenceMs);
    try {
      const stream = await this.client.chat.completions.create(this.parameters(request), {
        signal: AbortSignal.any([signal, silence.signal]),
        headers: { 'X-Correlation-ID': currentCorrelationId() ?? null },
      });
      for await (const chunk of stream) {
        clearTimeout(timer);
        yield chunk;
        timer = setTimeout(() => silence.abort(tooSilent), this.settings.silenceMs);
      }
      // The library ends a stream that was aborted as if it were complete.
      silence.signal.throwIfAborted();
    } catch (error) {
      throw silence.signal.aborted ? tooSilent : error;
    } finally {
      clearTimeout(timer);
    }
  }

  private parameters({ messages, tools }: CompletionRequest): ChatCompletionCreateParamsStreaming {
    return {
      model: this.settings.model,
      messages: messages.map(messageParam),
      stream: true,
      stream_options: { include_usage: true },
      ...(tools.length > 0 && {
        tools: tools.map(({ name, description, parameters }) => ({
          type: 'function' as const,
          function: { name, description, parameters: { ...parameters } },
        })),
      }),
    };
  }
}

function messageParam(message: ModelMessage): MessageParam {
  switch (message.role) {
    case 'system':
    case 'user':
      return { role: message.role, content: message.content };
    case 'tool':
      return { role: 'tool', tool_call_id: message.toolCallId, content: message.content };
    case 'assistant':
      return {
        role: 'assistant',
        content: message.content,
        ...(message.toolCalls !== undefined && {
          tool_calls: message.toolCalls.map(({ id, name, arguments: args }) => ({
            id,
            type: 'function' as const,
            function: { name, arguments: args },
          })),
        }),
      };
  }
}
