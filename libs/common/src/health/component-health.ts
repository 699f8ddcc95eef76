import type { ErrorCode } from '../errors/catalogue';

/** One component of `/health`. No host names and no driver messages: a failure shows its catalogue code. */
export interface ComponentHealth {
  readonly status: 'healthy' | 'unhealthy';
  readonly error?: ErrorCode;
  readonly [detail: string]: unknown;
}

/** How long a health result is good for. */
export const HEALTH_TTL_MS = 1_000;
/** Longest a check may take. */
export const HEALTH_LIMIT_MS = 1_000;
