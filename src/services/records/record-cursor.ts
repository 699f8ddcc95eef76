import { ValidationError } from '@app/common';
import type { Position, SortOrder } from './record-pages';

const FORM = /^([ad]):(-?\d{1,17}):(\d{1,6}):(\d{1,9})$/;

/** A place in a list of records, as an opaque text. It carries no user and no metric. */
export function encodeCursor({ start, metric, row }: Position, order: SortOrder): string {
  return Buffer.from(`${order[0]}:${start}:${metric}:${row}`, 'latin1').toString('base64url');
}

/** @throws ValidationError when the text is not a cursor of a list in this order */
export function decodeCursor(cursor: string, order: SortOrder): Position {
  const match = FORM.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  if (match === null || match[1] !== order[0]) {
    throw new ValidationError('VALIDATION_INVALID_INPUT', {
      message: 'The cursor is not one this list gave out; begin again without it',
      details: {
        field: 'cursor',
        value: cursor.slice(0, 100),
        errors: [{ field: 'cursor', value: cursor.slice(0, 100), constraints: ['is not a next_cursor of this list'] }],
      },
    });
  }
  return { start: Number(match[2]), metric: Number(match[3]), row: Number(match[4]) };
}
