import { randomBytes } from 'node:crypto';

const ID = /^imp_[0-9a-z]{9}[0-9a-f]{20}$/;

/** An id that sorts by time (milliseconds in base 36, nine digits until the year 5188) and can't be guessed (80 bits). */
export function newImportId(now = Date.now()): string {
  return `imp_${now.toString(36).padStart(9, '0')}${randomBytes(10).toString('hex')}`;
}

/** Whether `text` can be an import's id at all; anything else must not become part of a path or a key. */
export function isImportId(text: string): boolean {
  return ID.test(text);
}
