import type { TokenStats, ToolCall } from '../responder/responder';
import type { Validation } from './answer-check';

export interface TurnRequest {
  /** 1 to 4,000 characters. */
  readonly message: string;
  /** Whether the turn belongs to a session: the given one, or a new one. */
  readonly stateful: boolean;
  readonly sessionId?: string | undefined;
  /** Whether the pieces of the answer are passed on as they come. */
  readonly streamed?: boolean;
}

/** A turn's answer, and how it came about. */
export interface TurnOutcome {
  readonly response: string;
  /** Null for a turn without a session. */
  readonly sessionId: string | null;
  readonly calls: readonly ToolCall[];
  readonly memory: MemoryStats;
  readonly tokens: TokenStats;
  readonly validation: Validation;
  readonly answeredBy: string;
  readonly degraded: boolean;
  readonly responseTimeMs: number;
}

export interface MemoryStats {
  /** Earlier messages the turn could refer to. */
  readonly shortTermMessages: number;
  readonly factsUsed: number;
  /** The session could not be read, or this turn could not be kept. */
  readonly degraded: boolean;
}

/** What happens during a turn, in order: tools and tokens as they come, then `done`. */
export type TurnEvent =
  | { readonly type: 'tool'; readonly call: ToolCall }
  | { readonly type: 'token'; readonly text: string }
  | { readonly type: 'done'; readonly outcome: TurnOutcome };
