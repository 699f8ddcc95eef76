import type { ErrorCode } from '@app/common';
import type { HttpCall } from './http';

/** Largest body of the application under test. */
export const MAX_BODY_BYTES = 2_048;
export const JSON_HEADERS = { 'content-type': 'application/json' };

export interface Bypass {
  readonly path: string;
  readonly code: ErrorCode;
  readonly call: HttpCall;
  readonly details?: unknown;
}

/** A call to the fault controller. */
export const at = (path: string, rest: Omit<HttpCall, 'path'> = {}): HttpCall => ({
  path: `/api/v1/faults/${path}`,
  ...rest,
});
const form = (body: string | Buffer, headers: Record<string, string> = JSON_HEADERS): HttpCall =>
  at('form', { method: 'POST', headers, body });

/** Every way around the framework's own error handling, and the ordinary ones. */
export const BYPASSES: readonly Bypass[] = [
  { path: 'malformed JSON', code: 'VALIDATION_MALFORMED_JSON', call: form('{"name":') },
  { path: 'empty JSON body', code: 'VALIDATION_MALFORMED_JSON', call: form(' ') },
  {
    path: 'no bytes of JSON',
    code: 'VALIDATION_MALFORMED_JSON',
    call: form('', { ...JSON_HEADERS, 'content-length': '0' }),
  },
  { path: 'JSON that is not UTF-8', code: 'VALIDATION_MALFORMED_JSON', call: form(Buffer.from([0x22, 0xff, 0x22])) },
  { path: 'a __proto__ key', code: 'VALIDATION_MALFORMED_JSON', call: form('{"__proto__":{"admin":true}}') },
  {
    path: 'a constructor.prototype key',
    code: 'VALIDATION_MALFORMED_JSON',
    call: form('{"constructor":{"prototype":{}}}'),
  },
  {
    path: 'JSON nested beyond measure',
    code: 'VALIDATION_INVALID_INPUT',
    call: form(`{"name":${'['.repeat(900)}${']'.repeat(900)}}`),
    details: { field: 'body', errors: [{ field: 'body', constraints: ['is nested more than 32 levels deep'] }] },
  },
  {
    path: 'wrong content type',
    code: 'REQUEST_MEDIA_TYPE_UNSUPPORTED',
    call: form('<a/>', { 'content-type': 'application/xml' }),
    details: { supported_types: ['application/json'] },
  },
  { path: 'garbled content type', code: 'REQUEST_MEDIA_TYPE_UNSUPPORTED', call: form('{}', { 'content-type': ';;;' }) },
  { path: 'missing content type', code: 'REQUEST_MEDIA_TYPE_UNSUPPORTED', call: form('{}', {}) },
  {
    path: 'an unreadable charset',
    code: 'REQUEST_MEDIA_TYPE_UNSUPPORTED',
    call: form('{}', { 'content-type': 'application/json; charset=utf-16' }),
  },
  {
    path: 'a compressed body',
    code: 'REQUEST_MEDIA_TYPE_UNSUPPORTED',
    call: form('{}', { ...JSON_HEADERS, 'content-encoding': 'gzip' }),
  },
  {
    path: 'a body type of another route',
    code: 'REQUEST_MEDIA_TYPE_UNSUPPORTED',
    call: form('PK', { 'content-type': 'application/zip' }),
  },
  {
    path: 'multipart where none is expected',
    code: 'REQUEST_MEDIA_TYPE_UNSUPPORTED',
    call: form('--x--', { 'content-type': 'multipart/form-data; boundary=x' }),
  },
  {
    path: 'body over the limit',
    code: 'REQUEST_BODY_TOO_LARGE',
    call: form(`{"name":"${'x'.repeat(MAX_BODY_BYTES)}"}`),
  },
  {
    path: 'chunked body over the limit',
    code: 'REQUEST_BODY_TOO_LARGE',
    call: form(`{"name":"${'x'.repeat(MAX_BODY_BYTES)}"}`, { ...JSON_HEADERS, 'transfer-encoding': 'chunked' }),
  },
  {
    path: 'unknown route',
    code: 'ROUTE_PATH_NOT_FOUND',
    call: { path: '/api/v1/nothing-here' },
    details: { path: '/api/v1/nothing-here' },
  },
  {
    path: 'unknown route with a bad body',
    code: 'ROUTE_PATH_NOT_FOUND',
    call: { path: '/nope', method: 'POST', body: '{', headers: JSON_HEADERS },
  },
  {
    path: 'known route, other method',
    code: 'ROUTE_METHOD_NOT_ALLOWED',
    call: at('form', { method: 'PUT' }),
    details: { allowed_methods: ['OPTIONS', 'POST'] },
  },
  {
    path: 'known route with parameters, other method',
    code: 'ROUTE_METHOD_NOT_ALLOWED',
    call: at('numbers/7', { method: 'DELETE' }),
    details: { allowed_methods: ['GET', 'HEAD', 'OPTIONS'] },
  },
  { path: 'an unusual method', code: 'ROUTE_METHOD_NOT_ALLOWED', call: at('ok', { method: 'PROPFIND' }) },
  { path: 'bad percent-encoding', code: 'REQUEST_URL_MALFORMED', call: { path: '/%zz' } },
  { path: 'bad percent-encoding in a known route', code: 'REQUEST_URL_MALFORMED', call: at('throw/%E0%A4%A') },
  { path: 'bad UTF-8 in the path', code: 'REQUEST_URL_MALFORMED', call: at('throw/%ff') },
  { path: 'bad UTF-8 in the query', code: 'REQUEST_URL_MALFORMED', call: at('ok?x=%c3%28') },
  { path: 'NUL in the path', code: 'REQUEST_URL_MALFORMED', call: at('throw/a%00b') },
  { path: 'NUL in the path of nothing', code: 'REQUEST_URL_MALFORMED', call: { path: '/%00' } },
  { path: 'a parameter over the limit', code: 'REQUEST_URL_TOO_LONG', call: at(`numbers/${'1'.repeat(300)}`) },
  { path: 'a path over the limit', code: 'REQUEST_URL_TOO_LONG', call: { path: `/${'p/'.repeat(4_500)}` } },
  {
    path: 'a query over the limit',
    code: 'REQUEST_URL_TOO_LONG',
    call: at(`ok?q=${'q'.repeat(9_000)}`),
    details: { limit_bytes: 8_192 },
  },
  {
    path: 'headers over the limit',
    code: 'REQUEST_HEADERS_TOO_LARGE',
    call: at('ok', { headers: { 'x-large': 'h'.repeat(20_000) } }),
    details: { limit_bytes: 16_384 },
  },
  {
    path: 'an impossible timeout header',
    code: 'REQUEST_HEADER_INVALID',
    call: at('ok', { headers: { 'x-request-timeout-ms': 'soon' } }),
    details: { field: 'x-request-timeout-ms' },
  },
  {
    path: 'an Accept header that an event stream cannot meet',
    code: 'REQUEST_ACCEPT_UNSUPPORTED',
    call: at('events/fine', { method: 'POST', headers: { accept: 'image/png' } }),
  },
  { path: "a framework's own pipe", code: 'VALIDATION_INVALID_INPUT', call: at('numbers/seven') },
  { path: 'an error in a guard', code: 'INTERNAL_SERVER_ERROR', call: at('guard') },
  { path: 'an error in an interceptor', code: 'INTERNAL_SERVER_ERROR', call: at('interceptor') },
  { path: 'an error in a pipe', code: 'INTERNAL_SERVER_ERROR', call: at('pipe?x=1') },
  { path: 'an error in the serializer', code: 'INTERNAL_SERVER_ERROR', call: at('serializer') },
  { path: 'an error after announcing another type', code: 'INTERNAL_SERVER_ERROR', call: at('typed') },
  { path: 'a handler that throws a string', code: 'INTERNAL_SERVER_ERROR', call: at('throw/string') },
  { path: 'a handler that throws null', code: 'INTERNAL_SERVER_ERROR', call: at('throw/null') },
  { path: 'a handler that throws undefined', code: 'INTERNAL_SERVER_ERROR', call: at('throw/undefined') },
  { path: 'a handler that throws a number', code: 'INTERNAL_SERVER_ERROR', call: at('throw/number') },
  { path: 'a handler that throws a frozen object', code: 'INTERNAL_SERVER_ERROR', call: at('throw/frozen') },
  { path: 'an error with a circular cause', code: 'INTERNAL_SERVER_ERROR', call: at('throw/circular') },
  { path: 'an error that throws when it is looked at', code: 'INTERNAL_SERVER_ERROR', call: at('throw/hostile') },
  { path: "a driver's error", code: 'INTERNAL_SERVER_ERROR', call: at('throw/driver') },
  { path: 'an error with a status of its own', code: 'INTERNAL_SERVER_ERROR', call: at('throw/status') },
  { path: 'an HTTP exception of the framework', code: 'AUTH_SCOPE_FORBIDDEN', call: at('throw/forbidden') },
  { path: 'an HTTP exception nobody expected', code: 'VALIDATION_INVALID_INPUT', call: at('throw/teapot') },
  { path: 'an infrastructure error', code: 'REDIS_CONNECTION_FAILED', call: at('throw/redis'), details: {} },
  {
    path: 'an infrastructure error with private details',
    code: 'LLM_SERVICE_FAILED',
    call: at('throw/unavailable'),
    details: {},
  },
  { path: 'a limit', code: 'RATE_LIMIT_EXCEEDED', call: at('throw/rate'), details: { limit: 1, window_seconds: 60 } },
  {
    path: 'a business rule',
    code: 'HEALTH_DATA_NOT_FOUND',
    call: at('throw/business'),
    details: { time_period: 'last_30_days', available_periods: ['2024'] },
  },
  { path: 'details that do not serialise', code: 'HEALTH_DATA_NOT_FOUND', call: at('throw/unprintable'), details: {} },
  {
    path: 'an event stream that fails before its first event',
    code: 'REDIS_CONNECTION_FAILED',
    call: at('events/early', { method: 'POST' }),
  },
];
