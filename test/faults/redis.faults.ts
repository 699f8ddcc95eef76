import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { userKeys } from '@app/common';
import { eventually, HANDSHAKE_COMMANDS, type TcpFault } from '@app/common/testing';
import type { Redis } from 'ioredis';
import type { FaultRow, Outcome } from './support/fault-table';
import { FAULTS_USER } from './support/fixture-maker';
import type { RedisWorld } from './support/redis-world';

type RedisFault = FaultRow<RedisWorld>;
type Expected = RedisFault['expected'];

const UNREACHABLE: readonly Outcome[] = [
  '503 REDIS_CONNECTION_FAILED',
  '503 REDIS_OPERATION_TIMEOUT',
  '503 REDIS_CIRCUIT_OPEN',
];

const REFUSED: Outcome = '503 REDIS_WRITE_REFUSED';
const FINE: readonly Outcome[] = ['200', '200 done', '200 healthy', '200 ok', '202 queued'];

/** What everyone is told while Redis cannot be used. */
const GONE: Expected = {
  report: ['503 unhealthy'],
  readiness: ['503 unavailable'],
  health_read: ['200 cache'],
  store_read: UNREACHABLE,
  store_write: UNREACHABLE,
  store_delete: UNREACHABLE,
  erase: UNREACHABLE,
  upload: ['202 waiting_for_redis'],
  operator: ['200', '200 local'],
  chat: ['200 cache', '200 done cache'],
  chat_session: ['200 cache no_memory', '200 done cache no_memory'],
};

/** The same, but now and then it is there. */
const ON_AND_OFF: Expected = Object.fromEntries(
  Object.entries(GONE).map(([role, outcomes]) => [role, [...outcomes, ...FINE]]),
);

/** Reads work, writes do not. */
const NO_WRITES = (code: string): Expected => ({
  report: ['503 unhealthy'],
  store_write: [`503 ${code}`],
  upload: ['202 waiting_for_redis'],
  operator: ['200', '200 local'],
  chat_session: ['200 no_memory', '200 done no_memory'],
});

/** Not even what makes room. */
const NOTHING_WRITTEN: Expected = { ...NO_WRITES('REDIS_WRITE_REFUSED'), store_delete: [REFUSED], erase: [REFUSED] };

const NEW_PASSWORD = 'changed-by-somebody';
/** A port where no primary will ever be found. */
const NOWHERE = 1;

/** Our own bug, or somebody else's: no reason to stop asking Redis. */
const BUG: readonly Outcome[] = ['500 INTERNAL_SERVER_ERROR'];
const SPOILT: Expected = {
  health_read: BUG,
  store_read: BUG,
  store_write: BUG,
  store_delete: BUG,
  upload: BUG,
  operator: ['200', '200 local'],
  chat: BUG,
  chat_session: BUG,
};

const heal = (world: RedisWorld): Promise<void> => world.proxy.heal();
const proxied = (name: string, description: string, fault: TcpFault, expected = GONE): RedisFault => ({
  name,
  description,
  inject: (world) => world.proxy.inject(fault),
  heal,
  expected,
  opensCircuit: true,
});
const configured = (...settings: ReadonlyArray<readonly [name: string, value: string]>) => {
  return (world: RedisWorld): Promise<void> =>
    world.redis.direct(async (client) => {
      for (const [name, value] of settings) await client.config('SET', name, value);
    });
};

/** Twenty keys a second, with a look at what clients want after every one. */
const SLOW_LOADING = ['--key-load-delay', '50000', '--loading-process-events-interval-bytes', '1024'];
const FILLERS = Array.from({ length: 200 }, (_, index) => `filler:${index}`);

/** Makes loading take ten seconds unless it is hurried. */
async function fill(client: Redis): Promise<void> {
  for (const key of FILLERS) await client.set(key, randomBytes(2_048));
  await client.bgrewriteaof();
  await eventually(async () => (await client.info('persistence')).includes('aof_rewrite_in_progress:0'));
}

const SAVED = 'saved:';

/** Puts something else in the place of everything that is held of the user. */
async function spoil(client: Redis): Promise<void> {
  for (const key of await client.keys(`${userKeys(FAULTS_USER).prefix}*`)) {
    await client.rename(key, `${SAVED}${key}`);
    await client.xadd(key, '*', 'not', 'ours');
  }
}

async function mend(client: Redis): Promise<void> {
  for (const key of await client.keys(`${userKeys(FAULTS_USER).prefix}*`)) await client.del(key);
  for (const key of await client.keys(`${SAVED}*`)) await client.rename(key, key.slice(SAVED.length));
}

const withoutHandshake = { except: HANDSHAKE_COMMANDS };
const answered = (name: string, description: string, reply: string): RedisFault =>
  proxied(name, description, { kind: 'answer', reply, ...withoutHandshake });

async function loadSlowly({ redis }: RedisWorld): Promise<void> {
  await redis.direct((client) => fill(client));
  await redis.kill();
  await redis.beginRestart(SLOW_LOADING);
}

async function loadToTheEnd({ redis }: RedisWorld): Promise<void> {
  await redis.direct((client) => client.config('SET', 'key-load-delay', '0'));
  await redis.endRestart();
  await redis.direct((client) => client.del(FILLERS));
}

async function losePrimary(world: RedisWorld): Promise<void> {
  await configured(['replica-serve-stale-data', 'no'])(world);
  await world.redis.direct((client) => client.replicaof('127.0.0.1', NOWHERE));
}

async function becomePrimary(world: RedisWorld): Promise<void> {
  await world.redis.direct((client) => client.replicaof('NO', 'ONE'));
  await configured(['replica-serve-stale-data', 'yes'])(world);
}

async function breakSnapshots({ redis }: RedisWorld): Promise<void> {
  const gone = await redis.folder('gone');
  await redis.direct(async (client) => {
    const [, folder = ''] = await client.config('GET', 'dir');
    // Writes depend on snapshots, of which there is none but this one.
    await client.config('SET', 'save', '86400 1000000', 'dir', gone);
    await rm(gone, { recursive: true });
    await client.bgsave();
    await eventually(async () => (await client.info('persistence')).includes('rdb_last_bgsave_status:err'));
    await client.config('SET', 'dir', folder);
  });
}

export const REDIS_FAULTS: readonly RedisFault[] = [
  proxied('refused', 'nobody listens', { kind: 'refuse' }),
  {
    name: 'killed',
    description: 'the process is killed, and comes back with its data',
    inject: ({ redis }) => redis.kill(),
    heal: ({ redis }) => redis.restart('kept'),
    expected: GONE,
    opensCircuit: true,
  },
  {
    name: 'killed, comes back empty',
    description: 'the process is killed, and comes back without its data',
    inject: ({ redis }) => redis.kill(),
    heal: ({ redis }) => redis.restart('lost'),
    expected: GONE,
    opensCircuit: true,
    losesData: true,
  },
  {
    name: 'loading',
    description: 'it is started again and loads its data for long',
    inject: loadSlowly,
    heal: loadToTheEnd,
    expected: GONE,
    opensCircuit: true,
  },
  {
    name: 'stopped',
    description: 'the process is stopped (SIGSTOP): it accepts connections and answers nothing',
    inject: ({ redis }) => redis.server.signal('SIGSTOP'),
    heal: ({ redis }) => redis.server.signal('SIGCONT'),
    expected: GONE,
    opensCircuit: true,
  },
  proxied('black-holed', 'the network swallows everything, and resets what it lost afterwards', { kind: 'black_hole' }),
  proxied('severed', 'the network swallows everything, and forgets the connections without a word', { kind: 'sever' }),
  proxied('slow', 'replies take longer than the time limit', { kind: 'latency', ms: 1_000 }),
  proxied('trickling', 'replies come a byte at a time', { kind: 'trickle', ms: 40 }),
  proxied('reset', 'connections are reset in mid-reply', { kind: 'reset' }),
  proxied('garbage', 'replies are bytes that are not the protocol', { kind: 'garbage' }),
  proxied('flapping', 'it comes and goes five times a second', { kind: 'flap', downMs: 150, upMs: 50 }, ON_AND_OFF),
  answered('LOADING', 'it loads its data', '-LOADING Redis is loading the dataset in memory'),
  answered('CLUSTERDOWN', 'its cluster lost too many nodes', '-CLUSTERDOWN The cluster is down'),
  {
    name: 'MASTERDOWN',
    description: 'it is a replica that lost its primary and serves nothing old',
    inject: losePrimary,
    heal: becomePrimary,
    // As on every replica, writes are refused for being writes.
    expected: { ...GONE, store_write: [...UNREACHABLE, REFUSED], store_delete: [...UNREACHABLE, REFUSED] },
    opensCircuit: true,
  },
  {
    name: 'password changed',
    description: 'its password was changed, and every connection was closed',
    inject: ({ redis }) =>
      redis.direct(async (client) => {
        await client.config('SET', 'requirepass', NEW_PASSWORD);
        await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      }),
    heal: ({ redis }) => redis.direct((client) => client.config('SET', 'requirepass', ''), NEW_PASSWORD),
    expected: GONE,
    opensCircuit: true,
  },
  {
    name: 'WRONGTYPE',
    description: 'the keys of a user hold what is not ours',
    inject: ({ redis }) => redis.direct((client) => spoil(client)),
    heal: ({ redis }) => redis.direct((client) => mend(client)),
    expected: SPOILT,
    opensCircuit: false,
    logs: ['import_recovery_failed'],
  },
  {
    name: 'READONLY',
    description: 'it is a replica',
    inject: ({ redis }) => redis.direct((client) => client.replicaof('127.0.0.1', NOWHERE)),
    heal: ({ redis }) => redis.direct((client) => client.replicaof('NO', 'ONE')),
    expected: NOTHING_WRITTEN,
    opensCircuit: false,
  },
  {
    name: 'OOM',
    description: 'its memory is full (maxmemory with noeviction)',
    inject: configured(['maxmemory-policy', 'noeviction'], ['maxmemory', '1']),
    heal: configured(['maxmemory', '0']),
    expected: NO_WRITES('REDIS_STORAGE_FULL'),
    opensCircuit: false,
  },
  {
    name: 'MISCONF',
    description: 'its disk takes no snapshots, so it takes no writes',
    inject: breakSnapshots,
    heal: configured(['save', '']),
    expected: NOTHING_WRITTEN,
    opensCircuit: false,
  },
];
