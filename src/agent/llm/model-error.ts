import { type ErrorCode, InfrastructureError, type Verdict } from '@app/common';

export type ModelErrorCode = Extract<ErrorCode, `LLM_${string}`>;

interface Rule extends Pick<Verdict, 'health' | 'retry'> {
  readonly code: ModelErrorCode;
}

/**
 * Every way in which a model can fail, and what that means. A completion changes nothing where it is made, so that all
 * that can be retried is retried; `midway` below is the exception.
 */
const RULES = {
  /** Refused, reset, or something else is wrong with the connection. */
  unreachable: { code: 'LLM_SERVICE_FAILED', health: 'failure', retry: 'always' },
  /** It has not begun to answer in time, or has fallen silent. */
  timeout: { code: 'LLM_SERVICE_FAILED', health: 'failure', retry: 'always' },
  /** It says itself that it could not: 408, 409, 5xx, an error in the middle of its answer. */
  failed: { code: 'LLM_SERVICE_FAILED', health: 'failure', retry: 'always' },
  /** Its answer is not the protocol: no JSON, no event stream, cut off, empty, without end. */
  garbled: { code: 'LLM_RESPONSE_INVALID', health: 'failure', retry: 'always' },
  /** 429. Somebody who is busy works. */
  rate_limited: { code: 'LLM_RATE_LIMITED', health: 'answered', retry: 'always' },
  /** 401, 403, 404: the key, the address or the model in our configuration is wrong. */
  misconfigured: { code: 'LLM_SERVICE_FAILED', health: 'answered', retry: 'never' },
  /** 400, 413, 422 and the like: it does not take what we ask. */
  refused: { code: 'LLM_SERVICE_FAILED', health: 'answered', retry: 'never' },
  /** Its own rules keep it from answering. */
  filtered: { code: 'LLM_RESPONSE_INVALID', health: 'answered', retry: 'never' },
  /** It calls tools and never answers. */
  endless: { code: 'LLM_RESPONSE_INVALID', health: 'answered', retry: 'never' },
} as const satisfies Readonly<Record<string, Rule>>;

export type ModelFault = keyof typeof RULES;

export interface ModelErrorOptions {
  readonly cause?: unknown;
  /** HTTP status of the model's answer. */
  readonly status?: number | undefined;
  /** How long the model asked to be left alone, in ms. */
  readonly retryAfterMs?: number | undefined;
}

const SECOND = 1_000;

/** A failure of the language model. Its message is the catalogue's; what the model said is in the cause alone. */
export class ModelError extends InfrastructureError<ModelErrorCode> {
  readonly upstreamStatus: number | undefined;
  /** Set when a part of the answer has been handed out: what is known cannot be taken back, so it is not tried again. */
  midway = false;
  private readonly retryAfterMs: number | undefined;

  constructor(
    readonly fault: ModelFault,
    { cause, status, retryAfterMs }: ModelErrorOptions = {},
  ) {
    super(RULES[fault].code, {
      cause,
      details: { operation: 'complete_chat' },
      ...(retryAfterMs !== undefined && { retryAfterSeconds: Math.max(1, Math.ceil(retryAfterMs / SECOND)) }),
    });
    this.upstreamStatus = status;
    this.retryAfterMs = retryAfterMs;
  }

  get verdict(): Verdict {
    const { health, retry }: Rule = RULES[this.fault];
    return {
      health,
      retry: this.midway ? 'never' : retry,
      ...(this.retryAfterMs !== undefined && { retryAfterMs: this.retryAfterMs }),
    };
  }
}

/** Whether somebody else may answer in the model's stead: it failed, or its policy turned the call away. */
export function isModelFailure(error: unknown): error is InfrastructureError<ModelErrorCode> {
  return error instanceof InfrastructureError && error.error_code.startsWith('LLM_');
}
