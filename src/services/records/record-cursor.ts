import { ValidationError } from '@app/common/core';
import { digest } from './digest';
import type { Position } from './record-pages';

/** What a cursor belongs to: it is of no use to another query. */
export interface CursorScope {
  readonly metrics: readonly string[];
  readonly source: string | undefined;
  readonly order: string;
}

const FORM = /^([\w-]{8}):(-?\d{1,17}):(\d{1,6}):([\w-]{11})$/;

/** A place in a list of records, as an opaque text: it tells of no user, source or value. */
export function encodeCursor({ start, metric, identity }: Position, scope: CursorScope): string {
  return Buffer.from(`${digest(scope, 8)}:${start}:${metric}:${identity}`, 'latin1').toString('base64url');
}

/** @throws ValidationError when the text is not a cursor of this query */
export function decodeCursor(cursor: string, scope: CursorScope): Position {
  const match = FORM.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  if (match === null || match[1] !== digest(scope, 8)) throw notOurs(cursor.slice(0, 100));
  return { start: Number(match[2]), metric: Number(match[3]), identity: match[4] as string };
}

function notOurs(value: string): ValidationError<'VALIDATION_INVALID_INPUT'> {
  return new ValidationError('VALIDATION_INVALID_INPUT', {
    message: 'The cursor is not one this query gave out; begin again without it',
    details: {
      field: 'cursor',
      value,
      errors: [{ field: 'cursor', value, constraints: ['is not a next_cursor of this query'] }],
    },
  });
}
