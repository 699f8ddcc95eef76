import OpenAI from 'openai';
import { ModelError, type ModelFault } from './model-error';

/** Whatever the client library or the network threw, as one of ours. */
export function translateOpenAiError(error: unknown): ModelError {
  if (error instanceof ModelError) return error;
  // The library's own word for a body or an event that is no JSON.
  if (error instanceof SyntaxError) return new ModelError('garbled', { cause: error });
  if (!(error instanceof OpenAI.APIError)) return new ModelError('unreachable', { cause: error });
  if (error instanceof OpenAI.APIConnectionError) return new ModelError('unreachable', { cause: error });
  const { code, headers } = error as { code?: unknown; headers?: Headers };
  const status = error.status as number | undefined;
  if (code === 'content_filter') return new ModelError('filtered', { cause: error, status });
  return new ModelError(faultOfStatus(status), { cause: error, status, retryAfterMs: retryAfterOf(headers) });
}

/** @param status undefined: an error in the middle of an answer that had begun well */
export function faultOfStatus(status: number | undefined): ModelFault {
  if (status === undefined || status >= 500) return 'failed';
  // Redirects are not followed: questions go where the configuration says, and nowhere else.
  if (status < 400) return 'garbled';
  switch (status) {
    case 408:
    case 409:
      return 'failed';
    case 429:
      return 'rate_limited';
    case 401:
    case 403:
    case 404:
      return 'misconfigured';
    default:
      return 'refused';
  }
}

const SECOND = 1_000;

/** `Retry-After` as seconds or a date; undefined when there is none that can be read. */
export function retryAfterOf(headers: Headers | undefined, now = Date.now()): number | undefined {
  const written = headers?.get('retry-after')?.trim();
  if (written === undefined || written === '') return undefined;
  const ms = /^\d+(?:\.\d+)?$/.test(written) ? Number(written) * SECOND : Date.parse(written) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
