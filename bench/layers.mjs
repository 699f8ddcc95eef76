import { APPLICATION_MODULES } from './lib/application.mjs';
import { median, runBench, say } from './lib/bench.mjs';
import { report, round, target } from './lib/report.mjs';
import { startSides } from './lib/sides.mjs';

// `npm run bench:layers`: one route with all our layers around it, against Fastify alone and the layers as one finds them.
const NAMES = {
  bare: 'Fastify alone',
  production: 'Ours: all layers',
  naive: 'The same packages with their defaults',
};
const SIDES = Object.keys(NAMES);
const SECONDS = 3;

await runBench({ name: 'layers', runs: 7, modules: APPLICATION_MODULES }, async (options, built) => {
  say('Starting …');
  const sides = await startSides(built, SIDES, options.nodeOptions);
  for (const name of SIDES) await sides.warmUp(name);
  const runs = [];
  for (let run = 0; run < options.runs; run++) {
    say(`Run ${run + 1} of ${options.runs} …`);
    const found = {};
    for (const name of inTurn(run)) found[name] = await sides.measure(name, { duration: SECONDS });
    runs.push(found);
  }
  return report({ section: 'layers', write: options.write, ...figures(runs) });
});

/** Each run begins with another side. */
function inTurn(run) {
  const first = run % SIDES.length;
  return [...SIDES.slice(first), ...SIDES.slice(0, first)];
}

function ratio(runs, own, other, figure = 'perSecond') {
  return median(runs.map((run) => run[own][figure] / run[other][figure]));
}

function figures(runs) {
  return {
    subject:
      'Ratios are medians of the ratios of the runs; within a run the sides take turns. CPU is that of the side’s ' +
      'process: it tells the same without the load generator, which at best keeps up with Fastify alone.',
    targets: [
      target('Requests/s, to Fastify alone', ratio(runs, 'production', 'bare'), '×', { atLeast: 0.35 }),
      target('Requests/s, to the same packages with their defaults', ratio(runs, 'production', 'naive'), '×', {
        atLeast: 3,
      }),
    ],
    raw: [
      {
        title: 'Medians:',
        head: ['', 'Requests/s', '× Fastify', 'CPU µs/request', '× Fastify', 'p99 ms'],
        rows: SIDES.map((name) => row(runs, name)),
      },
    ],
  };
}

function row(runs, name) {
  const of = (figure) => round(median(runs.map((run) => run[name][figure])));
  const speed = round(ratio(runs, name, 'bare'));
  const cpu = round(ratio(runs, name, 'bare', 'cpuMicroseconds'));
  return [NAMES[name], of('perSecond'), speed, of('cpuMicroseconds'), cpu, of('p99')];
}
