import type { OpenAPIObject } from '@nestjs/swagger';
import { type ErrorCode, errorDefinition } from '../errors/catalogue';
import { takeErrorCodes } from './api-decorators';
import { ERROR_SCHEMAS, errorExamples, RESPONSE_HEADERS } from './error-components';
import { exampleOf, type Schemas } from './example-of';
import { type RouteExtensions, takeExtensions } from './route-extensions';

interface Response {
  description?: string;
  headers?: Record<string, unknown>;
  content?: Record<string, { schema?: unknown; example?: unknown; examples?: unknown }>;
}

interface Operation extends Record<string, unknown> {
  requestBody?: { content?: Record<string, { schema?: unknown; example?: unknown; examples?: unknown }> };
  responses: Record<string, Response>;
  security?: unknown;
  summary?: string;
}

/** Codes that whole kinds of routes can answer with, besides those of the framework. */
export interface CommonErrors {
  /** Every route that needs a token. */
  readonly withToken?: readonly ErrorCode[];
  /** Every route that needs a token and changes something. */
  readonly writing?: readonly ErrorCode[];
  /** Every route but probes, where rates are limited. */
  readonly limited?: readonly ErrorCode[];
}

export const BEARER = 'bearer';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Codes that any request may meet before a route has its say. */
const EVERYWHERE: readonly ErrorCode[] = [
  'REQUEST_HTTP_MALFORMED',
  'REQUEST_URL_MALFORMED',
  'REQUEST_HEADER_INVALID',
  'REQUEST_URL_TOO_LONG',
  'REQUEST_HEADERS_TOO_LARGE',
  'REQUEST_EXPECTATION_FAILED',
  'INTERNAL_SERVER_ERROR',
];
const WITH_TOKEN: readonly ErrorCode[] = [
  'AUTH_TOKEN_MISSING',
  'AUTH_TOKEN_INVALID',
  'AUTH_TOKEN_EXPIRED',
  'AUTH_PROVIDER_UNAVAILABLE',
];
const WITH_BODY: readonly ErrorCode[] = [
  'REQUEST_BODY_TOO_LARGE',
  'REQUEST_MEDIA_TYPE_UNSUPPORTED',
  'REQUEST_BODY_TIMEOUT',
];

const LIMIT_HEADERS = {
  RateLimit: { $ref: '#/components/headers/RateLimit' },
  'RateLimit-Policy': { $ref: '#/components/headers/RateLimitPolicy' },
};

/**
 * Completes what the framework has found out: adds to every operation the errors it can give, from the catalogue, the
 * correlation id on every response, the scopes, and an example wherever none was given.
 */
export function completeDocument(document: OpenAPIObject, errors: CommonErrors = {}): OpenAPIObject {
  const used = new Set<ErrorCode>();
  const schemas = (document.components?.schemas ?? {}) as Schemas;
  for (const [url, path] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = path[method] as unknown as Operation | undefined;
      if (operation === undefined) continue;
      const common = [...(errors.withToken ?? []), ...(method === 'get' ? [] : (errors.writing ?? []))];
      completeOperation(operation, {
        schemas,
        used,
        common,
        limited: errors.limited ?? [],
        isApi: url.startsWith('/api/'),
      });
    }
  }
  const components = document.components ?? {};
  const errorComponents = {
    schemas: { ...schemas, ...ERROR_SCHEMAS },
    headers: RESPONSE_HEADERS,
    examples: errorExamples(used),
  };
  return { ...document, components: { ...components, ...errorComponents } };
}

interface Surroundings {
  readonly schemas: Schemas;
  readonly used: Set<ErrorCode>;
  readonly common: readonly ErrorCode[];
  readonly limited: readonly ErrorCode[];
  readonly isApi: boolean;
}

function completeOperation(operation: Operation, surroundings: Surroundings): void {
  const { schemas, used, common, limited } = surroundings;
  const extensions = takeExtensions(operation);
  const own = takeErrorCodes(operation);
  operation.security = extensions.public === true ? [] : [{ [BEARER]: extensions.scopes ?? [] }];
  giveExamples(operation, schemas);
  const limits = extensions.probe === true ? [] : limited;
  const usual = extensions.public === true || extensions.operational === true ? [] : common;
  const expected = [...own, ...limits, ...usual, ...refusalsOf(extensions, surroundings)];
  const codes = codesOf(operation, extensions, expected);
  codes.forEach((code) => used.add(code));
  for (const [status, ofStatus] of byStatus(codes))
    operation.responses[status] = errorResponse(ofStatus, operation.responses[status]);
  for (const [status, response] of Object.entries(operation.responses)) {
    response.headers = {
      ...statusHeaders(status),
      'X-Correlation-ID': { $ref: '#/components/headers/CorrelationId' },
      ...(limits.length > 0 && LIMIT_HEADERS),
      ...response.headers,
    };
  }
}

function codesOf(operation: Operation, extensions: RouteExtensions, own: readonly ErrorCode[]): ErrorCode[] {
  const parameters = Array.isArray(operation.parameters) && operation.parameters.length > 0;
  const hasBody = operation.requestBody !== undefined;
  const codes = new Set<ErrorCode>([...own, ...EVERYWHERE]);
  if (extensions.public !== true) WITH_TOKEN.forEach((code) => codes.add(code));
  if ((extensions.scopes ?? []).length > 0) codes.add('AUTH_SCOPE_FORBIDDEN');
  if (hasBody) WITH_BODY.forEach((code) => codes.add(code));
  if (hasBody && extensions.bodyTypes === undefined) codes.add('VALIDATION_MALFORMED_JSON');
  if (hasBody || parameters) codes.add('VALIDATION_INVALID_INPUT');
  if (extensions.produces !== undefined) codes.add('REQUEST_ACCEPT_UNSUPPORTED');
  if (extensions.probe !== true && extensions.deadline !== 'none') codes.add('REQUEST_DEADLINE_EXCEEDED');
  return [...codes];
}

/** What the state of the process can turn the route away for. */
function refusalsOf({ probe, operational }: RouteExtensions, { isApi }: Surroundings): ErrorCode[] {
  if (probe === true) return [];
  if (operational === true) return ['SYSTEM_SHUTTING_DOWN'];
  return [
    'SYSTEM_SHUTTING_DOWN',
    'SYSTEM_RESOURCES_EXHAUSTED',
    ...(isApi ? (['SYSTEM_MAINTENANCE_ACTIVE'] as const) : []),
  ];
}

function byStatus(codes: readonly ErrorCode[]): Map<string, ErrorCode[]> {
  const grouped = new Map<string, ErrorCode[]>();
  for (const code of codes) {
    const status = String(errorDefinition(code).status);
    grouped.set(status, [...(grouped.get(status) ?? []), code]);
  }
  return grouped;
}

/** Keeps what the route itself says about the status (a 503 of a probe has a report of its own). */
function errorResponse(codes: readonly ErrorCode[], existing: Response | undefined): Response {
  const examples = (suffix: string): Record<string, unknown> =>
    Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}${suffix}` }]));
  const errors = { schema: { $ref: '#/components/schemas/ErrorEnvelope' }, examples: examples('') };
  const own = existing?.content?.['application/json'];
  return {
    description: [existing?.description, ...codes.map((code) => `\`${code}\`: ${errorDefinition(code).message}`)]
      .filter(Boolean)
      .join('\n\n'),
    headers: existing?.headers ?? {},
    content: {
      ...existing?.content,
      'application/json':
        own === undefined
          ? errors
          : {
              schema: { anyOf: [own.schema, errors.schema] },
              examples: { report: { value: own.example }, ...errors.examples },
            },
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/ProblemDetails' },
        examples: examples('.problem'),
      },
    },
  };
}

function statusHeaders(status: string): Record<string, unknown> {
  const header = (name: string): unknown => ({ $ref: `#/components/headers/${name}` });
  if (status === '401') return { 'WWW-Authenticate': header('Challenge') };
  if (status === '429' || status === '503') return { 'Retry-After': header('RetryAfter') };
  return {};
}

function giveExamples(operation: Operation, schemas: Schemas): void {
  const bodies = [operation.requestBody, ...Object.values(operation.responses)];
  for (const media of bodies.flatMap((body) => Object.entries(body?.content ?? {}))) {
    const [type, content] = media;
    if (!type.includes('json') || content.example !== undefined || content.examples !== undefined) continue;
    content.example = exampleOf(content.schema, schemas);
  }
}
