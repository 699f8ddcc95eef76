import { ROOT } from '../setup/prepare.mjs';

const SECOND_MS = 1_000;
const MOST_EVENTS = 8;
const MOST_GROUPS = 6;
const LEVELS = ['debug', 'info', 'warn', 'error'];

/** What happened, as a page of the docs. */
export function page(runs, faster) {
  return [
    '# Game day',
    `\`npm run gameday\` starts the application with users who keep asking, Prometheus with the real rules, and Alertmanager
with its real configuration. All times of the rules (windows, \`for\`, \`interval\`) are divided by ${faster}, so that an hour is a
minute; limits are as they are. Then it does three things to it, one after the other, mends each, and waits until the
alerts have ended, but for those that look back over days (hours, here). \`npm run gameday -- --write\` writes this page;
what follows is what the last run saw.`,
    'Seconds count from the fault; a second here is a minute there, as far as the rules go. Held back: Alertmanager tells\nnobody, because another alert says it already. Alerts on budgets look back so far that they may still mean the fault before.',
    ...runs.flatMap(section),
  ].join('\n\n');
}

function section({ fault, alerts, missing, begunAt, mendedAt, report, cause, lines }, at) {
  const fired = alerts.sort((a, b) => a.firedAt - b.firedAt);
  return [
    `## ${at + 1}. ${fault.title}`,
    `Done: ${fault.how}. Mended after ${seconds(mendedAt)}.`,
    missing.length > 0 ? `**Missing**: ${missing.join(', ')}` : '',
    table(
      ['alert', 'severity', 'fired', 'ended', 'held back', 'summary'],
      fired.map(({ labels, annotations, firedAt, endedAt, held }) => [
        `[${labels.alertname}](${annotations.runbook_url.replace('docs/operations/', '')})`,
        labels.severity,
        seconds(firedAt),
        endedAt === undefined ? 'not yet' : seconds(endedAt),
        held ? 'yes' : '',
        annotations.summary,
      ]),
    ),
    '`GET /api/v1/admin/errors` at the replica, the most frequent first:',
    table(
      ['error', 'event', 'route', 'status', 'count', 'latest'],
      groups(report).map((group) => [
        code(group.error_code),
        code(group.event),
        code(group.route && `${group.method} ${group.route}`),
        group.status ?? '',
        group.count,
        code(group.correlation_ids[0]),
      ]),
    ),
    ...trail(cause),
    'In the log, from the fault to its repair:',
    table(['event', 'level', 'lines', 'first', 'it says'], eventsOf(lines, begunAt)),
  ];
}

function trail({ group, trace }) {
  if (!trace) return [];
  const [request] = trace.requests;
  const place = request.events.map(placeOf).find(Boolean);
  return [
    `\`GET /api/v1/admin/errors/${trace.correlation_id}\`: ${request.method} \`${request.route}\` ended with ` +
      `${request.status} after ${Math.round(request.duration_ms)} ms, kept because: ${request.kept_because}; trace ` +
      `\`${request.trace_id}\`. Its calls and events:`,
    fence(
      [
        ...request.calls.map((call) => [
          call.at_ms,
          `call ${call.policy} ${call.operation}: ${call.outcome}, ${call.attempts} attempts, circuit ${call.breaker}, ` +
            `${call.duration_ms} ms${call.error_code ? `, ${call.error_code}` : ''}`,
        ]),
        ...request.events.map((event) => [event.at_ms, `${event.level} ${event.event}${causeOf(event)}`]),
      ]
        .sort(([a], [b]) => a - b)
        .map(([time, text]) => `${time.toFixed(1).padStart(8)} ms  ${text}`),
    ),
    place ? `The line of code that told of ${code(group.error_code ?? group.event)}:` : '',
    place ? fence([place]) : '',
  ];
}

function groups(errors) {
  return [...errors].sort((a, b) => b.count - a.count).slice(0, MOST_GROUPS);
}

function eventsOf(lines, begunAt) {
  const found = new Map();
  for (const line of lines) {
    const { event, level } = line;
    if (event === 'request_completed' || typeof event !== 'string') continue;
    const known = found.get(event) ?? { event, level, count: 0, first: line };
    found.set(event, { ...known, count: known.count + 1 });
  }
  return [...found.values()]
    .sort((a, b) => LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level) || b.count - a.count)
    .slice(0, MOST_EVENTS)
    .map(({ event, level, count, first }) => [
      code(event),
      level,
      count,
      seconds(Math.max(0, new Date(first.time).getTime() - begunAt)),
      code(words(first)),
    ]);
}

function words({ error_code: errorCode, policy, state, purpose, fault, status, err }) {
  const said = { error_code: errorCode, policy, state, purpose, fault, status, err: err?.code ?? err?.type };
  return Object.entries(said)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ');
}

function causeOf({ error_code: errorCode, err, ...rest }) {
  const chain = [];
  for (let each = err; each && chain.length < 4; each = each.cause) chain.push(each.code ?? each.type);
  const state = rest.state ? ` ${rest.policy} ${rest.state}` : '';
  const fault = rest.fault ? ` ${rest.fault}${rest.status ? ` (${rest.status})` : ''}` : '';
  return `${state}${fault}${errorCode ? ` ${errorCode}` : ''}${chain.length > 0 ? ` because ${chain.join(' < ')}` : ''}`;
}

/** The first line of our own in the stack of an event. */
function placeOf({ err }) {
  for (let each = err; each; each = each.cause) {
    const line = (each.stack ?? '')
      .split('\n')
      .find((text) => /\((?!node:)(?!.*node_modules).*\.(?:js|ts):\d+/.test(text));
    if (line) return line.trim().replaceAll(`${ROOT}dist/`, '');
  }
  return undefined;
}

const seconds = (ms) => `${(ms / SECOND_MS).toFixed(1)} s`;
const code = (text) => (text === null || text === undefined || text === '' ? '' : `\`${text}\``);
const fence = (lines) => ['```text', ...lines, '```'].join('\n');

function table(head, rows) {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
