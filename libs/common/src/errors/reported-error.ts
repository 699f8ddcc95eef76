import { HttpException } from '@nestjs/common';
import { type ErrorCode, errorDefinition } from './catalogue';
import { WellnessError } from './exceptions';

/** An error as the caller may see it: everything private has been left out. */
export interface ReportedError {
  readonly code: ErrorCode;
  readonly status: number;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly timestamp: string;
  readonly retryAfterSeconds: number | undefined;
}

const CODE_BY_FRAMEWORK_CODE: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_BAD_URL: 'REQUEST_URL_MALFORMED',
  FST_STATIC_FORBIDDEN_PATH: 'ROUTE_PATH_NOT_FOUND',
  FST_ERR_MAX_PARAM_LENGTH: 'REQUEST_URL_TOO_LONG',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'VALIDATION_MALFORMED_JSON',
  FST_ERR_CTP_INVALID_JSON_BODY: 'VALIDATION_MALFORMED_JSON',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'REQUEST_HTTP_MALFORMED',
};

const CODE_BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: 'AUTH_TOKEN_INVALID',
  403: 'AUTH_SCOPE_FORBIDDEN',
  404: 'ROUTE_PATH_NOT_FOUND',
  405: 'ROUTE_METHOD_NOT_ALLOWED',
  406: 'REQUEST_ACCEPT_UNSUPPORTED',
  408: 'REQUEST_BODY_TIMEOUT',
  413: 'REQUEST_BODY_TOO_LARGE',
  414: 'REQUEST_URL_TOO_LONG',
  415: 'REQUEST_MEDIA_TYPE_UNSUPPORTED',
  417: 'REQUEST_EXPECTATION_FAILED',
  429: 'RATE_LIMIT_EXCEEDED',
  431: 'REQUEST_HEADERS_TOO_LARGE',
  503: 'SYSTEM_RESOURCES_EXHAUSTED',
  504: 'REQUEST_DEADLINE_EXCEEDED',
};

/** Whatever was thrown, as an error of the catalogue. Never throws itself. */
export function toReportedError(thrown: unknown): ReportedError {
  try {
    return thrown instanceof WellnessError ? fromOwnError(thrown) : fromCode(codeOf(thrown));
  } catch {
    // A hostile value (a throwing getter, a revoked proxy) is a bug like any other; the log has what can be had of it.
    return fromCode('INTERNAL_SERVER_ERROR');
  }
}

function fromOwnError(error: WellnessError): ReportedError {
  const isServerFault = error.status >= 500;
  return {
    code: error.error_code,
    status: error.status,
    message: isServerFault ? errorDefinition(error.error_code).message : error.message,
    details: isServerFault ? publicDetails(error) : error.details,
    timestamp: error.timestamp,
    retryAfterSeconds: error.retryAfterSeconds,
  };
}

function fromCode(code: ErrorCode): ReportedError {
  const { status, message, retryAfterSeconds } = errorDefinition(code);
  return { code, status, message, details: {}, timestamp: new Date().toISOString(), retryAfterSeconds };
}

function publicDetails(error: WellnessError): Record<string, unknown> {
  const fields = errorDefinition(error.error_code).details;
  return Object.fromEntries(Object.entries(error.details).filter(([name]) => fields[name]?.public === true));
}

/** Exceptions of the frameworks by their code, then by their status; a status on any other error means nothing. */
function codeOf(thrown: unknown): ErrorCode {
  const isHttp = thrown instanceof HttpException;
  const origin: unknown = isHttp ? (thrown.cause ?? thrown) : thrown;
  if (!(origin instanceof Error)) return 'INTERNAL_SERVER_ERROR';
  const known = 'code' in origin && typeof origin.code === 'string' ? CODE_BY_FRAMEWORK_CODE[origin.code] : undefined;
  if (known !== undefined) return known;
  const status = isHttp ? thrown.getStatus() : fastifyStatus(origin);
  if (status === undefined) return 'INTERNAL_SERVER_ERROR';
  return (
    CODE_BY_STATUS[status] ?? (status >= 400 && status < 500 ? 'VALIDATION_INVALID_INPUT' : 'INTERNAL_SERVER_ERROR')
  );
}

function fastifyStatus(error: Error): number | undefined {
  const isFastify = error.name === 'FastifyError' && 'statusCode' in error && typeof error.statusCode === 'number';
  return isFastify ? (error.statusCode as number) : undefined;
}
