import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { ValidationError } from '../errors/exceptions';
import { JSON_TYPE } from './http-settings';

/**
 * JSON in strict UTF-8, without keys that poison prototypes. Other types are handed to the route as a stream; only
 * routes that asked for their type ever see one (see `StreamedBody`).
 */
export function registerBodyParsers(instance: FastifyInstance): void {
  const parseJson = instance.getDefaultJsonParser('error', 'error');
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser(JSON_TYPE, { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    // Clients that set the type on every request do so on a DELETE without a body, too.
    if (body.length === 0 && request.method === 'DELETE') {
      done(null, undefined);
      return;
    }
    if (!isUtf8(body)) {
      done(new ValidationError('VALIDATION_MALFORMED_JSON'));
      return;
    }
    void parseJson(request, body.toString('utf8'), (error, parsed: unknown) => {
      done(error === null ? null : new ValidationError('VALIDATION_MALFORMED_JSON', { cause: error }), parsed);
    });
  });
  instance.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
}
