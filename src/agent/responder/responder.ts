import type { Preferences } from '../../services/profile/profile.service';
import type { ToolDefinition } from '../../tools/registry/tool';
import type { ToolResult } from '../../tools/registry/tool-result';

/** A tool that was run during a turn, with what it was given and what came of it. */
export interface ToolCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly result: ToolResult;
}

/** The tools of one turn: the user, the signal and the books are already seen to. */
export interface ToolRunner {
  readonly definitions: readonly ToolDefinition[];
  /** Arguments that are no object come to nothing but a result that says so. */
  run(name: string, args: unknown): Promise<ToolCall>;
}

/** A turn of the same session that came before; `interpretation` is what its responder handed over to be kept. */
export interface PastTurn {
  readonly message: string;
  readonly response: string;
  readonly interpretation?: unknown;
}

export interface TokenStats {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

export interface TurnInput {
  readonly message: string;
  /** Oldest first. */
  readonly history: readonly PastTurn[];
  /** The turns before could not be looked up; some of them may be in `history` all the same. */
  readonly isHistoryLost: boolean;
  readonly preferences: Preferences;
  /** Epoch ms. */
  readonly now: number;
  readonly tools: ToolRunner;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** Whether nobody has seen the pieces of the answer yet. */
  readonly canTakeBack: boolean;
}

export type ResponderEvent =
  | { readonly type: 'tool'; readonly call: ToolCall }
  | { readonly type: 'token'; readonly text: string }
  /** What was said so far does not count; only where `canTakeBack`. */
  | { readonly type: 'taken_back' }
  | {
      readonly type: 'end';
      /** Name of the model, or `builtin`. */
      readonly answeredBy: string;
      /** Whether this is a lesser answer than the configuration promises. */
      readonly degraded: boolean;
      readonly tokens: TokenStats;
      /** JSON to be found again as `PastTurn.interpretation`. */
      readonly interpretation?: unknown;
    };

/**
 * Who answers: the built-in responder, a language model, or one with the other to fall back on. Yields the tools it
 * ran and the pieces of its answer as they come, then exactly one `end`.
 */
export abstract class Responder {
  abstract respond(input: TurnInput): AsyncIterable<ResponderEvent>;
}
