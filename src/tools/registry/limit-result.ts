import type { Truncation } from './tool-result';

export const MAX_RESULT_BYTES = 64 * 1024;

interface Limited {
  readonly data: unknown;
  readonly truncated: readonly Truncation[];
}

interface FoundArray {
  readonly path: string;
  readonly items: unknown[];
  readonly bytes: number;
}

/**
 * `data` as JSON in at most `maxBytes`, by shortening its largest lists from their ends; what was cut is stated.
 * Undefined when what is not in lists is already too much.
 */
export function limitResult(data: unknown, maxBytes = MAX_RESULT_BYTES): Limited | undefined {
  if (byteLength(data) <= maxBytes) return { data, truncated: [] };
  const copy: unknown = structuredClone(data);
  const totals = new Map<string, { readonly items: unknown[]; readonly total: number }>();
  for (;;) {
    const truncated = [...totals].map(([path, { items, total }]) => ({ path, kept: items.length, total }));
    // The statement of what was cut is part of what is sent.
    const excess = byteLength({ copy, truncated }) - maxBytes;
    if (excess <= 0) return { data: copy, truncated };
    const largest = largestArray(copy, '');
    if (largest === undefined) return undefined;
    if (!totals.has(largest.path)) {
      totals.set(largest.path, { items: largest.items, total: largest.items.length });
    }
    shorten(largest, excess);
  }
}

/** Removes about as many items as make up the excess, at least one. */
function shorten({ items, bytes }: FoundArray, excess: number): void {
  const averageBytes = bytes / items.length;
  const count = Math.min(items.length, Math.max(1, Math.ceil(Math.min(excess, bytes / 2) / averageBytes)));
  items.length -= count;
}

/** The list with the most bytes of its own: one that holds a larger list is not the one to shorten. */
function largestArray(value: unknown, path: string): FoundArray | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const isList = Array.isArray(value);
  const inner = Object.entries(value as Record<string, unknown>)
    .map(([key, each]) => largestArray(each, isList ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`))
    .filter((found) => found !== undefined);
  const largest = inner.toSorted((a, b) => b.bytes - a.bytes)[0];
  if (!isList || value.length === 0) return largest;
  const own = { path: path === '' ? '$' : path, items: value as unknown[], bytes: byteLength(value) };
  return largest !== undefined && largest.bytes > own.bytes / 2 ? largest : own;
}

function byteLength(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? '', 'utf8');
}
