import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startApplication } from './demo/application.mjs';
import { Children } from './demo/children.mjs';
import { FAULTS } from './gameday/faults.mjs';
import { firing, requirePrometheus, startMonitoring } from './gameday/monitoring.mjs';
import { page } from './gameday/page.mjs';
import { operatorOf, startUsers } from './gameday/users.mjs';
import { loadBuilt } from './setup/load.mjs';
import { ROOT } from './setup/prepare.mjs';
import { main, say, SetupError } from './setup/process.mjs';
import { ensureRedisServer } from './setup/redis-server.mjs';

// gameday.mjs [--write]: three faults, one after the other; which alerts fire when, and what leads from there to the cause.
const MODULES = [
  'libs/common/src/auth/sign-token.js',
  'libs/common/src/redis/redis-process.js',
  'libs/common/src/testing/fake-llm-server.js',
];
const PAGE = join('docs', 'operations', 'gameday.md');
/** An hour of the rules is a minute here. */
const FASTER = 60;
const POLL_MS = 250;
const WARM_UP_MS = 20_000;
const LASTS_MS = 20_000;
const FIRES_WITHIN_MS = 90_000;
const ENDS_WITHIN_MS = 120_000;
/** These look back over days, hours here: nobody waits for their end. */
const SLOW = /Slow$|BudgetLow$/;

await main(async () => {
  requirePrometheus();
  const built = await loadBuilt(...MODULES);
  if (!built) return process.exitCode;
  await ensureRedisServer();
  const children = new Children();
  const undo = [];
  try {
    const runs = await play(built, children, undo);
    const text = await formatted(page(runs, FASTER));
    process.stdout.write(text);
    if (process.argv.includes('--write')) writeFileSync(join(ROOT, PAGE), text);
    return runs.every(({ missing }) => missing.length === 0) ? 0 : 1;
  } finally {
    for (const each of undo.reverse()) await each();
  }
});

async function play({ RedisProcess, FakeLlmServer, signToken }, children, undo) {
  const folder = children.own(mkdtempSync(join(tmpdir(), 'wellness-gameday-')));
  const redis = await RedisProcess.start({ directory: folder, socket: join(folder, 'redis.sock') });
  // However this ends, a stopped process would stay for ever.
  process.once('exit', () => redis.signal('SIGKILL'));
  undo.push(() => redis.stop());
  undo.push(() => redis.signal('SIGCONT'));
  const model = await FakeLlmServer.start();
  undo.push(() => model.stop());
  undo.push(() => children.stop());
  say('Starting the application with a year of sample data …');
  const secret = randomBytes(32).toString('hex');
  const application = await startApplication(children, folder, environmentOf({ redis, model, secret }));
  const tokenOf = (sub, scope) => signToken(secret, { sub, scope, seconds: 3_600 });
  const users = startUsers(application.url, await tokenOf('demo', 'health:read health:write chat'));
  undo.push(() => users.stop());
  const monitoring = await startMonitoring(children, folder, { target: application.target, by: FASTER });
  const ask = operatorOf(application.url, await tokenOf('operator', 'admin'));
  await sleep(WARM_UP_MS);
  await quiet(monitoring, 'before anything was done');
  const runs = [];
  for (const fault of FAULTS) runs.push(await inject(fault, { redis, model, monitoring, application, ask }));
  return runs;
}

function environmentOf({ redis, model, secret }) {
  const limits = ['USER_PER_MINUTE', 'CHAT_PER_MINUTE', 'ADDRESS_PER_MINUTE', 'ERRORS_PER_MINUTE'];
  return {
    NODE_ENV: 'development',
    REDIS_URL: redis.url,
    AUTH_JWT_SECRET: secret,
    LLM_BASE_URL: model.url,
    LLM_MODEL: 'demo-model',
    LLM_RETRY_BASE_MS: '50',
    REDIS_COMMAND_TIMEOUT_MS: '500',
    REDIS_BREAKER_OPEN_MS: '1000',
    LLM_BREAKER_OPEN_MS: '1000',
    READINESS_REDIS_GRACE_MS: '1000',
    SHUTDOWN_GRACE_MS: '0',
    ...Object.fromEntries(limits.map((name) => [`RATE_LIMIT_${name}`, '1000000'])),
  };
}

async function inject(fault, world) {
  say(`${fault.title} …`);
  const { monitoring, application, ask } = world;
  const from = application.lines.length;
  const before = new Set((await firing(monitoring)).map(({ labels }) => labels.alertname));
  const begunAt = Date.now();
  await fault.begin(world);
  const seen = new Map();
  const look = async () => note(seen, before, await firing(monitoring), Date.now() - begunAt);
  const missing = () => fault.expected.filter((name) => !seen.has(name));
  do {
    await look();
    await sleep(POLL_MS);
  } while (Date.now() - begunAt < LASTS_MS || (missing().length > 0 && Date.now() - begunAt < FIRES_WITHIN_MS));
  const report = await errorsSince(ask, begunAt);
  const cause = await fault.follow(ask, report);
  const lines = application.lines.slice(from);
  await fault.end(world);
  const mendedAt = Date.now() - begunAt;
  say('Mended; waiting until all alerts have ended …');
  for (const until = Date.now() + ENDS_WITHIN_MS; Date.now() < until; await sleep(POLL_MS)) {
    if ((await look()) === 0) break;
  }
  return { fault, alerts: [...seen.values()], missing: missing(), begunAt, mendedAt, report, cause, lines };
}

async function errorsSince(ask, begunAt) {
  const { errors } = await ask('/api/v1/admin/errors');
  return errors.filter(({ last_seen: seen }) => Date.parse(seen) >= begunAt);
}

/** Notes what fires that did not before, and what has ended; returns how many do fire whose end is worth waiting for. */
function note(seen, before, alerts, at) {
  const names = new Set(alerts.map(({ labels }) => labels.alertname));
  for (const name of before) if (!names.has(name)) before.delete(name);
  for (const { labels, annotations, held } of alerts) {
    if (before.has(labels.alertname)) continue;
    const known = seen.get(labels.alertname) ?? { labels, annotations, firedAt: at, held: false };
    seen.set(labels.alertname, { ...known, held: known.held || held, endedAt: undefined });
  }
  for (const [name, alert] of seen) if (!names.has(name)) seen.set(name, { ...alert, endedAt: alert.endedAt ?? at });
  return [...names].filter((name) => !SLOW.test(name)).length;
}

async function quiet(monitoring, when) {
  const alerts = await firing(monitoring);
  if (alerts.length === 0) return;
  throw new SetupError(`${alerts.map(({ labels }) => labels.alertname).join(', ')} fired ${when}.`);
}

async function formatted(text) {
  const prettier = await import('prettier');
  const filepath = join(ROOT, PAGE);
  return prettier.format(text, { ...(await prettier.resolveConfig(filepath)), filepath });
}
