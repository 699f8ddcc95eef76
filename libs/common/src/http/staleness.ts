import { currentContext } from '../context/request-context';

/** Part of `data` when an answer was served from what was known before an outage. */
export interface StalenessMeta {
  readonly source: 'cache';
  readonly stale_since: string;
}

/** `data` with `meta` that says how old it is, if any of it is from before an outage; else as it is. */
export function withStaleness(data: unknown): unknown {
  const since = currentContext()?.staleSince;
  if (since === undefined || typeof data !== 'object' || data === null || Array.isArray(data)) return data;
  const meta: StalenessMeta = { source: 'cache', stale_since: new Date(since).toISOString() };
  return { ...data, meta };
}

/** The headers that go with it. */
export function stalenessHeaders(): Record<string, string> {
  const since = currentContext()?.staleSince;
  if (since === undefined) return {};
  return { 'x-data-source': 'cache', age: String(Math.max(0, Math.round((Date.now() - since) / 1_000))) };
}
