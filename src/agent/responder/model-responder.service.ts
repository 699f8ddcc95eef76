import { InfrastructureError } from '@app/common';
import type { ChatModel, Completion, ModelMessage, RequestedTool } from '../llm/chat-model';
import { systemPrompt } from '../prompts/system-prompt';
import { Responder, type ResponderEvent, type TokenStats, type ToolRunner, type TurnInput } from './responder';

/** Rounds of tools a model may ask for before it has to answer. */
export const MOST_ROUNDS = 8;

/** Lets a language model answer, with the tools. What a tool fails with goes back to the model, which may mend it. */
export class ModelResponder extends Responder {
  constructor(private readonly model: ChatModel) {
    super();
  }

  /** @throws the errors of `ChatModel`; InfrastructureError LLM_RESPONSE_INVALID when it never comes to an answer */
  override async *respond(input: TurnInput): AsyncIterable<ResponderEvent> {
    const messages = conversation(input);
    let tokens: TokenStats = { promptTokens: 0, completionTokens: 0 };
    for (let round = 0; round <= MOST_ROUNDS; round++) {
      const completion = yield* this.complete(messages, input);
      tokens = sum(tokens, completion.tokens);
      if (completion.toolCalls.length === 0) {
        yield { type: 'end', answeredBy: this.model.name, degraded: false, tokens };
        return;
      }
      if (round < MOST_ROUNDS) yield* runTools(completion, messages, input.tools);
    }
    const cause = new Error('endless_tool_loop');
    throw new InfrastructureError('LLM_RESPONSE_INVALID', { details: { operation: 'chat_completion' }, cause });
  }

  private async *complete(
    messages: readonly ModelMessage[],
    { tools, signal }: TurnInput,
  ): AsyncGenerator<ResponderEvent, Completion> {
    let completion: Completion | undefined;
    for await (const event of this.model.complete({ messages, tools: tools.definitions, signal })) {
      if (event.type === 'text') yield { type: 'token', text: event.text };
      else ({ completion } = event);
    }
    if (completion === undefined) throw new TypeError('the model ended without a completion');
    return completion;
  }
}

async function* runTools(
  { text, toolCalls }: Completion,
  messages: ModelMessage[],
  tools: ToolRunner,
): AsyncIterable<ResponderEvent> {
  messages.push({ role: 'assistant', content: text, toolCalls });
  for (const requested of toolCalls) {
    const call = await tools.run(requested.name, argumentsOf(requested));
    yield { type: 'tool', call };
    messages.push({ role: 'tool', toolCallId: requested.id, content: JSON.stringify(call.result) });
  }
}

/** What is no JSON goes to the tool as the text it is: the registry says what is wrong with it. */
function argumentsOf({ arguments: text }: RequestedTool): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function conversation({ message, history, now, preferences }: TurnInput): ModelMessage[] {
  const earlier = history.flatMap((turn): ModelMessage[] => [
    { role: 'user', content: turn.message },
    { role: 'assistant', content: turn.response },
  ]);
  return [{ role: 'system', content: systemPrompt(now, preferences) }, ...earlier, { role: 'user', content: message }];
}

function sum(a: TokenStats, b: TokenStats): TokenStats {
  return {
    promptTokens: a.promptTokens + b.promptTokens,
    completionTokens: a.completionTokens + b.completionTokens,
  };
}
