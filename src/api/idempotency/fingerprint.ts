import { createHash } from 'node:crypto';

/** Tells two requests to one route apart by what they ask for. */
export function fingerprintOf(url: string, body: unknown): string {
  return createHash('sha256')
    .update(`${url}\n${JSON.stringify(body) ?? ''}`)
    .digest('hex');
}
