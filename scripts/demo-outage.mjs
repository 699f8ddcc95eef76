import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { URLSearchParams } from 'node:url';
import { startApplication } from './demo/application.mjs';
import { Children } from './demo/children.mjs';
import { loadBuilt } from './setup/load.mjs';
import { main, say } from './setup/process.mjs';
import { ensureRedisServer } from './setup/redis-server.mjs';

// `npm run demo:outage`: the same questions while Redis is stopped, then the model, then both, then all are back.
const MODULES = [
  'libs/common/src/auth/sign-token.js',
  'libs/common/src/redis/redis-process.js',
  'libs/common/src/testing/fake-llm-server.js',
];
const OPEN_MS = 1_000;
const WIDTH = 100;
const INDENT = ' '.repeat(14);

const PHASES = [
  { name: 'all is well', redis: true, model: true, isFirst: true },
  { name: 'no Redis', redis: false, model: true },
  { name: 'no model', redis: true, model: false },
  { name: 'neither', redis: false, model: false },
  { name: 'all is back', redis: true, model: true },
];

const QUESTIONS = [
  {
    title: 'POST /chat/stateless  "How many steps did I walk last week?"',
    ask: (api) => api.chat('How many steps did I walk last week?'),
  },
  {
    title: 'GET /health-data/aggregates  steps by day, last 7 days',
    ask: (api) => api.aggregates('StepCount'),
  },
  {
    title: 'GET /health-data/aggregates  resting heart rate, which nobody asks for before the outage',
    ask: (api, { isFirst }) => (isFirst ? ['not asked', ''] : api.aggregates('RestingHeartRate')),
  },
  { title: 'GET /health', ask: (api) => api.health() },
];

await main(async () => {
  const built = await loadBuilt(...MODULES);
  if (!built) return process.exitCode;
  await ensureRedisServer();
  const children = new Children();
  const cleanUp = [];
  try {
    await demonstrate(built, children, cleanUp);
    return 0;
  } finally {
    for (const undo of cleanUp.reverse()) await undo();
  }
});

async function demonstrate({ RedisProcess, FakeLlmServer, signToken }, children, cleanUp) {
  const folder = children.own(mkdtempSync(join(tmpdir(), 'wellness-demo-')));
  const redis = await RedisProcess.start({ directory: folder, socket: join(folder, 'redis.sock') });
  cleanUp.push(() => redis.stop());
  // However this ends, a stopped process would stay for ever.
  process.once('exit', () => redis.signal('SIGKILL'));
  const model = await FakeLlmServer.start();
  cleanUp.push(() => model.stop());
  cleanUp.push(() => children.stop());
  const secret = randomBytes(32).toString('hex');
  say('Starting the application with a year of sample data …');
  const application = await startApplication(children, folder, environmentOf({ redis, model, secret }));
  const token = await signToken(secret, { sub: 'demo', scope: 'health:read chat', seconds: 600 });
  const api = clientOf(application.url, token);
  const answers = QUESTIONS.map(() => []);
  for (const phase of PHASES) {
    say(`${phase.name} …`);
    await enter(phase, redis, model);
    for (const [at, { ask }] of QUESTIONS.entries()) answers[at].push(await ask(api, phase));
  }
  print(answers);
}

async function enter(phase, redis, model) {
  redis.signal(phase.redis ? 'SIGCONT' : 'SIGSTOP');
  if (phase.model) {
    await model.listen();
    model.respond(modelAnswer);
  } else await model.refuse();
  // The circuits try again after this long, and the report on health is a second old at most.
  if (phase.redis || phase.model) await sleep(2 * OPEN_MS);
}

/** A model that asks for the steps, and repeats what it is told. */
function modelAnswer({ body: { messages } }) {
  const last = messages.at(-1);
  if (last.role !== 'tool') {
    const args = { metric_types: ['StepCount'], time_period: 'last week' };
    return { kind: 'tools', calls: [{ name: 'get_health_metrics', arguments: args }] };
  }
  const result = JSON.parse(last.content);
  if (!result.success) return { kind: 'text', text: `I cannot look that up at the moment: ${result.message}.` };
  const before = result.stale_since ? ' That is what was known before the data store went away.' : '';
  const sum = result.data.metrics[0].buckets.reduce((total, bucket) => total + (bucket.sum ?? 0), 0);
  return { kind: 'text', text: `The language model says: ${Math.round(sum)} steps last week.${before}` };
}

function environmentOf({ redis, model, secret }) {
  return {
    NODE_ENV: 'development',
    REDIS_URL: redis.url,
    AUTH_JWT_SECRET: secret,
    LLM_BASE_URL: model.url,
    LLM_MODEL: 'demo-model',
    REDIS_COMMAND_TIMEOUT_MS: '500',
    REDIS_BREAKER_OPEN_MS: String(OPEN_MS),
    LLM_BREAKER_OPEN_MS: String(OPEN_MS),
    SHUTDOWN_GRACE_MS: '0',
  };
}

function clientOf(url, token) {
  const call = async (path, init = {}) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const begun = performance.now();
    const response = await fetch(`${url}${path}`, { headers, ...init });
    return { response, body: await response.json(), ms: Math.round(performance.now() - begun) };
  };
  return {
    chat: async (message) => {
      const { response, body, ms } = await call('/api/v1/chat/stateless', { method: 'POST', body: JSON.stringify({ message }) });
      if (!body.success) return failure(response, body, ms);
      const { answered_by: by, degraded, response: text } = body.data;
      return [`${response.status}${source(response)}, ${by}${degraded ? ', degraded' : ''}, ${ms} ms`, text];
    },
    aggregates: async (metric) => {
      const query = new URLSearchParams({ metric_types: metric, time_period: 'last_7_days', bucket: 'day' });
      const { response, body, ms } = await call(`/api/v1/health-data/aggregates?${query}`);
      if (!body.success) return failure(response, body, ms);
      const { buckets, unit } = body.data.metrics[0];
      const figures = buckets.map(({ sum, avg }) => (sum ?? avg) === null ? '–' : Math.round(sum ?? avg));
      return [`${response.status}${source(response)}, ${ms} ms`, `${figures.join(', ')} ${unit}`];
    },
    health: async () => {
      const { response, body, ms } = await call('/health');
      const parts = Object.entries(body.components).map(([name, { status, breaker }]) => {
        return `${name} ${status}${breaker && breaker !== 'closed' ? ` (circuit ${breaker})` : ''}`;
      });
      return [`${response.status}, ${ms} ms`, parts.join(', ')];
    },
  }; // prettier-ignore
}

function source(response) {
  return response.headers.get('x-data-source') ? `, from cache, ${response.headers.get('age')} s old` : '';
}

function failure(response, { error }, ms) {
  const wait = response.headers.get('retry-after');
  return [`${response.status} ${error.code}${wait ? `, again in ${wait} s` : ''}, ${ms} ms`, error.message];
}

function print(answers) {
  for (const [at, { title }] of QUESTIONS.entries()) {
    process.stdout.write(`\n${title}\n`);
    for (const [of, [head, text]] of answers[at].entries()) {
      process.stdout.write(`  ${PHASES[of].name.padEnd(INDENT.length - 2)}${head}\n${wrapped(text)}\n`);
    }
  }
}

function wrapped(text) {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    if (`${lines.at(-1)} ${word}`.length > WIDTH) lines.push('');
    lines.push(`${lines.pop()} ${word}`.trim());
  }
  return lines.map((line) => `${INDENT}${line}`).join('\n');
}
