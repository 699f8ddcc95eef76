import type { ChatMessage, ChatModel, Completion } from '../llm/chat-model';
import { ModelError } from '../llm/model-error';
import { parseObject } from '../llm/parse-object';
import { systemPrompt } from '../prompts/system-prompt';
import { Responder, type ResponderEvent, type TokenStats, type ToolCall, type TurnInput } from './responder';

/** Completions that one turn may take; the last one has to be an answer. */
export const MAX_ROUNDS = 8;

/** Lets a language model answer, with the tools: it calls them, reads what they say, and calls again or answers. */
export class ModelResponder extends Responder {
  constructor(private readonly model: ChatModel) {
    super();
  }

  /** Throws what the model throws, and InfrastructureError LLM_RESPONSE_INVALID when it never comes to an answer. */
  override async *respond(input: TurnInput): AsyncIterable<ResponderEvent> {
    const messages = conversationOf(input);
    let tokens: TokenStats = { promptTokens: 0, completionTokens: 0 };
    let hasSpoken = false;
    for (let round = 1; round <= MAX_ROUNDS; round++) {
      let completion: Completion | undefined;
      for await (const event of this.model.stream({ messages, tools: input.tools.definitions }, input.signal)) {
        if (event.type === 'end') completion = event.completion;
        else {
          // What it says before and after it looks something up are paragraphs of one answer.
          if (hasSpoken) yield { type: 'token', text: '\n\n' };
          hasSpoken = false;
          yield { type: 'token', text: event.text };
        }
      }
      if (completion === undefined) throw new TypeError('the model ended without an end event');
      tokens = sum(tokens, completion.tokens);
      hasSpoken ||= completion.text !== '';
      if (completion.toolCalls.length === 0) {
        yield { type: 'end', answeredBy: this.model.name, degraded: false, tokens };
        return;
      }
      if (round < MAX_ROUNDS) yield* this.runTools(completion, messages, input);
    }
    throw new ModelError('endless');
  }

  /** Runs the tools in order, and adds calls and results to the conversation. */
  private async *runTools(
    { text, toolCalls }: Completion,
    messages: ChatMessage[],
    { tools }: TurnInput,
  ): AsyncIterable<ResponderEvent> {
    messages.push({ role: 'assistant', content: text, toolCalls });
    for (const { id, name, arguments: written } of toolCalls) {
      // Text that is no JSON object goes on as it is: what comes back tells the model so, and it can mend it.
      const call: ToolCall = await tools.run(name, parseObject(written) ?? written);
      yield { type: 'tool', call };
      messages.push({ role: 'tool', toolCallId: id, content: JSON.stringify(call.result) });
    }
  }
}

function conversationOf(input: TurnInput): ChatMessage[] {
  const past = input.history.flatMap(({ message, response }): ChatMessage[] => [
    { role: 'user', content: message },
    { role: 'assistant', content: response },
  ]);
  return [{ role: 'system', content: systemPrompt(input) }, ...past, { role: 'user', content: input.message }];
}

function sum(a: TokenStats, b: TokenStats): TokenStats {
  return {
    promptTokens: a.promptTokens + b.promptTokens,
    completionTokens: a.completionTokens + b.completionTokens,
  };
}
