import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtension, ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import type { ErrorCode } from '../errors/catalogue';

export const ERROR_CODES_EXTENSION = 'x-error-codes';

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

/** Documents codes this route can answer with, besides those that every route can. */
export function ApiErrors(...codes: ErrorCode[]): MethodDecorator {
  return ApiExtension(ERROR_CODES_EXTENSION, codes) as MethodDecorator;
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
