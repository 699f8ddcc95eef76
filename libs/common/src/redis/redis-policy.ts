import { InfrastructureError, RedisConnectionError, RedisTimeoutError } from '../errors/exceptions';
import {
  ANSWERED,
  FAILURE,
  INCONCLUSIVE,
  NOT_APPLIED,
  type PolicyDefinition,
  type Verdict,
} from '../resilience/policy-definition';
import type { RedisSettings } from './redis-options';

export const REDIS_POLICY = 'redis';

/** Errors of the driver for commands it never sent. */
const NEVER_SENT = /Stream isn't writeable|ECONNREFUSED|ENOENT|EHOSTUNREACH|ENOTFOUND|not connected/;

const DEFAULTS = {
  breaker: { threshold: 5, openMs: 30_000 },
  retry: { max: 3, baseMs: 50, capMs: 60_000 },
  bulkhead: { limit: 256, queue: 512 },
} as const;

/** What guards the calls to Redis. Commands cannot be called off; they end by their time limit. */
export function redisPolicy({ guard, commandTimeoutMs }: RedisSettings): PolicyDefinition {
  return {
    name: REDIS_POLICY,
    ...DEFAULTS,
    ...guard,
    timeoutMs: commandTimeoutMs,
    cancellable: false,
    classify: redisVerdict,
    errors: {
      circuitOpen: 'REDIS_CIRCUIT_OPEN',
      capacityExhausted: 'SYSTEM_RESOURCES_EXHAUSTED',
      timeout: 'REDIS_OPERATION_TIMEOUT',
      failed: 'REDIS_CONNECTION_FAILED',
    },
  };
}

/** Takes errors as `translateRedisError` gives them. */
export function redisVerdict(error: unknown): Verdict {
  if (error instanceof RedisTimeoutError) return FAILURE;
  if (error instanceof RedisConnectionError) return wasNeverDone(error.cause) ? NOT_APPLIED : FAILURE;
  // A full or read-only Redis refuses writes and serves reads: no reason to stop asking it.
  if (error instanceof InfrastructureError) return ANSWERED;
  return isReply(error) ? ANSWERED : INCONCLUSIVE;
}

function wasNeverDone(cause: unknown): boolean {
  return isReply(cause) || (cause instanceof Error && NEVER_SENT.test(cause.message));
}

function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}
