import { APPLICATION_MODULES } from './lib/application.mjs';
import { median, runBench, say, temporaryFolder } from './lib/bench.mjs';
import { generateExport } from './lib/export.mjs';
import { GUARD_MODULES, guardedCalls, microsecondsPerCall } from './lib/guards.mjs';
import { startOutage } from './lib/outage.mjs';
import { report, round, target } from './lib/report.mjs';

// `npm run bench:policy`: what a guard costs while all is well, and what an open circuit spares.
const modules = [...APPLICATION_MODULES, ...GUARD_MODULES];

const NAMES = {
  bare: 'The bare call',
  cockatiel: 'cockatiel: retry, circuit breaker, bulkhead, timeout',
  policy: 'Policy, not cancellable (Redis)',
  cockatielCancellable: 'cockatiel with the caller’s signal',
  cancellable: 'Policy, cancellable (the default)',
  opossum: 'opossum: circuit breaker, bulkhead, timeout',
};

await runBench({ name: 'policy', runs: 9, records: 20_000, modules }, async (options, built) => {
  const guards = await costs(built, options.runs);
  const { healthy, open } = await answerTimes(options, built);
  return report({ section: 'policy', write: options.write, ...figures(guards, healthy, open) });
});

/** Microseconds of each kind of call: `{ name: [µs, …] }`, one figure for each run. */
async function costs(built, runs) {
  say('Guarding calls …');
  const { calls, close } = await guardedCalls(built);
  const times = Object.fromEntries(Object.keys(calls).map((name) => [name, []]));
  try {
    for (let run = 0; run <= runs; run++) {
      for (const [name, call] of Object.entries(calls)) {
        const each = await microsecondsPerCall(call);
        // The first is for the compiler.
        if (run > 0) times[name].push(each);
      }
    }
  } finally {
    close();
  }
  return times;
}

async function answerTimes(options, built) {
  const folder = await temporaryFolder();
  const file = await generateExport(folder.path, options.records);
  const outage = await startOutage(built, options.nodeOptions);
  await outage.importFile(file);
  const healthy = [];
  const open = [];
  for (let run = 1; run <= Math.ceil(options.runs / 2); run++) {
    say(`Outage ${run} …`);
    healthy.push(await outage.healthy());
    open.push(await outage.open());
  }
  return { healthy, open };
}

/** Median of the ratios of each run: both sides had the same machine. */
function ratio(own, other) {
  return median(own.map((value, run) => value / other[run]));
}

function figures(guards, healthy, open) {
  const p99 = (runs, read) => runs.map((times) => times[read].p99);
  const refused = ratio(p99(open, 'refused'), p99(healthy, 'metrics'));
  const cached = Object.keys(healthy[0]).map((read) => ratio(p99(open, read), p99(healthy, read)));
  return {
    subject:
      'Guarded calls of an asynchronous function that does nothing, one after the other, the circuit closed; every ' +
      'figure is a median, every ratio the median of the ratios of the runs, which take turns. ' +
      'Answers of the application are timed by 8 clients at a time, with its Redis running and stopped (SIGSTOP).',
    targets: [
      target('A guarded call, in calls guarded by cockatiel', ratio(guards.policy, guards.cockatiel), '×', {
        atMost: 1.2,
      }),
      target(
        'The same for calls that end with their caller',
        ratio(guards.cancellable, guards.cockatielCancellable),
        '×',
        { atMost: 1.2 },
      ),
      target('p99 of reads from the cache, circuit open, to that of healthy reads', Math.max(...cached), '×', {
        atMost: 1,
      }),
      target('p99 of refusals, circuit open, to that of healthy reads', refused, '×', { atMost: 1 }),
    ],
    raw: [callTable(guards), answerTable(healthy, open)],
  };
}

function callTable(guards) {
  const rows = Object.entries(NAMES).map(([name, title]) => [
    title,
    ...[
      median(guards[name]),
      ratio(guards[name], guards.cockatiel),
      ratio(guards[name], guards.opossum),
      ratio(guards[name], guards.bare),
    ].map(round),
  ]);
  return { title: 'Microseconds for each call:', head: ['', 'µs', '× cockatiel', '× opossum', '× bare'], rows };
}

function answerTable(healthy, open) {
  const at = (runs, read, share) => (runs[0][read] ? round(median(runs.map((times) => times[read][share]))) : '');
  const rows = Object.keys(open[0]).map((read) => [
    read,
    ...['p50', 'p99'].flatMap((share) => [at(healthy, read, share), at(open, read, share)]),
  ]);
  const head = ['', 'p50, healthy', 'p50, open', 'p99, healthy', 'p99, open'];
  return { title: 'Milliseconds for each answer:', head, rows };
}
