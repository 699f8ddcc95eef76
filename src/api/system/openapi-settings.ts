import type { OpenApiSettings } from '@app/common';

/** What the API document says about the service as a whole. */
export const OPENAPI_SETTINGS: OpenApiSettings = {
  title: 'Wellness API',
  description:
    'Questions and answers about Apple Health data: import an export, query it, chat about it.\n\n' +
    'Every JSON answer of `/api/v1` has the same envelope: `success`, `data`, `error`. Errors carry a stable `code` ' +
    '(all of them: `/errors`) and a `correlation_id`, which is also in the `X-Correlation-ID` header of every answer. ' +
    'Ask for `application/problem+json` to get RFC 9457 problem details instead. ' +
    'How often one may call is told by the `RateLimit` and `RateLimit-Policy` headers.',
  version: '1.0.0',
  // Whatever belongs to a user is in Redis.
  errors: {
    withToken: ['REDIS_CONNECTION_FAILED', 'REDIS_OPERATION_TIMEOUT'],
    limited: ['RATE_LIMIT_EXCEEDED', 'ERROR_RATE_EXCEEDED'],
    writing: ['REDIS_STORAGE_FULL', 'REDIS_WRITE_REFUSED'],
  },
  tags: [
    { name: 'health-data', description: 'What was measured: metrics, records, aggregates' },
    { name: 'imports', description: 'Uploads of Apple Health exports and their progress' },
    { name: 'chat', description: 'Questions in plain language, with and without memory' },
    { name: 'me', description: 'Settings of the user, and everything held about them' },
    { name: 'admin', description: 'What operators can see and do while the service runs' },
    { name: 'system', description: 'Probes, metrics, the error catalogue and the index; no token needed' },
  ],
};
