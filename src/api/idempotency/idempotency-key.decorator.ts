import { ValidationError } from '@app/common';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

const HEADER = 'idempotency-key';
/** Visible ASCII, as the IETF draft's quoted string or bare. */
const KEY = /^[\x21-\x7e]{1,255}$/;

/** The `Idempotency-Key` of a request, if it has one. @throws ValidationError (`REQUEST_HEADER_INVALID`) */
export function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const key = request.headers[HEADER];
  if (key === undefined || (typeof key === 'string' && KEY.test(key))) return key;
  throw new ValidationError('REQUEST_HEADER_INVALID', {
    message: 'The Idempotency-Key has to be 1 to 255 visible ASCII characters',
    details: { field: HEADER, value: String(key).slice(0, 100) },
  });
}

/** The `Idempotency-Key` of a request, as a parameter of a route handler. */
export const IdempotencyKey = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  idempotencyKeyOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
