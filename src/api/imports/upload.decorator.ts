import { Readable } from 'node:stream';
import { ValidationError } from '@app/common';
import type {} from '@fastify/multipart';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

export const UPLOAD_FIELD = 'file';
export const UPLOAD_TYPES = [
  'multipart/form-data',
  'application/zip',
  'application/x-zip-compressed',
  'application/xml',
  'text/xml',
  'application/octet-stream',
] as const;

/** What a form may add to the largest file. */
const FORM_OVERHEAD_BYTES = 1024 * 1024;

/**
 * The bytes of an upload as they come: the body itself, or the form field `file`. Nothing is kept in memory.
 * @throws ValidationError when the form has no such file
 */
export async function uploadOf(request: FastifyRequest): Promise<Readable> {
  if (!request.isMultipart()) return request.body instanceof Readable ? request.body : Readable.from([]);
  // The size is watched where the bytes are written: a limit of the form parser would cut the file in silence.
  const part = await request.file({ throwFileSizeLimit: false, limits: { fileSize: Number.MAX_SAFE_INTEGER } });
  if (part?.fieldname === UPLOAD_FIELD) return part.file;
  part?.file.resume();
  const problem = { field: UPLOAD_FIELD, constraints: [`has to be a file in the form field \`${UPLOAD_FIELD}\``] };
  throw new ValidationError('VALIDATION_INVALID_INPUT', { details: { field: UPLOAD_FIELD, errors: [problem] } });
}

/** The size a request announces, less what a form may add around the file; 0 when it does not say. */
export function announcedBytes(request: FastifyRequest): number {
  const length = Number(request.headers['content-length'] ?? 0);
  return request.isMultipart() ? Math.max(0, length - FORM_OVERHEAD_BYTES) : length;
}

/** The bytes of an upload, as a parameter of a route handler. */
export const UploadedBytes = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  uploadOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** The body in the API document. */
export const UPLOAD_BODY = {
  type: 'object' as const,
  required: [UPLOAD_FIELD],
  properties: { [UPLOAD_FIELD]: { type: 'string' as const, format: 'binary', description: 'The export, zip or XML' } },
};
