import type { ErrorBody } from '../errors/envelope';
import { type ErrorCode, errorDefinition } from '../errors/catalogue';

/** What the matchers need of a response; `inject`, supertest and fetch (after reading) can all give it. */
export interface AnyResponse {
  readonly status?: number;
  readonly statusCode?: number;
  readonly headers: object;
  readonly body: unknown;
}

const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const CORRELATION_ID = /^[A-Za-z0-9._-]{1,128}$/;

/**
 * Expects the whole error contract for `code`: the catalogue's status, exactly the keys of the envelope, the same
 * correlation id in header and body, and the headers that belong to the status. Returns the `error` object.
 */
export function expectErrorEnvelope(response: AnyResponse, code: ErrorCode): ErrorBody {
  const { status } = errorDefinition(code);
  const body = parsed(response.body) as { error: ErrorBody };
  expect({ status: response.status ?? response.statusCode, code: body?.error?.code }).toEqual({ status, code });
  expect(body).toEqual({ success: false, data: null, error: expect.anything() as unknown });
  expect(Object.keys(body.error).sort()).toEqual(['code', 'correlation_id', 'details', 'message', 'timestamp']);
  expect(body.error.message).not.toBe('');
  expect(body.error.timestamp).toMatch(TIMESTAMP);
  expect(header(response, 'content-type')).toMatch(/^application\/json\b/);
  expectErrorHeaders(response, code, body.error.correlation_id);
  return body.error;
}

/** The headers every error carries, whatever the format of its body. */
export function expectErrorHeaders(response: AnyResponse, code: ErrorCode, correlationId: string): void {
  const { status } = errorDefinition(code);
  expect(correlationId).toMatch(CORRELATION_ID);
  expect(header(response, 'x-correlation-id')).toBe(correlationId);
  expect(header(response, 'link')).toBe(`</errors/${code}>; rel="help"`);
  if (status === 401) expect(header(response, 'www-authenticate')).toMatch(/^Bearer\b/);
  if (status === 405) expect(header(response, 'allow')).toEqual(expect.any(String));
  if (status === 429 || status === 503) expect(Number(header(response, 'retry-after'))).toBeGreaterThanOrEqual(1);
}

/** Expects `{success: true, data, error: null}` with a correlation id header, and returns `data`. */
export function expectSuccessEnvelope<T = unknown>(response: AnyResponse, status = 200): T {
  const body = parsed(response.body) as { data: T };
  expect({ status: response.status ?? response.statusCode, body }).toEqual({
    status,
    body: { success: true, data: body?.data, error: null },
  });
  expect(Object.keys(body).sort()).toEqual(['data', 'error', 'success']);
  expect(header(response, 'x-correlation-id')).toMatch(CORRELATION_ID);
  return body.data;
}

function parsed(body: unknown): unknown {
  return typeof body === 'string' ? JSON.parse(body) : body;
}

function header(response: AnyResponse, name: string): unknown {
  const { headers } = response;
  return headers instanceof Headers ? (headers.get(name) ?? undefined) : (headers as Record<string, unknown>)[name];
}
