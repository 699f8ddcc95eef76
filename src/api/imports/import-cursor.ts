import { ValidationError } from '@app/common';
import { isImportId } from '../../services/imports/import-id';

/** A place in the list of imports, as an opaque text. It carries no user: an id is looked up among the caller's own. */
export function encodeImportCursor(importId: string): string {
  return Buffer.from(importId, 'latin1').toString('base64url');
}

/** @throws ValidationError when the text is no cursor of this list */
export function decodeImportCursor(cursor: string): string {
  const importId = Buffer.from(cursor, 'base64url').toString('latin1');
  if (isImportId(importId)) return importId;
  const value = cursor.slice(0, 100);
  throw new ValidationError('VALIDATION_INVALID_INPUT', {
    message: 'The cursor is not one this list gave out; begin again without it',
    details: {
      field: 'cursor',
      value,
      errors: [{ field: 'cursor', value, constraints: ['is not a next_cursor of this list'] }],
    },
  });
}
