import { isIP } from 'node:net';
import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const MIB = 1024 * 1024;

const integer = (minimum: number, maximum: number, fallback: number): z.ZodDefault<z.ZodCoercedNumber> =>
  z.coerce.number().int().min(minimum).max(maximum).default(fallback);

const milliseconds = (fallback: number): z.ZodDefault<z.ZodCoercedNumber> => integer(1, 24 * 60 * MINUTE, fallback);

const REDIS_PROTOCOLS = ['redis:', 'rediss:', 'unix:'];

function isRedisUrl(text: string): boolean {
  return URL.canParse(text) && REDIS_PROTOCOLS.includes(new URL(text).protocol);
}

const PROXY_NETWORKS = ['loopback', 'linklocal', 'uniquelocal'];

/** An address, a network (`10.0.0.0/8`), or the name of one. */
function isProxy(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return PROXY_NETWORKS.includes(text);
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= (version === 4 ? 32 : 128))
  );
}

const perWindow = (fallback: number): z.ZodDefault<z.ZodCoercedNumber> => integer(1, 1_000_000_000, fallback);

const secret = z.string().min(32, 'must have at least 32 characters').meta({ secret: true });

/**
 * Everything that can be configured, by environment variable. `npm run config` and the docs list it from here.
 * An empty variable counts as unset.
 */
export const configSchema = z.object({
  NODE_ENV: z
    .enum(['development', 'production', 'test'])
    .default('development')
    .describe('Production mode takes no generated secrets'),
  HOST: z.string().default('127.0.0.1').describe('Address to listen on; the container image sets 0.0.0.0'),
  PORT: integer(0, 65_535, 3000).describe('Port to listen on; 0 takes any free one'),
  METRICS_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .optional()
    .describe('Port to serve /metrics on, instead of beside the other routes; 0 takes any free one'),
  TRUST_PROXY: z
    .string()
    .transform((list) => list.split(',').map((entry) => entry.trim()))
    .refine((list) => list.every(isProxy), 'must be addresses, networks, loopback, linklocal or uniquelocal')
    .optional()
    .describe(
      'Reverse proxies whose X-Forwarded-For is believed: addresses, networks (10.0.0.0/8), loopback, linklocal, ' +
        'uniquelocal, separated by commas; unset: nobody',
    ),
  ROLE: z
    .enum(['all', 'api', 'worker'])
    .default('all')
    .describe('api serves HTTP, worker runs imports and answers /health and /metrics alone, all does both'),
  DATA_DIR: z
    .string()
    .default('.data')
    .transform((path) => (isAbsolute(path) ? path : resolve(path)))
    .describe('Folder for uploads, the private Redis and the development secret'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('Lowest level that is logged'),
  LOG_FORMAT: z
    .enum(['auto', 'json', 'pretty'])
    .default('auto')
    .describe('auto is pretty on a terminal and JSON elsewhere'),
  LOG_REPEAT_EVERY: integer(1, 1_000_000, 100).describe(
    'Of identical errors the first is logged, then one in so many, and their number at the end; 1: all are',
  ),
  LOG_REPEAT_WINDOW_MS: integer(SECOND, 24 * 60 * MINUTE, MINUTE).describe(
    'How long identical errors are taken together, before the first is logged again',
  ),
  LOG_REPEAT_MAX_KINDS: integer(1, 100_000, 500).describe('How many different errors are told apart at a time'),
  DIAGNOSTICS_SLOW_MS: milliseconds(2 * SECOND).describe(
    'Requests that took longer are kept for /api/v1/admin/errors/:correlation_id although they ended well',
  ),
  DIAGNOSTICS_MAX_REQUESTS: integer(1, 1_000_000, 1_000).describe('Requests that are kept there, in this process'),
  DIAGNOSTICS_MAX_BYTES: integer(64 * 1024, 1024 * MIB, 8 * MIB).describe('Memory they may take together'),
  SAMPLE_DATA: z
    .enum(['auto', 'off'])
    .default('auto')
    .describe('auto loads a year of sample data for user demo into an empty store, outside production'),

  REDIS_URL: z
    .string()
    .refine(isRedisUrl, 'must be a redis://, rediss:// or unix:// URL')
    .optional()
    .meta({ secret: true })
    .describe('Redis to use; unset: a private one is started as a child process'),
  REDIS_CONNECT_TIMEOUT_MS: milliseconds(500).describe('Longest a connection attempt to Redis may take'),
  REDIS_COMMAND_TIMEOUT_MS: milliseconds(1 * SECOND).describe('Longest a command to Redis may take'),

  REDIS_BREAKER_THRESHOLD: integer(1, 1_000, 5).describe('Failures of Redis in a row that open its circuit'),
  REDIS_BREAKER_OPEN_MS: milliseconds(30 * SECOND).describe(
    'How long the circuit of Redis stays open, or up to a tenth less',
  ),
  REDIS_RETRY_MAX: integer(0, 10, 3).describe('Most retries of a call to Redis'),
  REDIS_RETRY_BASE_MS: milliseconds(50).describe('Longest wait before the first retry; doubles with each'),
  REDIS_RETRY_CAP_MS: milliseconds(MINUTE).describe('Longest wait before any retry'),
  STALE_CACHE_MAX_BYTES: integer(MIB, 16 * 1024 * MIB, 32 * MIB).describe(
    'Answers kept in memory to serve when Redis is away',
  ),
  STALE_CACHE_MAX_AGE_MS: milliseconds(24 * 60 * MINUTE).describe('How old such an answer may be'),
  REDIS_BULKHEAD: integer(1, 100_000, 256).describe('Calls to Redis at the same time'),
  REDIS_BULKHEAD_QUEUE: integer(0, 100_000, 512).describe('Calls to Redis that wait for one of those to end'),

  AUTH_JWT_SECRET: secret
    .optional()
    .describe('HS256 secret that tokens are signed with; unset: generated in development'),
  AUTH_JWKS_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Where to get the public keys that tokens are signed with'),
  AUTH_ISSUER: z.string().optional().describe('Expected iss claim of tokens'),
  AUTH_AUDIENCE: z.string().optional().describe('Expected aud claim of tokens'),

  LLM_BASE_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('OpenAI-compatible endpoint; unset: the built-in responder answers'),
  LLM_API_KEY: z.string().optional().meta({ secret: true }).describe('API key for LLM_BASE_URL'),
  LLM_MODEL: z.string().optional().describe('Model to ask, such as qwen2.5:7b'),
  LLM_FALLBACK: z
    .enum(['builtin', 'none'])
    .default('builtin')
    .describe('Who answers when the model cannot: the built-in responder, or nobody (503)'),
  LLM_FIRST_TOKEN_TIMEOUT_MS: integer(1, 5 * MINUTE, 30 * SECOND).describe(
    'Longest wait for the next piece of an answer, the first included',
  ),
  LLM_TIMEOUT_MS: milliseconds(2 * MINUTE).describe('Longest one answer of the model may take'),
  LLM_BREAKER_THRESHOLD: integer(1, 1_000, 3).describe('Failures of the model in a row that open its circuit'),
  LLM_BREAKER_OPEN_MS: milliseconds(MINUTE).describe('How long that circuit stays open, or up to a tenth less'),
  LLM_RETRY_MAX: integer(0, 10, 2).describe('Most retries of a call to the model, before its first token'),
  LLM_RETRY_BASE_MS: milliseconds(500).describe('Longest wait before the first retry; doubles with each'),
  LLM_RETRY_CAP_MS: milliseconds(10 * SECOND).describe(
    'Longest wait before any retry; a longer Retry-After is not waited for',
  ),
  LLM_BULKHEAD: integer(1, 10_000, 64).describe('Answers the model gives at the same time'),
  LLM_BULKHEAD_QUEUE: integer(0, 10_000, 64).describe('Questions that wait for one of those to end'),

  REQUEST_TIMEOUT_MS: milliseconds(10 * SECOND).describe('Deadline of a request'),
  CHAT_TIMEOUT_MS: milliseconds(2 * MINUTE).describe('Deadline of a chat request'),
  BODY_RECEIVE_TIMEOUT_MS: milliseconds(30 * SECOND).describe(
    'Longest the headers and body of a request, other than an upload, may take to arrive',
  ),
  BODY_MAX_BYTES: integer(1024, 64 * MIB, MIB).describe('Largest JSON body'),
  SHED_EVENT_LOOP_DELAY_MS: integer(0, MINUTE, 500).describe(
    'Mean delay of the event loop beyond which new requests are turned away with 503; 0: never',
  ),
  SHED_HEAP_PERCENT: integer(0, 100, 90).describe(
    'Share of the heap limit, after garbage was collected, beyond which new requests are turned away; 0: never',
  ),
  SHED_MAX_IN_FLIGHT: integer(0, 1_000_000, 1_000).describe(
    'Requests in flight, event streams among them, beyond which new ones are turned away; 0: any number',
  ),
  SHUTDOWN_GRACE_MS: integer(0, 10 * MINUTE, 5 * SECOND).describe(
    'How long requests are still served after SIGTERM while load balancers take this instance out',
  ),
  SHUTDOWN_TIMEOUT_MS: milliseconds(30 * SECOND).describe('Longest a shutdown may take'),

  RATE_LIMIT_USER_PER_MINUTE: perWindow(300).describe('Requests of one user in a minute'),
  RATE_LIMIT_CHAT_PER_MINUTE: perWindow(20).describe('Chat requests of one user in a minute'),
  RATE_LIMIT_IMPORTS_PER_HOUR: perWindow(10).describe('Uploads of one user in an hour'),
  RATE_LIMIT_ADDRESS_PER_MINUTE: perWindow(60).describe('Requests without a valid token of one address in a minute'),
  RATE_LIMIT_ERRORS_PER_MINUTE: perWindow(60).describe(
    'Answers of 400, 401, 403, 404, 405, 413 and 415 to one user or address in a minute, before all others are 429',
  ),
  RATE_LIMIT_SHARED_WAIT_MS: milliseconds(100).describe(
    'Longest a request waits for counts in Redis; beyond it an instance counts by itself',
  ),

  IMPORT_MAX_BYTES: integer(1, Number.MAX_SAFE_INTEGER, 16 * 1024 * MIB).describe(
    'Largest upload, and largest export once unzipped',
  ),
  IMPORT_MAX_RATIO: integer(2, 100_000, 200).describe('Largest ratio of unzipped to zipped bytes'),
  IMPORT_MAX_ENTRIES: integer(1, 10_000_000, 100_000).describe('Most entries a zip may have'),
  IMPORT_CONCURRENCY: integer(1, 64, 1).describe('Imports that run at the same time in one process'),

  SESSION_TTL_DAYS: integer(1, 3650, 30).describe('Days a chat session is kept after its last turn'),
  IDEMPOTENCY_TTL_HOURS: integer(1, 720, 24).describe('Hours the answer to an Idempotency-Key is kept'),
  READINESS_REDIS: z
    .enum(['required', 'degrade'])
    .default('required')
    .describe('Whether an instance without Redis leaves the load balancer'),
  READINESS_REDIS_GRACE_MS: integer(0, 10 * MINUTE, 5 * SECOND).describe(
    'How long Redis may be unusable before readiness fails',
  ),
});

export type Config = Readonly<z.output<typeof configSchema>>;
