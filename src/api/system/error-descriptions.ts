import { ERROR_CODES, type ErrorCode, errorDefinition, isErrorCode, NotFoundError } from '@app/common';
import { distance } from 'fastest-levenshtein';

/** One error of the catalogue as the API describes it. */
export interface ErrorDescription {
  readonly code: ErrorCode;
  readonly status: number;
  readonly category: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly retry_after_seconds: number | null;
  readonly action: string;
  /** What `details` may hold; of errors with status 500 and above, only what callers get to see. */
  readonly details: ReadonlyArray<{ name: string; type: string; description: string; example: unknown }>;
}

const SUGGESTIONS = 3;

export function listErrors(): ErrorDescription[] {
  return ERROR_CODES.map(describe);
}

/** @throws NotFoundError (ERROR_CODE_UNKNOWN) with the nearest codes */
export function describeError(code: string): ErrorDescription {
  const wanted = code.toUpperCase();
  if (isErrorCode(wanted)) return describe(wanted);
  throw new NotFoundError('ERROR_CODE_UNKNOWN', { details: { did_you_mean: nearestCodes(wanted) } });
}

function describe(code: ErrorCode): ErrorDescription {
  const { status, category, message, retryable, retryAfterSeconds, action, details } = errorDefinition(code);
  return {
    code,
    status,
    category,
    message,
    retryable,
    retry_after_seconds: retryAfterSeconds ?? null,
    action,
    details: Object.entries(details)
      .filter(([, field]) => status < 500 || field.public === true)
      .map(([name, { type, description, example }]) => ({ name, type, description, example })),
  };
}

function nearestCodes(wanted: string): ErrorCode[] {
  return ERROR_CODES.map((code) => ({ code, far: distance(code, wanted.slice(0, 100)) }))
    .sort((a, b) => a.far - b.far)
    .slice(0, SUGGESTIONS)
    .map(({ code }) => code);
}
