import type { ErrorCode } from './catalogue';
import type { ReportedError } from './reported-error';

export interface SuccessEnvelope<T> {
  readonly success: true;
  readonly data: T;
  readonly error: null;
}

/** The `error` object: these five keys and no others. */
export interface ErrorBody {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly correlation_id: string;
  readonly timestamp: string;
}

export interface ErrorEnvelope {
  readonly success: false;
  readonly data: null;
  readonly error: ErrorBody;
}

/** RFC 9457 problem details with the members of `ErrorBody` beside the standard ones. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  readonly correlation_id: string;
  readonly timestamp: string;
}

export function errorBody(error: ReportedError, correlationId: string): ErrorBody {
  const { code, message, details, timestamp } = error;
  return { code, message, details, correlation_id: correlationId, timestamp };
}

export function errorEnvelope(error: ReportedError, correlationId: string): ErrorEnvelope {
  return { success: false, data: null, error: errorBody(error, correlationId) };
}

/** @param catalogueUrl absolute URL of `/errors`, without a slash at its end */
export function problemDetails(error: ReportedError, correlationId: string, catalogueUrl: string): ProblemDetails {
  return {
    type: `${catalogueUrl}/${error.code}`,
    title: titleOf(error.code),
    status: error.status,
    detail: error.message,
    instance: correlationId,
    code: error.code,
    details: error.details,
    correlation_id: correlationId,
    timestamp: error.timestamp,
  };
}

/** `HEALTH_DATA_NOT_FOUND` → `Health data not found`: the same for every occurrence, as RFC 9457 wants it. */
function titleOf(code: ErrorCode): string {
  const words = code.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * JSON of `value`, or of `fallback()` when the value does not serialise (a cycle, a BigInt, a throwing `toJSON` in
 * somebody's details).
 */
export function toJson(value: unknown, fallback: () => unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return JSON.stringify(fallback());
  }
}
