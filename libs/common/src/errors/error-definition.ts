/** What went wrong, from the caller's point of view; each category has one exception class (see `exceptions.ts`). */
export type ErrorCategory =
  | 'input'
  | 'size_or_type'
  | 'slow_client'
  | 'authentication'
  | 'authorisation'
  | 'absent'
  | 'conflict'
  | 'business'
  | 'limits'
  | 'infrastructure'
  | 'critical'
  | 'bug';

/** JSON types a member of `details` can have. */
interface DetailTypes {
  string: string;
  integer: number;
  number: number;
  boolean: boolean;
  strings: readonly string[];
  objects: ReadonlyArray<Readonly<Record<string, unknown>>>;
  any: unknown;
}

export interface DetailField {
  readonly type: keyof DetailTypes;
  readonly description: string;
  readonly example: unknown;
  /** Errors of status 500 and above show only the details that say `public: true`. */
  readonly public?: boolean;
}

export interface ErrorDefinition {
  readonly status: number;
  readonly category: ErrorCategory;
  /** The public message: what the caller reads, unless a 4xx error is thrown with a more precise one. */
  readonly message: string;
  /** Whether the same request can succeed later without being changed. */
  readonly retryable: boolean;
  /** What the caller should do about it. */
  readonly action: string;
  readonly details: Readonly<Record<string, DetailField>>;
  /** Seconds for `Retry-After` when the error that was thrown does not know better. Required on 429 and 503. */
  readonly retryAfterSeconds?: number;
}

/** The TypeScript shape of `details` for an error definition. Every member is optional: what is not known is left out. */
export type DetailsOf<D extends ErrorDefinition> = {
  readonly [K in keyof D['details']]?: DetailTypes[D['details'][K]['type']];
};

/** Declares definitions with their literal types kept, so that codes, categories and details are checked at compile time. */
export function defineErrors<const T extends Readonly<Record<string, ErrorDefinition>>>(definitions: T): T {
  return definitions;
}
