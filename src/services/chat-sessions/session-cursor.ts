import { ValidationError } from '@app/common';

/** An opaque cursor of whole numbers; it never carries a user. */
export function encodeCursor(numbers: readonly number[]): string {
  return Buffer.from(numbers.join('.'), 'utf8').toString('base64url');
}

/** @throws ValidationError when it is not a cursor of this length that was given out */
export function decodeCursor(cursor: string, length: number): number[] {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const numbers = text.split('.').map(Number);
  const isOurs =
    numbers.length === length && /^\d{1,15}(?:\.\d{1,15})*$/.test(text) && encodeCursor(numbers) === cursor;
  if (isOurs) return numbers;
  const constraints = ['must be a next_cursor of this list'];
  throw new ValidationError('VALIDATION_INVALID_INPUT', {
    message: `cursor ${constraints.join()}`,
    details: { field: 'cursor', value: cursor.slice(0, 100), errors: [{ field: 'cursor', constraints }] },
  });
}
