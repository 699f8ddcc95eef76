import { currentCorrelationId } from '../context/request-context';
import { type CodeOf, type ErrorCode, type ErrorDetails, errorDefinition } from './catalogue';
import type { ErrorCategory } from './error-definition';

export interface ErrorOptions<K extends ErrorCode> {
  /** A more precise message than the catalogue's. Ignored for 5xx, whose public message is always the catalogue's. */
  readonly message?: string;
  readonly details?: ErrorDetails<K>;
  /** What made this happen. Kept and logged, never returned to the caller. */
  readonly cause?: unknown;
  /** Overrides the catalogue's `Retry-After`, in seconds. */
  readonly retryAfterSeconds?: number;
}

/** The one base of all errors this product throws on purpose. */
export abstract class WellnessError extends Error {
  readonly error_code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  readonly timestamp = new Date().toISOString();
  readonly correlation_id = currentCorrelationId();
  readonly retryAfterSeconds: number | undefined;

  protected constructor(code: ErrorCode, options: ErrorOptions<ErrorCode>) {
    const definition = errorDefinition(code);
    super(options.message ?? definition.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.error_code = code;
    this.details = options.details ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds ?? definition.retryAfterSeconds;
  }

  get status(): number {
    return errorDefinition(this.error_code).status;
  }

  get category(): ErrorCategory {
    return errorDefinition(this.error_code).category;
  }
}

/** The request has the wrong shape, size, type or pace. */
export class ValidationError<
  K extends CodeOf<'input' | 'size_or_type' | 'slow_client'> = CodeOf<'input' | 'size_or_type' | 'slow_client'>,
> extends WellnessError {
  constructor(code: K, options: ErrorOptions<K> = {}) {
    super(code, options);
  }
}

/** Who calls is not known (401), or may not do this (403). */
export class AuthenticationError<
  K extends CodeOf<'authentication' | 'authorisation'> = CodeOf<'authentication' | 'authorisation'>,
> extends WellnessError {
  constructor(code: K, options: ErrorOptions<K> = {}) {
    super(code, options);
  }
}

/** A route, or something with an id, is not there; or not there for this user. */
export class NotFoundError<K extends CodeOf<'absent'> = CodeOf<'absent'>> extends WellnessError {
  constructor(code: K, options: ErrorOptions<K> = {}) {
    super(code, options);
  }
}

/** The request contradicts one that came before. */
export class ConflictError<K extends CodeOf<'conflict'> = CodeOf<'conflict'>> extends WellnessError {
  constructor(code: K, options: ErrorOptions<K> = {}) {
    super(code, options);
  }
}

/** The request is well-formed and cannot be done for a reason in its meaning. */
export class BusinessLogicError<K extends CodeOf<'business'> = CodeOf<'business'>> extends WellnessError {
  constructor(code: K, options: ErrorOptions<K> = {}) {
    super(code, options);
  }
}

/** The caller asks for too much at once. */
export class RateLimitError<K extends CodeOf<'limits'> = CodeOf<'limits'>> extends WellnessError {
  constructor(code: K, options: ErrorOptions<K> = {}) {
    super(code, options);
  }
}

/** Something this service depends on, or the service itself, cannot do its part at the moment. */
export class InfrastructureError<
  K extends CodeOf<'infrastructure' | 'critical'> = CodeOf<'infrastructure' | 'critical'>,
> extends WellnessError {
  constructor(code: K, options: ErrorOptions<K> = {}) {
    super(code, options);
  }
}

type RefusalCode = 'SYSTEM_SHUTTING_DOWN' | 'SYSTEM_RESOURCES_EXHAUSTED' | 'SYSTEM_MAINTENANCE_ACTIVE';

/** The process takes no requests at the moment, on purpose: nothing has failed that anybody should look into. */
export class RequestRefusedError<K extends RefusalCode = RefusalCode> extends InfrastructureError<K> {
  constructor(code: K, options: ErrorOptions<K> = {}) {
    super(code, options);
  }
}

/** No metric that was asked for has anything in the period. */
export class HealthDataNotFoundError extends BusinessLogicError<'HEALTH_DATA_NOT_FOUND'> {
  constructor(details: ErrorDetails<'HEALTH_DATA_NOT_FOUND'>, message?: string) {
    super('HEALTH_DATA_NOT_FOUND', { details, message });
  }
}

/** Redis refused, reset or garbled a connection. */
export class RedisConnectionError extends InfrastructureError<'REDIS_CONNECTION_FAILED'> {
  constructor(operation: string, cause: unknown) {
    super('REDIS_CONNECTION_FAILED', { details: { operation }, cause });
  }
}

/** Redis took longer than a command may take. */
export class RedisTimeoutError extends InfrastructureError<'REDIS_OPERATION_TIMEOUT'> {
  constructor(operation: string, cause: unknown) {
    super('REDIS_OPERATION_TIMEOUT', { details: { operation }, cause });
  }
}
