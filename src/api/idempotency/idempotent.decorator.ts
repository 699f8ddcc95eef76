import { ApiErrors } from '@app/common';
import { applyDecorators, UseInterceptors } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { IdempotencyInterceptor } from './idempotency.interceptor';

/** Documents that a route heeds `Idempotency-Key`, and how it answers then. */
export const ApiIdempotencyKey = (): MethodDecorator =>
  applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'A repetition with the same key is not done again, and answered with `Idempotency-Replayed: true`.',
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    }),
    ApiErrors('IDEMPOTENCY_KEY_REUSED', 'IDEMPOTENCY_REQUEST_RUNNING', 'REQUEST_HEADER_INVALID'),
  );

/**
 * Makes a JSON POST route safe to repeat with an `Idempotency-Key`. The route's module has to import
 * `IdempotencyModule`; without a key nothing changes.
 */
export const Idempotent = (): MethodDecorator =>
  applyDecorators(UseInterceptors(IdempotencyInterceptor), ApiIdempotencyKey());
