import { Readable } from 'node:stream';
import { ValidationError } from '@app/common';
import type { Multipart } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';

export const UPLOAD_FIELD = 'file';

/** Parts beside the file: clients send a few fields of their own, which nobody reads. */
const MOST_OTHER_PARTS = 16;
const PROBLEMS = {
  absent: `has to be a file in the form field \`${UPLOAD_FIELD}\``,
  damaged:
    'is in a form that is damaged or cut off: its parts and its end have to be marked by the boundary that the content type names',
  tooManyParts: `is in a form with more than ${MOST_OTHER_PARTS} other fields or files`,
  another: 'has to be one file: each further one needs a request of its own',
  oddField: 'is in a form with another field that can not be read',
} as const;

/** What the form parser says of a form; other codes, and errors of a connection, are not about the form. */
const FORM_ERRORS: Readonly<Record<string, keyof typeof PROBLEMS>> = {
  FST_PARTS_LIMIT: 'tooManyParts',
  FST_FIELDS_LIMIT: 'tooManyParts',
  FST_FILES_LIMIT: 'tooManyParts',
  FST_PROTO_VIOLATION: 'oddField',
  FST_INVALID_JSON_FIELD_ERROR: 'oddField',
};

// The size of the file is watched where the bytes are written: a limit of the parser would cut it in silence. Parts are
// counted here, as the parser's limits would tell of themselves sooner or later depending on how the body is cut up.
const LIMITS = { fileSize: Number.MAX_SAFE_INTEGER, files: 1_000, fields: 1_000, fieldSize: 1_024 } as const;

/**
 * The file of a form as it comes; parts of other names, before and after it, are passed over.
 * @throws ValidationError (`VALIDATION_INVALID_INPUT`) when the form has no such file, more than one, or is damaged;
 * what is wrong from the file on is thrown by the stream
 */
export async function fileOfForm(request: FastifyRequest): Promise<Readable> {
  const parts = new FormParts(request.parts({ limits: LIMITS }));
  try {
    const file = await parts.next();
    if (file === undefined) throw problem('absent');
    return Readable.from(restOfForm(request, file, parts), { objectMode: false });
  } catch (error) {
    throw givenUp(request, error);
  }
}

class FormParts {
  private others = 0;

  constructor(private readonly parts: AsyncIterator<Multipart>) {}

  /** The next file in the field; undefined at the end of the form. */
  async next(): Promise<Readable | undefined> {
    for (let step = await this.parts.next(); step.done !== true; step = await this.parts.next()) {
      const part = step.value;
      if (part.type === 'file' && part.fieldname === UPLOAD_FIELD) return part.file;
      if (++this.others > MOST_OTHER_PARTS) throw problem('tooManyParts');
      if (part.type === 'file') part.file.resume();
    }
    return undefined;
  }
}

/** The file is whole when the form is: what comes after it is read, too. */
async function* restOfForm(request: FastifyRequest, file: Readable, parts: FormParts): AsyncGenerator<Buffer> {
  try {
    yield* file as AsyncIterable<Buffer>;
    if ((await parts.next()) !== undefined) throw problem('another');
  } catch (error) {
    throw givenUp(request, error);
  }
}

function givenUp(request: FastifyRequest, error: unknown): unknown {
  // A sender that is not read to the end never looks at the answer.
  request.raw.unpipe();
  request.raw.resume();
  return translate(error);
}

function translate(error: unknown): unknown {
  if (error instanceof ValidationError || !(error instanceof Error)) return error;
  const { code } = error as NodeJS.ErrnoException;
  // The parser's own errors have no code.
  const kind = code === undefined ? 'damaged' : FORM_ERRORS[code];
  return kind === undefined ? error : problem(kind, error);
}

function problem(kind: keyof typeof PROBLEMS, cause?: Error): ValidationError {
  const errors = [{ field: UPLOAD_FIELD, constraints: [PROBLEMS[kind]] }];
  return new ValidationError('VALIDATION_INVALID_INPUT', { details: { field: UPLOAD_FIELD, errors }, cause });
}
