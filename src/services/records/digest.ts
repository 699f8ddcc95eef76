import { createHash } from 'node:crypto';

/** A short fingerprint; equal for what is written alike as JSON. */
export function digest(value: unknown, length: number): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, length);
}
