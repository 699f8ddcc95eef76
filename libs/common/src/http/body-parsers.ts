import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { ValidationError } from '../errors/exceptions';
import { JSON_TYPE } from './http-settings';

/** No body of any route is nested deeper; code that walks one by recursion runs out of stack on those that are. */
const MAX_DEPTH = 32;

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
      if (error !== null) done(new ValidationError('VALIDATION_MALFORMED_JSON', { cause: error }));
      else if (isDeeper(parsed, MAX_DEPTH)) done(tooDeep());
      else done(null, parsed);
    });
  });
  instance.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
}

/** Whether objects and lists lie within each other more than `most` levels deep. */
function isDeeper(value: unknown, most: number): boolean {
  let level = [value].filter(isContainer);
  for (let depth = 0; depth < most && level.length > 0; depth += 1) {
    level = level.flatMap((each) => Object.values(each).filter(isContainer));
  }
  return level.length > 0;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function tooDeep(): ValidationError<'VALIDATION_INVALID_INPUT'> {
  const constraints = [`is nested more than ${MAX_DEPTH} levels deep`];
  return new ValidationError('VALIDATION_INVALID_INPUT', {
    message: `The request body is nested more than ${MAX_DEPTH} levels deep`,
    details: { field: 'body', errors: [{ field: 'body', constraints }] },
  });
}
