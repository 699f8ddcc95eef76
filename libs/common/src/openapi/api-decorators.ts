import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtension, ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import type { ErrorCode } from '../errors/catalogue';

const ERROR_CODE_PREFIX = 'x-error-code-';

export interface ApiAnswerOptions {
  readonly description: string;
  readonly status?: number;
  /** What stands in `data`; made from the examples of the class's properties when left out. */
  readonly example?: unknown;
}

/**
 * Documents a success in the envelope, with an instance (or, as `[Class]`, a list of instances) in `data`:
 * `@ApiAnswer(MetricsDto, { description: 'What this user has' })`. `null` for routes without data.
 */
export function ApiAnswer(data: Type | readonly [Type] | null, options: ApiAnswerOptions): MethodDecorator {
  const { description, status = 200, example } = options;
  const model = Array.isArray(data) ? (data as readonly [Type])[0] : (data as Type | null);
  const schema = {
    type: 'object' as const,
    required: ['success', 'data', 'error'],
    properties: { success: { type: 'boolean' as const, enum: [true] }, data: dataSchema(data), error: NULL_SCHEMA },
  };
  const envelope = example === undefined ? {} : { example: { success: true, data: example, error: null } };
  return applyDecorators(
    ...(model === null ? [] : [ApiExtraModels(model)]),
    ApiResponse({ status, description, content: { 'application/json': { schema, ...envelope } } }),
  );
}

/**
 * Documents codes this route can answer with, besides those that every route can; may stand on a method more than once.
 * Each code is an extension of its own: of two extensions of one name the library keeps a single one.
 */
export function ApiErrors(...codes: ErrorCode[]): MethodDecorator {
  return applyDecorators(...codes.map((code) => ApiExtension(`${ERROR_CODE_PREFIX}${code}`, true) as MethodDecorator));
}

/** Reads the codes that `ApiErrors` has given to an operation, and removes them from it. */
export function takeErrorCodes(operation: Record<string, unknown>): ErrorCode[] {
  const codes: ErrorCode[] = [];
  for (const key of Object.keys(operation)) {
    if (!key.startsWith(ERROR_CODE_PREFIX)) continue;
    codes.push(key.slice(ERROR_CODE_PREFIX.length) as ErrorCode);
    delete operation[key];
  }
  return codes;
}

// OpenAPI 3.1 has a null type; the library's types still describe 3.0.
const NULL_SCHEMA = { type: 'null' as 'object' };

function dataSchema(
  data: Type | readonly [Type] | null,
): { $ref: string } | { type: 'array'; items: { $ref: string } } | typeof NULL_SCHEMA {
  if (data === null) return NULL_SCHEMA;
  if (Array.isArray(data)) return { type: 'array', items: { $ref: getSchemaPath((data as readonly [Type])[0]) } };
  return { $ref: getSchemaPath(data as Type) };
}
