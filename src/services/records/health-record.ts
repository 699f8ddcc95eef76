/** Where a sample comes from, best first: overlapping cumulative samples are counted from the best source only. */
export const SOURCE_KINDS = ['manual', 'watch', 'phone', 'app'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** One sample of Apple Health data, exactly as it was given. */
export interface HealthRecord {
  /** Full HealthKit identifier: `HKQuantityTypeIdentifierHeartRate`. */
  readonly metric: string;
  /** Epoch milliseconds. */
  readonly start: number;
  /** Epoch milliseconds, not before `start`. */
  readonly end: number;
  /** A quantity, the name of a category value, or null where the type carries none. */
  readonly value: number | string | null;
  /** The unit as given; null for categories. */
  readonly unit: string | null;
  /** The source's name as it is displayed. */
  readonly source: string;
  readonly kind: SourceKind;
}

/** No honest sample is longer; one that were would have to be taken into account in every month it spans. */
export const LONGEST_RECORD_MS = 366 * 24 * 60 * 60 * 1000;

const TYPOGRAPHIC_APOSTROPHES = /[‘’]/g;
const CACHE_LIMIT = 10_000;
const keysByName = new Map<string, string>();

/**
 * The form in which source names are compared: one device's name is written with different spaces and apostrophes
 * in one and the same export.
 */
export function sourceKey(name: string): string {
  const known = keysByName.get(name);
  if (known !== undefined) return known;
  const key = name.normalize('NFKC').replace(TYPOGRAPHIC_APOSTROPHES, "'").trim();
  if (keysByName.size >= CACHE_LIMIT) keysByName.clear();
  keysByName.set(name, key);
  return key;
}

/** Negative when `a` is the better kind. */
export function compareKinds(a: SourceKind, b: SourceKind): number {
  return SOURCE_KINDS.indexOf(a) - SOURCE_KINDS.indexOf(b);
}
