import type { RedisOptions } from 'ioredis';
import type { PolicyDefinition } from '../resilience/policy-definition';

export interface RedisSettings {
  /** `redis://`, `rediss://`, or `unix:///path/to/socket` (database in `?db=`). */
  readonly url: string;
  readonly connectTimeoutMs: number;
  readonly commandTimeoutMs: number;
  /** Numbers of the policy that guards the calls; omitted: its own defaults. */
  readonly guard?: Partial<Pick<PolicyDefinition, 'breaker' | 'retry' | 'bulkhead'>>;
}

/**
 * `commands` and `health` fail fast; `queue` is for commands of a queue, which wait for Redis to come back; `blocking`
 * for connections that wait on purpose (queue workers).
 */
export type RedisPurpose = 'commands' | 'health' | 'queue' | 'blocking';

const RECONNECT_STEP_MS = 50;
const RECONNECT_CAP_MS = 1_000;
const LOADING_POLL_MS = 250;
/** How many command timeouts a connection may keep silent when it owes a reply. */
const SILENT_TIMEOUTS = 2;
/** The same for connections that wait on purpose: well above the ten seconds that a queue waits at most. */
const BLOCKING_SILENCE_MS = 30_000;

/**
 * Options that make a Redis that is down, stopped or unreachable cost a bounded time: the library's own defaults
 * queue commands for a minute, and a stopped server never answers them at all.
 */
export function redisOptions(settings: RedisSettings, purpose: RedisPurpose): RedisOptions {
  const patient = purpose === 'queue' || purpose === 'blocking';
  return {
    ...endpointOf(settings.url),
    lazyConnect: true,
    connectionName: `wellness-${purpose}`,
    connectTimeout: settings.connectTimeoutMs,
    commandTimeout: patient ? undefined : settings.commandTimeoutMs,
    // A network that forgot the connection tells nobody: without this, every command would time out until TCP gives up,
    // a quarter of an hour later.
    socketTimeout: purpose === 'blocking' ? BLOCKING_SILENCE_MS : SILENT_TIMEOUTS * settings.commandTimeoutMs,
    maxRetriesPerRequest: patient ? null : 0,
    enableOfflineQueue: patient,
    autoResendUnfulfilledCommands: patient,
    // Writes of a queue must get to the new primary: reconnect, but do not resend here. Other connections have readers,
    // too, who must not suffer from it: see RenewableClient.
    reconnectOnError: patient ? (error) => error.message.startsWith('READONLY') : null,
    // Redis guesses how long it will load, and the library would believe it for ten seconds.
    maxLoadingRetryTime: LOADING_POLL_MS,
    retryStrategy: (attempt) => Math.min(attempt * RECONNECT_STEP_MS, RECONNECT_CAP_MS),
  };
}

function endpointOf(url: string): RedisOptions {
  const parsed = new URL(url);
  const db = Number(parsed.searchParams.get('db') ?? 0);
  if (parsed.protocol === 'unix:') return { path: decodeURIComponent(parsed.pathname), db };
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: Number(parsed.port || 6379),
    username: decodeURIComponent(parsed.username) || undefined,
    password: decodeURIComponent(parsed.password) || undefined,
    db: parsed.pathname.length > 1 ? Number(parsed.pathname.slice(1)) : db,
    tls: parsed.protocol === 'rediss:' ? {} : undefined,
  };
}
