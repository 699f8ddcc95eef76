import { type ErrorCode, errorDefinition, WellnessError } from '@app/common';

/** A failure before it is known how long the run took. */
export interface Failure {
  readonly errorCode: ErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/**
 * An error as the agent may see it. Business errors say what they have to say; input errors become the tool's own;
 * of infrastructure errors only the code and the public message pass; anything else is an unnamed failure.
 */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof WellnessError)) return publicFailure('TOOL_EXECUTION_FAILED');
  switch (error.category) {
    case 'business':
    case 'absent':
    case 'conflict':
      return { errorCode: error.error_code, message: error.message, details: error.details };
    case 'input':
      return invalidInput(error.message, fieldOf(error.details), error.details['errors']);
    case 'infrastructure':
    case 'critical':
    case 'limits':
      return publicFailure(error.error_code);
    default:
      return publicFailure('TOOL_EXECUTION_FAILED');
  }
}

export function invalidInput(message: string, invalidField: string, errors: unknown = []): Failure {
  return { errorCode: 'TOOL_INVALID_INPUT', message, details: { invalid_field: invalidField, errors } };
}

export function timedOut(timeoutMs: number): Failure {
  return { ...publicFailure('TOOL_EXECUTION_TIMEOUT'), details: { timeout_ms: timeoutMs } };
}

function publicFailure(errorCode: ErrorCode): Failure {
  return { errorCode, message: errorDefinition(errorCode).message, details: {} };
}

function fieldOf(details: Readonly<Record<string, unknown>>): string {
  return typeof details['field'] === 'string' ? details['field'] : 'arguments';
}
