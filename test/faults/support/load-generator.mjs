import { Agent, request } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { clearInterval, setInterval } from 'node:timers';

// A process of its own that asks on schedule, whether what it asked before has been answered or not, as callers do who
// know nothing of each other: a server that gets slower gets no less to do. (Generators that wait for an answer before
// they ask again measure only the good moments.)
// `{ port, perSecond, calls }` begins: the calls are made in turn, `{n}` in them stands for a number that was never used.
// Any further message ends: it is answered with `{ answers, stallMs }` once everything that was asked is settled.
const TICK_MS = 5;
const NANOSECONDS_PER_MS = 1e6;
const PATIENCE_MS = 10_000;

const agent = new Agent({ keepAlive: true });
const delay = monitorEventLoopDelay({ resolution: 1 });
const answers = [];
const underway = new Set();
let timer;

process.on('message', (message) => (timer === undefined ? begin(message) : void end()));
process.on('disconnect', () => process.exit());

function begin({ port, perSecond, calls }) {
  delay.enable();
  const startedAt = performance.now();
  let asked = 0;
  timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * perSecond);
    for (; asked < due; asked++) track(ask(port, calls[asked % calls.length], asked));
  }, TICK_MS);
}

async function end() {
  clearInterval(timer);
  await Promise.all(underway);
  process.send({ answers, stallMs: delay.max / NANOSECONDS_PER_MS }, () => process.exit());
}

function track(work) {
  underway.add(work);
  void work.finally(() => underway.delete(work));
}

async function ask(port, call, number) {
  const sentAt = Date.now();
  const begun = performance.now();
  const outcome = await exchange(port, call, number).catch((error) => error.code ?? error.message);
  answers.push({ kind: call.kind, sentAt, ms: performance.now() - begun, outcome });
}

function exchange(port, { method, path, headers, body }, number) {
  const fill = (text) => text.replaceAll('{n}', String(number));
  const filled = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value)]));
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, agent, method, path, headers: filled, timeout: PATIENCE_MS };
    const outgoing = request(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.on('error', reject).on('end', () => resolve(outcomeOf(response, text)));
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer')));
    outgoing.on('error', reject).end(body === undefined ? undefined : fill(body));
  });
}

/** The status and what matters about the answer, as in the fault table: `200 cache`, `503 REDIS_CIRCUIT_OPEN`. */
function outcomeOf({ statusCode, headers }, text) {
  const { data, error, status } = JSON.parse(text);
  const words = [
    error?.code,
    statusCode === 202 ? data?.status : status,
    headers['x-data-source'],
    data?.degraded === true && 'degraded',
    data?.memory_stats?.degraded === true && 'no_memory',
  ];
  return [statusCode, ...words.filter(Boolean)].join(' ');
}
