import { Redis } from 'ioredis';

const AWAY = ['REDIS_CONNECTION_FAILED', 'REDIS_OPERATION_TIMEOUT'];

/** Each can be done and undone; `expected` are alerts that have to fire. `follow` goes the way from there to the cause. */
export const FAULTS = [
  {
    title: 'Redis is stopped',
    how: 'kill -STOP of its process: connections stay open, nothing is answered',
    expected: ['WellnessRedisCircuitOpen', 'WellnessAvailabilityBurnFast', 'WellnessNoReplicaReady'],
    begin: ({ redis }) => redis.signal('SIGSTOP'),
    end: ({ redis }) => redis.signal('SIGCONT'),
    follow: (ask, errors) => traceOf(ask, errors, AWAY),
  },
  {
    title: 'The model says 429',
    how: 'its endpoint answers every completion with 429',
    expected: ['WellnessChatFallbackShare'],
    begin: ({ model }) => model.respond({ kind: 'status', status: 429, headers: { 'retry-after': '1' } }),
    end: ({ model }) => model.respond({ kind: 'text', text: 'All is well.' }),
    follow: (ask, errors) => traceOf(ask, errors, ['LLM_RATE_LIMITED']),
  },
  {
    title: 'The memory of Redis is full',
    how: 'CONFIG SET maxmemory to less than it uses',
    expected: ['WellnessRedisMemoryCritical', 'WellnessRedisWritesRefused'],
    begin: ({ redis }) => configure(redis, 'maxmemory', '1mb'),
    end: ({ redis }) => configure(redis, 'maxmemory', '0'),
    follow: (ask, errors) => traceOf(ask, errors, ['REDIS_STORAGE_FULL']),
  },
];

/** The newest request with such an error, as the replica remembers it; rather one that ended with it. */
async function traceOf(ask, errors, codes) {
  const those = errors.filter(({ error_code: code, route }) => codes.includes(code) && route !== null);
  const group = those.find(({ event }) => event === null) ?? those[0];
  for (const id of group?.correlation_ids ?? []) {
    const trace = await ask(`/api/v1/admin/errors/${id}`);
    if (trace !== null) return { group, trace };
  }
  return { group, trace: undefined };
}

async function configure({ url }, name, value) {
  const client = new Redis(url.replace(/^unix:(?:\/\/)?/, ''), { lazyConnect: true });
  try {
    await client.connect();
    await client.config('SET', name, value);
  } finally {
    client.disconnect();
  }
}
