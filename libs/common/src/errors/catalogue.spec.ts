import { ERROR_CATALOGUE, ERROR_CODES, errorDefinition, isErrorCode } from './catalogue';
import type { ErrorCategory } from './error-definition';

const STATUSES: Readonly<Record<ErrorCategory, readonly number[]>> = {
  input: [400],
  size_or_type: [406, 413, 414, 415, 431],
  slow_client: [408, 417],
  authentication: [401],
  authorisation: [403],
  absent: [404, 405],
  conflict: [409],
  business: [422],
  limits: [429],
  infrastructure: [503, 504],
  critical: [503],
  bug: [500],
};

/** The least that the contract promises. */
const PROMISED = [
  'VALIDATION_INVALID_INPUT',
  'VALIDATION_MALFORMED_JSON',
  'REQUEST_URL_MALFORMED',
  'AUTH_TOKEN_MISSING',
  'AUTH_TOKEN_INVALID',
  'AUTH_TOKEN_EXPIRED',
  'AUTH_SCOPE_FORBIDDEN',
  'REQUEST_BODY_TIMEOUT',
  'REQUEST_EXPECTATION_FAILED',
  'ROUTE_PATH_NOT_FOUND',
  'ROUTE_METHOD_NOT_ALLOWED',
  'IMPORT_JOB_NOT_FOUND',
  'CHAT_SESSION_NOT_FOUND',
  'IDEMPOTENCY_KEY_REUSED',
  'IDEMPOTENCY_REQUEST_RUNNING',
  'REQUEST_BODY_TOO_LARGE',
  'REQUEST_MEDIA_TYPE_UNSUPPORTED',
  'HEALTH_DATA_NOT_FOUND',
  'HEALTH_DATA_INVALID_FORMAT',
  'HEALTH_METRIC_NOT_SUPPORTED',
  'IMPORT_FILE_UNREADABLE',
  'TOOL_INVALID_INPUT',
  'TOOL_EXECUTION_FAILED',
  'TOOL_EXECUTION_TIMEOUT',
  'RATE_LIMIT_EXCEEDED',
  'ERROR_RATE_EXCEEDED',
  'REDIS_CONNECTION_FAILED',
  'REDIS_OPERATION_TIMEOUT',
  'REDIS_STORAGE_FULL',
  'REDIS_WRITE_REFUSED',
  'HEALTH_DATA_UNAVAILABLE',
  'MEMORY_RETRIEVAL_FAILED',
  'MEMORY_STORAGE_FAILED',
  'LLM_SERVICE_FAILED',
  'LLM_RATE_LIMITED',
  'LLM_RESPONSE_INVALID',
  'AUTH_PROVIDER_UNAVAILABLE',
  'STORAGE_DISK_FULL',
  'STORAGE_IO_FAILED',
  'REQUEST_DEADLINE_EXCEEDED',
  'REDIS_CIRCUIT_OPEN',
  'LLM_CIRCUIT_OPEN',
  'LLM_CAPACITY_EXHAUSTED',
  'SYSTEM_MAINTENANCE_ACTIVE',
  'SYSTEM_RESOURCES_EXHAUSTED',
  'SYSTEM_SHUTTING_DOWN',
  'INTERNAL_SERVER_ERROR',
];

describe('the error catalogue', () => {
  it('has every code that the contract promises', () => {
    expect(PROMISED.filter((code) => !isErrorCode(code))).toEqual([]);
  });

  it('does not take the names of object members for codes', () => {
    expect(isErrorCode('toString')).toBe(false);
  });

  describe.each(ERROR_CODES)('%s', (code) => {
    const definition = errorDefinition(code);

    it('is named domain, resource, issue', () => {
      expect(code).toMatch(/^[A-Z]+(_[A-Z]+){2,}$/);
    });

    it('has a status of its category', () => {
      expect(STATUSES[definition.category]).toContain(definition.status);
    });

    it('says what happened and what to do, in whole phrases', () => {
      expect(definition.message).toMatch(/^[A-Z].*[^.]$/);
      expect(definition.action).toMatch(/^[A-Z].*\.$/);
    });

    it('says when to come back where the contract wants it, and nowhere else', () => {
      const isTold = definition.status === 429 || definition.status === 503;
      expect(definition.retryAfterSeconds !== undefined).toBe(isTold);
      expect(definition.retryAfterSeconds ?? 1).toBeGreaterThanOrEqual(1);
      expect(definition.retryable || !isTold).toBe(true);
    });

    it('describes its details in snake_case, each with an example of its type', () => {
      const typeOf: Readonly<Record<string, (example: unknown) => boolean>> = {
        string: (example) => typeof example === 'string',
        integer: Number.isInteger,
        number: (example) => typeof example === 'number',
        boolean: (example) => typeof example === 'boolean',
        strings: (example) => Array.isArray(example) && example.every((each) => typeof each === 'string'),
        objects: (example) => Array.isArray(example) && example.every((each) => typeof each === 'object'),
        any: () => true,
      };
      for (const [name, { type, description, example }] of Object.entries(definition.details)) {
        expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
        expect(description).not.toBe('');
        expect({ name, fits: typeOf[type]?.(example) }).toEqual({ name, fits: true });
      }
    });
  });

  it('has no code twice', () => {
    expect(new Set(ERROR_CODES).size).toBe(Object.keys(ERROR_CATALOGUE).length);
  });
});
