import { Readable } from 'node:stream';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { fileOfForm, UPLOAD_FIELD } from './upload-form';

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
 * @throws ValidationError when the form has no such file, or is damaged; the latter also out of the stream
 */
export async function uploadOf(request: FastifyRequest): Promise<Readable> {
  if (request.isMultipart()) return fileOfForm(request);
  return request.body instanceof Readable ? request.body : Readable.from([]);
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
