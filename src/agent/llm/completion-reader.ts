import { z } from 'zod';
import type { Completion, ModelToolCall } from './chat-model';
import { ModelError } from './model-error';

/** Far above any answer of use; whoever says more does not answer but fill our memory. */
const MAX_CHARACTERS = 64 * 1024;
const MAX_TOOL_CALLS = 16;
const MAX_NAME = 64;

const text = z.string().nullish();

/** Of a chunk, what is read; servers differ in the rest. */
const CHUNK = z.object({
  choices: z.array(
    z.object({
      delta: z
        .object({
          content: text,
          refusal: text,
          // What a model thinks before it answers, under the names it goes by.
          reasoning: text,
          reasoning_content: text,
          tool_calls: z
            .array(
              z.object({
                index: z.number().int().nonnegative().optional(),
                id: text,
                function: z.object({ name: text, arguments: text }).nullish(),
              }),
            )
            .nullish(),
        })
        .nullish(),
      finish_reason: text,
    }),
  ),
  usage: z.object({ prompt_tokens: z.number().nullish(), completion_tokens: z.number().nullish() }).nullish(),
});

type Delta = NonNullable<z.output<typeof CHUNK>['choices'][number]['delta']>;
type CallDelta = NonNullable<Delta['tool_calls']>[number];

interface CallDraft {
  id: string;
  name: string;
  arguments: string;
}

/** Puts the chunks of one completion together. Throws ModelError for what is no completion. */
export class CompletionReader {
  /** Whether the last chunk had anything of the answer in it: words, a piece of a tool call, thoughts. */
  hasProgressed = false;
  private text = '';
  private characters = 0;
  private refused = false;
  private finishReason: string | undefined;
  private readonly calls: CallDraft[] = [];
  private tokens = { promptTokens: 0, completionTokens: 0 };

  /** Returns the text that can be shown now; blanks before the first word are left out. */
  take(chunk: unknown): string {
    this.hasProgressed = false;
    const parsed = CHUNK.safeParse(chunk);
    if (!parsed.success) throw new ModelError('garbled', { cause: parsed.error });
    const { choices, usage } = parsed.data;
    if (usage) {
      this.tokens = { promptTokens: usage.prompt_tokens ?? 0, completionTokens: usage.completion_tokens ?? 0 };
    }
    const [choice] = choices;
    this.finishReason = choice?.finish_reason ?? this.finishReason;
    return choice?.delta ? this.takeDelta(choice.delta) : '';
  }

  /** The whole, once the stream has ended. */
  end(): Completion {
    if (this.finishReason === 'content_filter' || this.refused) throw new ModelError('filtered');
    // Without it the stream was cut off, however well it ended.
    if (this.finishReason === undefined) throw new ModelError('garbled');
    if (this.text === '' && this.calls.length === 0) throw new ModelError('garbled');
    return { text: this.text, toolCalls: this.calls.map(completed), tokens: this.tokens };
  }

  private takeDelta({ content, refusal, reasoning, reasoning_content: thought, tool_calls: calls }: Delta): string {
    const said = content ?? '';
    this.refused ||= Boolean(refusal);
    this.hasProgressed = Boolean(said || refusal || reasoning || thought || calls?.length);
    this.count(said.length);
    for (const [position, call] of (calls ?? []).entries()) this.takeCall(call, position);
    const shown = this.text === '' ? said.trimStart() : said;
    this.text += shown;
    return shown;
  }

  private takeCall({ index, id, function: called }: CallDelta, position: number): void {
    const at = index ?? position;
    if (at > this.calls.length || at >= MAX_TOOL_CALLS) throw new ModelError('garbled');
    const draft = (this.calls[at] ??= { id: '', name: '', arguments: '' });
    const { name, arguments: written } = called ?? {};
    draft.id ||= id ?? '';
    draft.name += name ?? '';
    draft.arguments += written ?? '';
    this.count((name?.length ?? 0) + (written?.length ?? 0));
  }

  private count(characters: number): void {
    this.characters += characters;
    if (this.characters > MAX_CHARACTERS) throw new ModelError('garbled');
  }
}

function completed({ id, name, arguments: written }: CallDraft, index: number): ModelToolCall {
  return { id: id || `call_${index}`, name: name.slice(0, MAX_NAME), arguments: written };
}
