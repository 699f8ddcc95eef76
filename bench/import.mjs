import { APPLICATION_MODULES, startApplication, usedMemory } from './lib/application.mjs';
import { median, runBench, say, temporaryFolder } from './lib/bench.mjs';
import { generateExport } from './lib/export.mjs';
import { findPython, startPeer } from './lib/peer.mjs';
import { report, round, target } from './lib/report.mjs';

// `npm run bench:import`: a generated export through the whole application, and through the usual peer.
const MEGABYTE = 1e6;

await runBench({ name: 'import', runs: 3, modules: APPLICATION_MODULES }, async (options, built) => {
  const python = await findPython();
  const folder = await temporaryFolder();
  const file = await generateExport(folder.path, options.records);
  const runs = [];
  for (let run = 1; run <= options.runs; run++) {
    say(`Run ${run} of ${options.runs}: the application …`);
    const ours = await importOnce(file, built, options);
    if (python) say(`Run ${run} of ${options.runs}: the peer …`);
    runs.push({ ours, peer: python && (await importByPeer(file, python, built)) });
  }
  return report({
    section: 'import',
    write: options.write,
    peer: python?.version ?? 'no Python',
    ...figures(file, runs),
  });
});

async function importOnce(file, built, { nodeOptions }) {
  const application = await startApplication(built, nodeOptions);
  const before = await application.redisBytes();
  const { state, ...measured } = await application.importFile(file);
  const redisBytes = (await application.redisBytes()) - before;
  await application.stop();
  const { records_stored: stored } = state.progress;
  const { records, exactDuplicates } = file.facts;
  if (stored !== records - exactDuplicates) {
    throw new Error(`${stored} records were stored, of ${records} with ${exactDuplicates} duplicates`);
  }
  return { ...measured, bytesPerRecord: redisBytes / stored };
}

async function importByPeer(file, python, built) {
  const peer = await startPeer(python, built);
  const before = await usedMemory(peer.url);
  const result = await peer.importFile(file);
  const redisBytes = (await usedMemory(peer.url)) - before;
  await peer.stop();
  if (result.records !== file.facts.records) throw new Error(`The peer found ${result.records} records`);
  return { ...result, bytesPerRecord: redisBytes / result.records };
}

function figures(file, runs) {
  const ours = (pick) => runs.map((run) => pick(run.ours));
  const { facts, bytes } = file;
  const jobSeconds = median(ours((run) => run.jobSeconds));
  const wholeSeconds = median(ours((run) => run.wholeSeconds));
  const hasPeer = runs[0].peer !== undefined;
  const peerSeconds = hasPeer ? median(runs.map(({ peer }) => peer.seconds)) : Number.NaN;
  const comparison = hasPeer
    ? [target('Speed, as a multiple of the peer’s', peerSeconds / jobSeconds, '×', { atLeast: 0.6 })]
    : [];
  const compared = hasPeer ? `; with the upload, ${round(peerSeconds / wholeSeconds)}× the peer` : '';
  return {
    subject:
      `An export of ${facts.records.toLocaleString('en')} records (${round(bytes / MEGABYTE)} MB). Medians of ` +
      `${runs.length} runs: ${round(facts.records / jobSeconds)} records/s, ${round(bytes / MEGABYTE / jobSeconds)} MB/s ` +
      `from the 202 until the import is completed${compared}. Memory and stalls are the worst of all runs.`,
    targets: [
      ...comparison,
      target('Peak RSS', Math.max(...ours((run) => run.importing.peakRssBytes)) / MEGABYTE, ' MB', { atMost: 300 }),
      target('Longest stall of the event loop', Math.max(...ours(longestStall)), ' ms', { atMost: 50 }),
      target('Redis, bytes per record', median(ours((run) => run.bytesPerRecord)), '', { atMost: 16 }),
    ],
    raw: [ourTable(file, runs), ...(hasPeer ? [peerTable(file, runs)] : [])],
  };
}

function longestStall({ uploading, importing }) {
  return Math.max(uploading.stallMs, importing.stallMs);
}

function ourTable({ facts, bytes }, runs) {
  return {
    title: 'The application:',
    head: [
      ['Run', 'Import s', 'With upload s', 'CPU s', 'Records/s', 'MB/s'],
      ['Peak RSS MB', 'Stall ms, upload', 'Stall ms, import', 'Redis bytes/record'],
    ].flat(),
    rows: runs.map(({ ours: { jobSeconds, wholeSeconds, uploading, importing, bytesPerRecord } }, run) => [
      run + 1,
      ...[jobSeconds, wholeSeconds, uploading.cpuSeconds + importing.cpuSeconds].map(round),
      ...[facts.records / jobSeconds, bytes / MEGABYTE / jobSeconds, importing.peakRssBytes / MEGABYTE].map(round),
      ...[uploading.stallMs, importing.stallMs, bytesPerRecord].map(round),
    ]),
  };
}

function peerTable({ facts, bytes }, runs) {
  return {
    title: 'The peer:',
    head: [
      ['Run', 'Import s', 'of it parse', 'dump', 'SET', 'CPU s'],
      ['Records/s', 'MB/s', 'Peak RSS MB', 'Redis bytes/record'],
    ].flat(),
    rows: runs.map(({ peer }, run) => [
      run + 1,
      ...[peer.seconds, peer.parse_seconds, peer.dump_seconds, peer.set_seconds, peer.cpu_seconds].map(round),
      ...[facts.records / peer.seconds, bytes / MEGABYTE / peer.seconds].map(round),
      ...[peer.peak_rss_bytes / MEGABYTE, peer.bytesPerRecord].map(round),
    ]),
  };
}
