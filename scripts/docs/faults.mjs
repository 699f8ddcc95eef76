/** What the fault table looks like, on a terminal and in the docs. */

const TITLES = { redis: 'Redis', llm: 'The model' };
const MARKS = { cache: 'c', no_memory: 'm', degraded: 'd', waiting_for_redis: 'w', local: 'l', error: 'e' };
const LEGEND = [
  '`c` from the last-known-good cache',
  '`m` without memory',
  '`d` by the built-in responder',
  '`w` the upload waits for Redis',
  '`l` holds in this process alone',
  '`e` the stream ends with `error`',
];

/** Every cell with its verdict, as text. `loads` are the figures under a constant load. */
export function faultTable(runs, loads) {
  return `${[...byDependency(runs).map(textTable), ...loads.map(textOfLoad), problems(runs)].join('\n\n')}\n`;
}

/** The page of the docs. */
export function faultPage(runs, loads) {
  return [
    '# The fault table',
    'Every route of the application under every fault of its dependencies, on real processes, as it was in the last run. ' +
      '`npm run faults` does it again and prints it; `npm run faults -- --write` writes this page. The table is data: ' +
      '[routes](../test/faults/routes.ts), [faults of Redis](../test/faults/redis.faults.ts), ' +
      '[faults of the model](../test/faults/llm.faults.ts); a route without a row fails the tests.',
    'A cell holds when every answer is one of those that are allowed there, keeps the error contract, carries the ' +
      'correlation id of its request, tells nothing private, comes in time and is in the log with the right code; when ' +
      'no more calls than trials reach the dependency once its circuit is open; and when all is as usual again, without ' +
      'a restart, within the open time and two seconds. Each route is asked with the circuit closed, and again when it ' +
      'is open.',
    `A cell shows the statuses that were answered: ${LEGEND.join(', ')}.`,
    ...byDependency(runs).map(markdown),
    '## Redis, under 200 requests a second',
    'Cached reads of many users, chat, writes, lists, uploads, unknown routes and probes, from a process of their own that ' +
      'asks on schedule whether it is answered or not ([test](../test/faults/black-hole-load.spec.ts)).',
    tableOf([
      ['while', ...loads.map(({ fault }) => fault)],
      ...Object.keys(loads[0]?.figures ?? {}).map((name) => [name, ...loads.map(({ figures }) => figures[name] ?? '')]),
    ]),
  ].join('\n\n');
}

function byDependency(runs) {
  const names = [...new Set(runs.map(({ summary }) => summary.dependency))].sort().reverse();
  return names.map((name) => ({ name, faults: runs.filter(({ summary }) => summary.dependency === name) }));
}

function markdown({ name, faults }) {
  return [
    `## ${TITLES[name] ?? name}`,
    tableOf([
      ['fault', 'what happens', 'slowest answer', 'all as usual after', 'calls with the circuit open', 'verdict'],
      ...faults.map(({ summary, cells }) => [
        summary.fault,
        summary.description,
        `${slowest(cells)} ms`,
        `${recovered(cells)} ms`,
        summary.callsWhileOpen ?? 'stays closed',
        holds({ summary, cells }) ? '✓' : '✗',
      ]),
    ]),
    tableOf([
      ['route', ...faults.map(({ summary }) => summary.fault)],
      ...routesOf(faults).map((route) => [`\`${route}\``, ...faults.map((fault) => mark(cellOf(fault, route)))]),
    ]),
  ].join('\n\n');
}

function tableOf([head, ...rows]) {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function textOfLoad({ fault, figures }) {
  return [`Under load, while ${fault}`, ...Object.entries(figures).map(([name, text]) => `  ${name}: ${text}`)].join(
    '\n',
  );
}

function textTable({ name, faults }) {
  const routes = routesOf(faults);
  const width = Math.max(...routes.map((route) => route.length));
  const columns = faults.map((fault, index) => {
    const marks = routes.map((route) => mark(cellOf(fault, route)));
    const head = String(index + 1);
    const size = Math.max(head.length, ...marks.map((each) => each.length));
    return { head: head.padEnd(size), marks: marks.map((each) => each.padEnd(size)) };
  });
  return [
    `${TITLES[name] ?? name}`,
    ...faults.map((fault, index) => `  ${index + 1}. ${verdictOf(fault)}`),
    '',
    [' '.repeat(width), ...columns.map(({ head }) => head)].join('  '),
    ...routes.map((route, at) => [route.padEnd(width), ...columns.map(({ marks }) => marks[at])].join('  ')),
  ].join('\n');
}

function verdictOf({ summary, cells }) {
  const { fault, description, callsWhileOpen } = summary;
  const calls = callsWhileOpen === null ? 'circuit stays closed' : `${callsWhileOpen} calls with the circuit open`;
  const figures = `slowest ${slowest(cells)} ms, as usual after ${recovered(cells)} ms, ${calls}`;
  return `${holds({ summary, cells }) ? '✓' : '✗'} ${fault}: ${description} (${figures})`;
}

function problems(runs) {
  const found = runs.flatMap(({ summary, cells }) => [
    ...summary.problems.map((problem) => `✗ ${summary.dependency}, ${summary.fault}: ${problem}`),
    ...cells.flatMap((cell) =>
      cell.problems.map((text) => `✗ ${cell.dependency}, ${cell.fault}, ${cell.route}: ${text}`),
    ),
  ]);
  const cells = runs.flatMap((each) => each.cells);
  const failed = cells.filter((cell) => cell.problems.length > 0).length;
  return [...found, `${cells.length - failed} cells hold, ${failed} do not.`].join('\n');
}

/** `✓ 200c/503`: the statuses in order, with a letter for what else matters. */
function mark(cell) {
  if (cell === undefined) return '';
  const seen = cell.outcomes.map((outcome) => {
    const [status, ...words] = outcome.split(' ');
    return `${status}${words.map((word) => MARKS[word] ?? '').join('')}`;
  });
  return `${cell.problems.length === 0 ? '✓' : '✗'} ${[...new Set(seen)].join('/')}`;
}

function routesOf(faults) {
  return [...new Set(faults.flatMap(({ cells }) => cells.map(({ route }) => route)))];
}

function cellOf({ cells }, route) {
  return cells.find((cell) => cell.route === route);
}

function holds({ summary, cells }) {
  return summary.problems.length === 0 && cells.every((cell) => cell.problems.length === 0);
}

function slowest(cells) {
  return Math.max(...cells.map(({ slowestMs }) => slowestMs));
}

function recovered(cells) {
  return Math.max(...cells.map(({ recoveredMs }) => recoveredMs ?? Number.POSITIVE_INFINITY));
}
