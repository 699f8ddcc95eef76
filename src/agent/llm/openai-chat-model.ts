import { type Attempt, currentCorrelationId, type EventLogger, newContext, type Policy } from '@app/common';
import OpenAI from 'openai';
import { boundedFetch } from './bounded-fetch';
import { ChatModel, type ChatModelEvent, type ChatRequest, type Completion } from './chat-model';
import { CompletionReader } from './completion-reader';
import { Handover } from './handover';
import type { LlmSettings } from './llm-settings';
import { ModelError } from './model-error';
import type { ModelStatus } from './model-status';
import { translateOpenAiError } from './openai-errors';
import { toOpenAiMessages, toOpenAiTools } from './openai-messages';

const MAX_RESPONSE_BYTES = 8 * 1024 * 1024;
const EVENT_STREAM = /^text\/event-stream\b/i;

/** A model behind any endpoint that speaks OpenAI's chat completions. */
export class OpenAiChatModel extends ChatModel {
  readonly name: string;
  private readonly client: OpenAI;

  constructor(
    private readonly settings: LlmSettings,
    private readonly policy: Policy,
    private readonly status: ModelStatus,
    private readonly events: EventLogger,
  ) {
    super();
    this.name = settings.model;
    this.client = clientOf(settings);
  }

  override async *stream(request: ChatRequest, signal: AbortSignal): AsyncIterable<ChatModelEvent> {
    const left = new AbortController();
    const caller = AbortSignal.any([signal, left.signal]);
    const words = new Handover<string>(caller);
    // How it ends is looked at when the words before its end have been read.
    const whole = Promise.allSettled([this.complete(request, words, caller)]);
    try {
      for await (const text of words.items()) yield { type: 'text', text };
      const [end] = await whole;
      if (end.status === 'rejected') throw end.reason;
      yield { type: 'end', completion: end.value };
    } finally {
      left.abort(new Error('Nobody reads the answer any more'));
    }
  }

  /** The guarded call lasts for the whole answer: its slot is held that long, and a failure in its middle counts. */
  private async complete(request: ChatRequest, words: Handover<string>, caller: AbortSignal): Promise<Completion> {
    const call = (attempt: Attempt): Promise<Completion> => this.attempt(request, attempt, { words, caller });
    try {
      return await this.policy.execute(call, { operation: 'complete_chat', signal: caller });
    } finally {
      void words.end();
    }
  }

  private async attempt(request: ChatRequest, { signal, number }: Attempt, reader: Reader): Promise<Completion> {
    const startedAt = performance.now();
    let firstAt = startedAt;
    let isHandedOut = false;
    try {
      for await (const event of this.answer(request, signal, () => (firstAt = performance.now()))) {
        if (event.type === 'end') {
          this.status.noteAnswer();
          this.logCompletion(event.completion, startedAt, firstAt);
          return event.completion;
        }
        isHandedOut = true;
        // The trial of a circuit outlasts its caller; that the model has begun to answer is all it has to show.
        if (!(await reader.words.give(event.text))) return NOTHING;
      }
      return NOTHING;
    } catch (error) {
      if (reader.caller.aborted) throw error;
      const failure = error instanceof ModelError ? error : new ModelError('timeout', { cause: error });
      failure.midway = isHandedOut;
      if (failure.fault === 'misconfigured') this.status.noteRefusal(failure.error_code);
      this.logFailure(failure, number, startedAt);
      throw failure;
    }
  }

  /** One request and its answer; `onBegin` hears of the first piece of it. Throws ModelError, or the reason of `signal`, which aborts when all time is used up. */
  private async *answer(request: ChatRequest, signal: AbortSignal, onBegin: () => void): AsyncIterable<ChatModelEvent> {
    const silence = new AbortController();
    const wait = (): NodeJS.Timeout => setTimeout(() => silence.abort(), this.settings.silenceMs);
    let timer = wait();
    try {
      const reader = new CompletionReader();
      let hasBegun = false;
      for await (const chunk of await this.open(request, AbortSignal.any([signal, silence.signal]))) {
        const text = reader.take(chunk);
        // Signs of life without content are no answer.
        if (!reader.hasProgressed) continue;
        if (!hasBegun) onBegin();
        hasBegun = true;
        // How long the reader takes is not the model's fault.
        clearTimeout(timer);
        if (text !== '') yield { type: 'text', text };
        timer = wait();
      }
      yield { type: 'end', completion: reader.end() };
    } catch (error) {
      // The library ends a stream that is aborted as if it were complete.
      signal.throwIfAborted();
      throw silence.signal.aborted ? new ModelError('timeout', { cause: error }) : translateOpenAiError(error);
    } finally {
      clearTimeout(timer);
    }
  }

  private async open({ messages, tools }: ChatRequest, signal: AbortSignal): Promise<AsyncIterable<unknown>> {
    const { data, response } = await this.client.chat.completions
      .create(
        {
          model: this.settings.model,
          messages: toOpenAiMessages(messages),
          ...(tools.length > 0 && { tools: toOpenAiTools(tools) }),
          stream: true,
          stream_options: { include_usage: true },
        },
        { signal, headers: { 'X-Correlation-ID': currentCorrelationId() ?? newContext().correlationId } },
      )
      .withResponse();
    const type = response.headers.get('content-type');
    if (type === null || EVENT_STREAM.test(type)) return data;
    data.controller.abort();
    throw new ModelError('garbled', { status: response.status });
  }

  private logCompletion({ tokens, toolCalls }: Completion, startedAt: number, firstAt: number): void {
    this.events.info('llm_completed', {
      duration_ms: Math.round(performance.now() - startedAt),
      first_token_ms: Math.round(firstAt - startedAt),
      prompt_tokens: tokens.promptTokens,
      completion_tokens: tokens.completionTokens,
      tool_calls: toolCalls.length,
    });
  }

  private logFailure(error: ModelError, attempt: number, startedAt: number): void {
    const { fault, upstreamStatus: status, midway, error_code } = error;
    const duration_ms = Math.round(performance.now() - startedAt);
    const known = status === undefined ? {} : { status };
    this.events.warn('llm_attempt_failed', { error_code, fault, attempt, midway, duration_ms, ...known, err: error });
  }
}

interface Reader {
  readonly words: Handover<string>;
  readonly caller: AbortSignal;
}

/** For callers who have left. */
const NOTHING: Completion = { text: '', toolCalls: [], tokens: { promptTokens: 0, completionTokens: 0 } };

/** The library reads the environment for whatever it is not given; what is not configured here must not be. */
function clientOf({ baseUrl, apiKey, timeoutMs }: LlmSettings): OpenAI {
  return new OpenAI({
    baseURL: baseUrl,
    // It insists on a key; the header is what counts.
    apiKey: apiKey ?? 'none',
    ...(apiKey === undefined && { defaultHeaders: { Authorization: null } }),
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    maxRetries: 0,
    timeout: timeoutMs,
    logLevel: 'off',
    fetch: boundedFetch(MAX_RESPONSE_BYTES),
  });
}
