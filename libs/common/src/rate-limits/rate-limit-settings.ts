/** So many requests of one caller in a window; windows begin with the first request in them. */
export interface RateLimitPolicy {
  readonly limit: number;
  readonly windowMs: number;
}

export interface RateLimitSettings {
  /** Every request of a user. */
  readonly user: RateLimitPolicy;
  /** Requests of an address that bring no valid token, and all those outside of `/api`. */
  readonly address: RateLimitPolicy;
  /** Answers of 400, 401, 403, 404, 405, 413 and 415 to one caller. */
  readonly errors: RateLimitPolicy;
  /** Limits of single routes (`@RateLimit('chat')`), per user, besides the one for every request. */
  readonly routes: Readonly<Record<string, RateLimitPolicy>>;
  /** Longest a request waits for the shared count, in milliseconds, before this process counts alone. */
  readonly sharedWaitMs: number;
}

/** A policy with the name that `RateLimit` headers, logs and keys use for it. */
export interface NamedPolicy extends RateLimitPolicy {
  readonly name: string;
}

/** Injection token of the settings. */
export const RATE_LIMIT_SETTINGS = Symbol('RATE_LIMIT_SETTINGS');
