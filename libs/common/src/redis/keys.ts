/**
 * Every key the product writes, in one place. All keys of a user share a hash tag, so that they live in one slot of
 * a cluster and scripts may touch several of them. The user id is base64url-encoded: no character of an id can break
 * the tag. `KEY_FAMILIES` is the documented list.
 */
export interface UserKeys {
  readonly prefix: string;
  chunk(metric: string, month: string): string;
  rollup(metric: string, month: string): string;
  chunkIndex(metric: string): string;
  metrics(): string;
  workouts(): string;
  activitySummaries(): string;
  profile(): string;
  zoneEvidence(): string;
  import(importId: string): string;
  imports(): string;
  session(sessionId: string): string;
  sessions(): string;
  idempotency(route: string, key: string): string;
}

export function userKeys(userId: string): UserKeys {
  const prefix = `w:{${userTag(userId)}}:`;
  return {
    prefix,
    chunk: (metric, month) => `${prefix}chunk:${metric}:${month}`,
    rollup: (metric, month) => `${prefix}rollup:${metric}:${month}`,
    chunkIndex: (metric) => `${prefix}index:${metric}`,
    metrics: () => `${prefix}metrics`,
    workouts: () => `${prefix}workouts`,
    activitySummaries: () => `${prefix}activity`,
    profile: () => `${prefix}profile`,
    zoneEvidence: () => `${prefix}zones`,
    import: (importId) => `${prefix}import:${importId}`,
    imports: () => `${prefix}imports`,
    session: (sessionId) => `${prefix}session:${sessionId}`,
    sessions: () => `${prefix}sessions`,
    idempotency: (route, key) => `${prefix}idempotency:${route}:${key}`,
  };
}

/** The hash tag of a user's keys, without its braces. */
export function userTag(userId: string): string {
  return Buffer.from(userId, 'utf8').toString('base64url');
}

/** The hash tag of an address's keys; no user's tag has a colon. */
export function addressTag(address: string): string {
  return `address:${address}`;
}

/**
 * The count of a caller's requests against a limit. Not under the prefix of the user's data: erasing that must not
 * lift the limits of whoever asked for it.
 */
export function limitKey(tag: string, name: string): string {
  return `w:limit:{${tag}}:${name}`;
}

/** Written to find out whether counts can be kept. */
export const LIMIT_TRIAL_KEY = 'w:limit:{trial}';

/** Prefix of the import queue's own keys (BullMQ); the tag keeps a queue's keys in one slot. */
export const QUEUE_PREFIX = '{w:queue}';

/** About the sample data: the id of its import, and the right of one process to send it in. */
export const SAMPLE_KEYS = { import: '{w:sample}:import', lock: '{w:sample}:lock' } as const;

/** Whose data was erased lately, as digests by time: replicas forget what they hold of them in memory. */
export const ERASED_USERS_KEY = '{w:erased}';

/** Never there: checks of health ask whether a write to it would be taken. */
export const WRITE_PROBE_KEY = '{w:health}:write';

/** Whether the service is under maintenance, as an operator said. */
export const MAINTENANCE_KEY = '{w:maintenance}';

export interface KeyFamily {
  readonly pattern: string;
  readonly owner: string;
  readonly type: 'string' | 'hash' | 'set' | 'sorted set' | 'list' | 'various';
  readonly ttl: string;
  readonly size: string;
}

export const KEY_FAMILIES: readonly KeyFamily[] = [
  {
    pattern: 'w:{user}:chunk:<metric>:<YYYYMM>',
    owner: 'records',
    type: 'string',
    ttl: 'none',
    size: '5–12 bytes a record',
  },
  {
    pattern: 'w:{user}:rollup:<metric>:<YYYYMM>',
    owner: 'aggregates',
    type: 'string',
    ttl: 'none',
    size: 'up to 40 kB; rebuilt from chunks when absent or stale',
  },
  { pattern: 'w:{user}:index:<metric>', owner: 'records', type: 'hash', ttl: 'none', size: 'about 100 bytes a month' },
  { pattern: 'w:{user}:metrics', owner: 'records', type: 'set', ttl: 'none', size: 'one member a metric' },
  { pattern: 'w:{user}:workouts', owner: 'workouts', type: 'hash', ttl: 'none', size: 'about 600 bytes a workout' },
  { pattern: 'w:{user}:activity', owner: 'activity', type: 'hash', ttl: 'none', size: 'about 200 bytes a day' },
  { pattern: 'w:{user}:profile', owner: 'profile', type: 'hash', ttl: 'none', size: 'under 1 kB' },
  { pattern: 'w:{user}:zones', owner: 'profile', type: 'sorted set', ttl: 'none', size: 'at most 100 members' },
  { pattern: 'w:{user}:import:<id>', owner: 'imports', type: 'hash', ttl: '90 days after its end', size: 'under 8 kB' },
  { pattern: 'w:{user}:imports', owner: 'imports', type: 'sorted set', ttl: 'none', size: 'one member an import' },
  {
    pattern: 'w:{user}:session:<id>',
    owner: 'chat',
    type: 'list',
    ttl: 'SESSION_TTL_DAYS after the last turn',
    size: 'about 1 kB a turn',
  },
  {
    pattern: 'w:{user}:sessions',
    owner: 'chat',
    type: 'sorted set',
    ttl: 'SESSION_TTL_DAYS after the last turn',
    size: 'one member a session',
  },
  {
    pattern: 'w:{user}:idempotency:<route>:<key>',
    owner: 'idempotency',
    type: 'string',
    ttl: '24 hours',
    size: 'the first answer',
  },
  {
    pattern: 'w:limit:{user or address}:<limit>',
    owner: 'rate limits',
    type: 'string',
    ttl: 'the window of the limit',
    size: 'under 100 bytes',
  },
  { pattern: 'w:limit:{trial}', owner: 'rate limits', type: 'string', ttl: '1 second', size: 'under 100 bytes' },
  { pattern: '{w:sample}:import', owner: 'sample', type: 'string', ttl: 'none', size: 'under 100 bytes' },
  {
    pattern: '{w:sample}:lock',
    owner: 'sample',
    type: 'string',
    ttl: '15 seconds, renewed while the sample is sent in',
    size: 'under 100 bytes',
  },
  {
    pattern: '{w:erased}',
    owner: 'erasure',
    type: 'sorted set',
    ttl: '48 hours after the last erasure',
    size: 'about 100 bytes an erasure',
  },
  { pattern: '{w:maintenance}', owner: 'maintenance', type: 'string', ttl: 'none', size: 'under 1 kB' },
  {
    pattern: '{w:queue}:*',
    owner: 'BullMQ',
    type: 'various',
    ttl: 'removed when a job ends',
    size: 'under 2 kB a job',
  },
];
