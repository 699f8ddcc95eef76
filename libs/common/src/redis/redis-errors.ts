import { InfrastructureError, RedisConnectionError, RedisTimeoutError, WellnessError } from '../errors/exceptions';

// A script passes on the error of the command it called in the middle of its own message, hence no anchor.
const STORAGE_FULL = /(?:^|[\s-])OOM\b/;
const WRITE_REFUSED = /(?:^|[\s-])(?:MISCONF|READONLY|NOREPLICAS)\b/;
const READ_ONLY = /(?:^|[\s-])READONLY\b/;
const UNUSABLE = /(?:^|[\s-])(?:LOADING|CLUSTERDOWN|MASTERDOWN|TRYAGAIN|NOAUTH|WRONGPASS|BUSY|UNBLOCKED)\b/;

/**
 * A driver error as one of ours. Replies that say we asked for nonsense (WRONGTYPE, a script error) are bugs:
 * they come back as they are and end as INTERNAL_SERVER_ERROR.
 */
export function translateRedisError(operation: string, error: unknown): unknown {
  if (error instanceof WellnessError || !(error instanceof Error)) return error;
  const { message } = error;
  if (STORAGE_FULL.test(message)) {
    return new InfrastructureError('REDIS_STORAGE_FULL', { details: { operation }, cause: error });
  }
  if (WRITE_REFUSED.test(message)) {
    return new InfrastructureError('REDIS_WRITE_REFUSED', { details: { operation }, cause: error });
  }
  if (message === 'Command timed out' || message.includes('ETIMEDOUT')) return new RedisTimeoutError(operation, error);
  if (error.name === 'ReplyError' && !UNUSABLE.test(message)) return error;
  return isOurBug(error) ? error : new RedisConnectionError(operation, error);
}

function isOurBug(error: Error): boolean {
  return error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError;
}

/** Whether the server refused a write because it is a replica. */
export function isReadOnly(error: unknown): boolean {
  return error instanceof Error && READ_ONLY.test(error.message);
}
