import { URLSearchParams } from 'node:url';
import { APPLICATION_MODULES, startApplication } from './lib/application.mjs';
import { median, runBench, say, temporaryFolder } from './lib/bench.mjs';
import { EXPORT_OFFSET, generateExport, lastDays } from './lib/export.mjs';
import { findPython, startPeer } from './lib/peer.mjs';
import { report, round, target } from './lib/report.mjs';

// `npm run bench:query`: heart rate by day over a year, and a page of records, against reading and parsing one document.
const WARM_UP = 50;
const QUERIES_PER_RUN = 200;
const [YEAR, MONTH] = [lastDays(365), lastDays(30)];

await runBench({ name: 'query', runs: 5, modules: APPLICATION_MODULES }, async (options, built) => {
  const python = await findPython();
  const folder = await temporaryFolder();
  const file = await generateExport(folder.path, options.records);
  const application = await startApplication(built, options.nodeOptions);
  say('Importing it …');
  await application.importFile(file);
  const peer = python && (await startPeer(python, built));
  await peer?.importFile(file);
  const first = {
    daily: await milliseconds(() => daily(application)),
    page: await milliseconds(() => page(application)),
  };
  await repeat(WARM_UP, () => Promise.all([daily(application), page(application)]));
  const runs = [];
  for (let run = 1; run <= options.runs; run++) {
    say(`Run ${run} of ${options.runs} …`);
    const ours = { daily: await timesOf(() => daily(application)), page: await timesOf(() => page(application)) };
    runs.push({ ours, peer: peer && (await peer.query(YEAR, MONTH)) });
  }
  if (peer) requireSameAnswer(await daily(application, EXPORT_OFFSET), runs[0].peer.days);
  return report({
    section: 'query',
    write: options.write,
    peer: python?.version ?? 'no Python',
    ...figures(file, first, runs),
  });
});

function daily(application, timeZone) {
  const query = {
    metric_types: 'HeartRate',
    time_period: `${YEAR.from}/${YEAR.to}`,
    bucket: 'day',
    stats: 'count,avg',
  };
  const zone = timeZone && { time_zone: timeZone };
  return application.get(`/health-data/aggregates?${new URLSearchParams({ ...query, ...zone })}`);
}

function page(application) {
  const query = { metric_types: 'HeartRate', time_period: `${MONTH.from}/${MONTH.to}` };
  return application.get(`/health-data/records?${new URLSearchParams(query)}`);
}

async function repeat(times, work) {
  for (let i = 0; i < times; i++) await work();
}

async function milliseconds(work) {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

async function timesOf(work) {
  const times = [];
  await repeat(QUERIES_PER_RUN, async () => times.push(await milliseconds(work)));
  return times.sort((a, b) => a - b);
}

/** The peer knows days only as the text of the export has them: in the zone of its offset both must find the same. */
function requireSameAnswer({ metrics: [metric] }, days) {
  const found = metric.buckets.filter(({ count }) => count > 0);
  const differs = ({ from, count, avg }) => {
    const [peerCount, peerAverage] = days[from.slice(0, 10)] ?? [0, 0];
    return count !== peerCount || Math.abs(avg - peerAverage) > 1e-9 * peerAverage;
  };
  const odd = found.find(differs);
  if (odd === undefined && found.length === Object.keys(days).length) return;
  throw new Error(
    `The answers differ: ${JSON.stringify(odd)} and ${JSON.stringify(odd && days[odd.from.slice(0, 10)])}`,
  );
}

function figures({ facts }, first, runs) {
  const hasPeer = runs[0].peer !== undefined;
  const ours = (name) => median(runs.flatMap((run) => run.ours[name]));
  const peers = (name) => median(runs.map(({ peer }) => peer[`${name}_seconds`] * 1_000));
  const ratio = (name) => peers(name) / ours(name);
  const compared = hasPeer ? [target('Speed, as a multiple of the peer’s', ratio('daily'), '×', { atLeast: 100 })] : [];
  const pages = hasPeer ? `, ${round(ratio('page'))}× the peer` : '';
  return {
    subject:
      `Out of ${facts.records.toLocaleString('en')} records, over HTTP. Medians of ${runs.length * QUERIES_PER_RUN} ` +
      `requests on a warm connection: a year of heart rate by day (${YEAR.from}/${YEAR.to}) ${round(ours('daily'))} ms; ` +
      `a page of the records of 30 days ${round(ours('page'))} ms${pages}.`,
    targets: compared,
    raw: [{ title: 'Milliseconds:', head: head(hasPeer), rows: runs.map(row) }, firstTable(first)],
  };
}

function head(hasPeer) {
  const ours = ['Run', 'Year, median', 'Year, 95 %', 'Page, median', 'Page, 95 %'];
  return hasPeer ? [...ours, 'Peer, year', 'Peer, page'] : ours;
}

function row({ ours, peer }, run) {
  const at = (times, share) => times[Math.floor(times.length * share)];
  const figuresOf = (times) => [median(times), at(times, 0.95)];
  const peers = peer ? [peer.daily_seconds * 1_000, peer.page_seconds * 1_000] : [];
  return [run + 1, ...[...figuresOf(ours.daily), ...figuresOf(ours.page), ...peers].map(round)];
}

function firstTable({ daily: year, page: records }) {
  return {
    title: 'The very first requests after the import, with nothing warm, in milliseconds:',
    head: ['Year', 'Page'],
    rows: [[round(year), round(records)]],
  };
}
