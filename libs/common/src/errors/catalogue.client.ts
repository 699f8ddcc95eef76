import { defineErrors } from './error-definition';

const field = {
  type: 'string',
  description: 'Where the first problem is: a property path, a parameter or a header',
  example: 'time_period',
} as const;

const value = {
  type: 'any',
  description: 'What was given there, cut at 100 characters; absent for sensitive fields',
  example: 'last fortnigth',
} as const;

const fieldErrors = {
  type: 'objects',
  description: 'All problems at once: `field`, `value` (cut, or absent when sensitive) and `constraints`',
  example: [{ field: 'time_period', value: 'last fortnigth', constraints: ['is not a time period'] }],
} as const;

const limit = { type: 'integer', description: 'The largest size accepted, in bytes', example: 1048576 } as const;

/** Errors a client can mend by changing its request (4xx other than the business rules). */
export const CLIENT_ERRORS = defineErrors({
  VALIDATION_INVALID_INPUT: {
    status: 400,
    category: 'input',
    message: 'The request has invalid or missing values',
    retryable: false,
    action: 'Correct the fields named in details.errors and send the request again.',
    details: { field, value, errors: fieldErrors },
  },
  VALIDATION_MALFORMED_JSON: {
    status: 400,
    category: 'input',
    message: 'The request body is not valid JSON',
    retryable: false,
    action: 'Send a body that parses as JSON in UTF-8, without __proto__ or constructor keys.',
    details: {},
  },
  REQUEST_URL_MALFORMED: {
    status: 400,
    category: 'input',
    message: 'The request URL is malformed',
    retryable: false,
    action: 'Percent-encode the URL as UTF-8 and leave out control characters.',
    details: {},
  },
  REQUEST_HTTP_MALFORMED: {
    status: 400,
    category: 'input',
    message: 'The request is not valid HTTP',
    retryable: false,
    action: 'Send a well-formed HTTP/1.1 request with one Host header and one way to tell its length.',
    details: {},
  },
  REQUEST_HEADER_INVALID: {
    status: 400,
    category: 'input',
    message: 'A request header has an invalid value',
    retryable: false,
    action: 'Correct the header named in details.field.',
    details: { field, value },
  },
  REQUEST_BODY_TIMEOUT: {
    status: 408,
    category: 'slow_client',
    message: 'The request did not arrive in time',
    retryable: true,
    action: 'Send the whole request without long pauses.',
    details: {},
  },
  REQUEST_EXPECTATION_FAILED: {
    status: 417,
    category: 'slow_client',
    message: 'The Expect header asks for something this server does not do',
    retryable: false,
    action: 'Leave the Expect header out, or send `Expect: 100-continue`.',
    details: {},
  },
  AUTH_TOKEN_MISSING: {
    status: 401,
    category: 'authentication',
    message: 'A bearer token is required',
    retryable: false,
    action: 'Send `Authorization: Bearer <token>`.',
    details: {},
  },
  AUTH_TOKEN_INVALID: {
    status: 401,
    category: 'authentication',
    message: 'The bearer token is not valid',
    retryable: false,
    action: 'Get a new token from the issuer; check the audience and the key it was signed with.',
    details: {},
  },
  AUTH_TOKEN_EXPIRED: {
    status: 401,
    category: 'authentication',
    message: 'The bearer token has expired',
    retryable: false,
    action: 'Get a new token.',
    details: {
      expired_at: { type: 'string', description: 'When the token expired', example: '2025-10-21T23:15:00.000Z' },
    },
  },
  AUTH_SCOPE_FORBIDDEN: {
    status: 403,
    category: 'authorisation',
    message: 'The token does not carry the scope this route needs',
    retryable: false,
    action: 'Get a token with the scopes named in details.required_scopes.',
    details: {
      required_scopes: { type: 'strings', description: 'Scopes the route needs', example: ['health:write'] },
    },
  },
  ROUTE_PATH_NOT_FOUND: {
    status: 404,
    category: 'absent',
    message: 'There is nothing at this path',
    retryable: false,
    action: 'Check the path against /docs.',
    details: { path: { type: 'string', description: 'The path asked for', example: '/api/v1/helth-data' } },
  },
  ROUTE_METHOD_NOT_ALLOWED: {
    status: 405,
    category: 'absent',
    message: 'This path does not answer to that method',
    retryable: false,
    action: 'Use one of the methods in details.allowed_methods (also in the Allow header).',
    details: {
      allowed_methods: { type: 'strings', description: 'Methods the path answers to', example: ['GET', 'HEAD'] },
    },
  },
  ERROR_CODE_UNKNOWN: {
    status: 404,
    category: 'absent',
    message: 'There is no such error code',
    retryable: false,
    action: 'See /errors for all codes.',
    details: {
      did_you_mean: { type: 'strings', description: 'Codes that look alike', example: ['AUTH_TOKEN_INVALID'] },
    },
  },
  IMPORT_JOB_NOT_FOUND: {
    status: 404,
    category: 'absent',
    message: 'There is no such import',
    retryable: false,
    action: 'List your imports with GET /api/v1/imports.',
    details: { import_id: { type: 'string', description: 'The id asked for', example: 'imp_01J9Z3' } },
  },
  CHAT_SESSION_NOT_FOUND: {
    status: 404,
    category: 'absent',
    message: 'There is no such chat session',
    retryable: false,
    action: 'Leave session_id out to begin a session, or list yours with GET /api/v1/chat/sessions.',
    details: { session_id: { type: 'string', description: 'The id asked for', example: 'ses_01J9Z3' } },
  },
  RESILIENCE_POLICY_NOT_FOUND: {
    status: 404,
    category: 'absent',
    message: 'There is no such policy',
    retryable: false,
    action: 'List the policies with GET /api/v1/admin/resilience.',
    details: { policy: { type: 'string', description: 'The name asked for', example: 'redis' } },
  },
  REQUEST_TRACE_NOT_FOUND: {
    status: 404,
    category: 'absent',
    message: 'Nothing is kept of such a request',
    retryable: false,
    action:
      'Ask the other replicas, and the log for the correlation id: each replica keeps the latest requests that failed ' +
      'or were slow.',
    details: { correlation_id: { type: 'string', description: 'The id asked for', example: 'req_7f8a9b2c41d05e63' } },
  },
  REQUEST_BODY_TOO_LARGE: {
    status: 413,
    category: 'size_or_type',
    message: 'The request body is too large',
    retryable: false,
    action: 'Send at most details.limit_bytes bytes; large exports go to POST /api/v1/imports.',
    details: { limit_bytes: limit },
  },
  REQUEST_URL_TOO_LONG: {
    status: 414,
    category: 'size_or_type',
    message: 'The request URL is too long',
    retryable: false,
    action: 'Shorten the path or the query.',
    details: { limit_bytes: limit },
  },
  REQUEST_MEDIA_TYPE_UNSUPPORTED: {
    status: 415,
    category: 'size_or_type',
    message: 'The content type of the request body is missing or not supported here',
    retryable: false,
    action: 'Send one of details.supported_types as Content-Type.',
    details: {
      supported_types: { type: 'strings', description: 'Content types accepted', example: ['application/json'] },
    },
  },
  REQUEST_HEADERS_TOO_LARGE: {
    status: 431,
    category: 'size_or_type',
    message: 'The request headers are too large',
    retryable: false,
    action: 'Send at most details.limit_bytes bytes of headers.',
    details: { limit_bytes: limit },
  },
  REQUEST_ACCEPT_UNSUPPORTED: {
    status: 406,
    category: 'size_or_type',
    message: 'None of the content types in the Accept header can be produced here',
    retryable: false,
    action: 'Ask for one of details.supported_types.',
    details: {
      supported_types: {
        type: 'strings',
        description: 'Content types this route produces',
        example: ['application/json'],
      },
    },
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 409,
    category: 'conflict',
    message: 'The idempotency key was used before for a different request',
    retryable: false,
    action: 'Use a new key for a new request; repeat the same request to get its first answer.',
    details: {},
  },
  IDEMPOTENCY_REQUEST_RUNNING: {
    status: 409,
    category: 'conflict',
    message: 'The first request with this idempotency key has not finished yet',
    retryable: true,
    action: 'Wait, then repeat the request with the same key.',
    details: {},
  },
  RATE_LIMIT_EXCEEDED: {
    status: 429,
    category: 'limits',
    message: 'Too many requests',
    retryable: true,
    action: 'Wait for the seconds in Retry-After; the RateLimit headers tell what is left.',
    retryAfterSeconds: 60,
    details: {
      limit: { type: 'integer', description: 'Requests allowed in the window', example: 300 },
      window_seconds: { type: 'integer', description: 'Length of the window', example: 60 },
    },
  },
  ERROR_RATE_EXCEEDED: {
    status: 429,
    category: 'limits',
    message: 'Too many requests of yours failed',
    retryable: true,
    action: 'Mend the client: the answers before this one say what is wrong.',
    retryAfterSeconds: 60,
    details: {
      limit: { type: 'integer', description: 'Failed requests allowed in the window', example: 60 },
      window_seconds: { type: 'integer', description: 'Length of the window', example: 60 },
    },
  },
});
