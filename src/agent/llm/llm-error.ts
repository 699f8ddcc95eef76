import { ANSWERED, type CodeOf, FAILURE, InfrastructureError, type Verdict } from '@app/common';
import { APIConnectionError, APIError } from 'openai';

type LlmCode = Extract<CodeOf<'infrastructure' | 'critical'>, `LLM_${string}`>;

/** A failed completion, with what it says about the endpoint. The cause, which may quote the prompt, is never logged. */
export class LlmError extends InfrastructureError<LlmCode> {
  constructor(
    code: LlmCode,
    readonly verdict: Verdict,
    /** In one word, for the log: `status_500`, `truncated`. */
    readonly reason: string,
    retryAfterSeconds?: number,
  ) {
    super(code, {
      details: { operation: 'chat_completion' },
      cause: new Error(reason),
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    });
  }

  /** The same failure after part of the answer has been passed on: it cannot be tried again. */
  midway(): LlmError {
    return new LlmError(this.error_code as LlmCode, { ...this.verdict, retry: 'never' }, this.reason);
  }
}

/** The endpoint answered, and not in the protocol. */
export function invalidAnswer(reason: string, verdict: Verdict = FAILURE): LlmError {
  return new LlmError('LLM_RESPONSE_INVALID', verdict, reason);
}

/** Statuses that say that the endpoint did not do its part, besides 5xx. */
const FAILING = [408, 409];
const TOO_MANY = 429;
const SECOND = 1_000;
const DEFAULT_WAIT_S = 10;

/** What the client library throws, as one of ours; anything unknown is a stream that broke. */
export function toLlmError(error: unknown): LlmError {
  if (error instanceof LlmError) return error;
  if (error instanceof SyntaxError) return invalidAnswer('invalid_json');
  if (error instanceof APIConnectionError) return new LlmError('LLM_SERVICE_FAILED', FAILURE, 'connection_failed');
  if (error instanceof APIError && typeof error.status === 'number') return fromStatus(error.status, error.headers);
  return new LlmError('LLM_SERVICE_FAILED', FAILURE, error instanceof APIError ? 'error_event' : 'stream_broken');
}

function fromStatus(status: number, headers: unknown): LlmError {
  const reason = `status_${status}`;
  if (status >= 500 || FAILING.includes(status)) return new LlmError('LLM_SERVICE_FAILED', FAILURE, reason);
  if (status !== TOO_MANY) return new LlmError('LLM_SERVICE_FAILED', ANSWERED, reason);
  const seconds = retryAfterSeconds(headers instanceof Headers ? headers.get('retry-after') : null);
  const verdict: Verdict = { health: 'answered', retry: 'always', retryAfterMs: (seconds ?? 0) * SECOND };
  return new LlmError('LLM_RATE_LIMITED', verdict, reason, Math.max(1, seconds ?? DEFAULT_WAIT_S));
}

/** RFC 9110, 10.2.3: seconds, or a date. */
function retryAfterSeconds(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : (Date.parse(header) - Date.now()) / SECOND;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined;
}
