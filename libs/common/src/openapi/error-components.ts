import { type ErrorCode, ERROR_CODES, errorDefinition } from '../errors/catalogue';
import { errorEnvelope, problemDetails } from '../errors/envelope';
import type { ReportedError } from '../errors/reported-error';

const CORRELATION_ID = 'req_7f8a9b2c41d05e63';
const TIMESTAMP = '2025-10-21T23:15:00.000Z';
const CATALOGUE_URL = 'http://localhost:3000/errors';

const BODY_PROPERTIES = {
  code: { type: 'string', enum: [...ERROR_CODES], description: 'Stable name of the error; see /errors' },
  message: { type: 'string', description: 'For people; may change' },
  details: { type: 'object', additionalProperties: true, description: 'What is known besides; by code, see /errors' },
  correlation_id: { type: 'string', description: 'Also in X-Correlation-ID; quote it when reporting a problem' },
  timestamp: { type: 'string', format: 'date-time' },
};

/** The schemas of the two forms an error can take. */
export const ERROR_SCHEMAS = {
  ErrorEnvelope: {
    type: 'object',
    required: ['success', 'data', 'error'],
    additionalProperties: false,
    properties: {
      success: { type: 'boolean', enum: [false] },
      data: { type: 'null' },
      error: {
        type: 'object',
        required: Object.keys(BODY_PROPERTIES),
        additionalProperties: false,
        properties: BODY_PROPERTIES,
      },
    },
  },
  ProblemDetails: {
    type: 'object',
    required: [
      'type',
      'title',
      'status',
      'detail',
      'instance',
      ...Object.keys(BODY_PROPERTIES).filter((name) => name !== 'message'),
    ],
    properties: {
      type: { type: 'string', format: 'uri', description: 'Absolute URL of the description of the code' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string' },
      instance: { type: 'string', description: 'The correlation id' },
      code: BODY_PROPERTIES.code,
      details: BODY_PROPERTIES.details,
      correlation_id: BODY_PROPERTIES.correlation_id,
      timestamp: BODY_PROPERTIES.timestamp,
    },
  },
};

export const RESPONSE_HEADERS = {
  CorrelationId: {
    description: 'Names this request in the logs; the one that was sent, or a new one',
    schema: { type: 'string', example: CORRELATION_ID },
  },
  RetryAfter: { description: 'Seconds after which to try again', schema: { type: 'integer', minimum: 1, example: 5 } },
  RateLimit: {
    description: 'What is left of each limit (r), and the seconds until its window turns (t)',
    schema: { type: 'string', example: '"default";r=299;t=35' },
  },
  RateLimitPolicy: {
    description: 'The limits that apply: requests (q) in a window of seconds (w)',
    schema: { type: 'string', example: '"default";q=300;w=60' },
  },
  Challenge: { description: 'How to authenticate', schema: { type: 'string', example: 'Bearer' } },
};

/** Examples of all codes that `codes` names, for the envelope and for problem details. */
export function errorExamples(codes: Iterable<ErrorCode>): Record<string, { summary: string; value: unknown }> {
  const examples: Record<string, { summary: string; value: unknown }> = {};
  for (const code of codes) {
    const error = exampleError(code);
    const summary = error.message;
    examples[code] = { summary, value: errorEnvelope(error, CORRELATION_ID) };
    examples[`${code}.problem`] = { summary, value: problemDetails(error, CORRELATION_ID, CATALOGUE_URL) };
  }
  return examples;
}

function exampleError(code: ErrorCode): ReportedError {
  const { status, message, details, retryAfterSeconds } = errorDefinition(code);
  const shown = Object.entries(details).filter(([, field]) => status < 500 || field.public === true);
  return {
    code,
    status,
    message,
    details: Object.fromEntries(shown.map(([name, { example }]) => [name, example])),
    timestamp: TIMESTAMP,
    retryAfterSeconds,
  };
}
