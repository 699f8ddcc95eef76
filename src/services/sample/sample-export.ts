import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { activityGroups } from './activity-records';
import { activitySummaryElement } from './activity-summary';
import { AppleClock, attributes } from './apple-xml';
import { bodyGroups } from './body-records';
import { correlatedGroups, correlationsOf } from './correlation-records';
import { energyGroups } from './energy-records';
import { CLINICAL_DOCUMENT, documentType } from './export-preamble';
import { gpxRoute, routePath } from './gpx-route';
import { heartGroups, heartRateGroup } from './heart-records';
import { type RecordGroup } from './record-group';
import { RecordWriter } from './record-writer';
import { planSample, type SampleOptions, type SamplePlan } from './sample-plan';
import { sleepGroups } from './sleep-records';
import { workoutElement } from './workout-elements';

export type { SampleOptions } from './sample-plan';

/** What the generator knows it wrote. */
export interface SampleFacts {
  /** `Record` elements at top level: those inside correlations stand there too. Repeated ones count each time. */
  readonly records: number;
  /** Records that are a repetition of the one before. */
  readonly exactDuplicates: number;
  readonly workouts: number;
  readonly activitySummaries: number;
  /** Top-level records by type. */
  readonly types: Record<string, number>;
  readonly timeZone: string;
}

/** Big enough to keep streams efficient, small enough to leave the event loop its turn every millisecond. */
const CHUNK_CHARACTERS = 65_536;
/** So that the next chunks are made while the disk takes the ones before. */
const WRITE_AHEAD_BYTES = 2_097_152;

/**
 * A whole `export.xml` of an invented person, piece by piece: same options, same text to the last byte.
 * Holds one small object per day and one day's records at a time. Returns what it wrote.
 * @throws RangeError when an option is out of range or the date or zone does not exist
 */
export function* generateExportXml(options: SampleOptions): Generator<string, SampleFacts, void> {
  return yield* inChunks(exportLines(planSample(options)));
}

function* inChunks<T>(lines: Generator<string, T, void>): Generator<string, T, void> {
  let chunk = '';
  let next = lines.next();
  for (; next.done !== true; next = lines.next()) {
    chunk += next.value;
    if (chunk.length >= CHUNK_CHARACTERS) {
      yield chunk;
      chunk = '';
    }
  }
  if (chunk !== '') yield chunk;
  return next.value;
}

function* exportLines(plan: SamplePlan): Generator<string, SampleFacts, void> {
  const { lives, context, moment } = plan;
  const clock = new AppleClock(moment.offset);
  const writer = new RecordWriter(clock, moment.instant);
  yield head(plan, clock);
  const makers = [bodyGroups, activityGroups, energyGroups, heartGroups, sleepGroups, correlatedGroups];
  for (const group of makers.flatMap((make) => make(context))) yield* groupLines(plan, writer, group);
  yield* groupLines(plan, writer, heartRateGroup(context, lives, plan.heartRateRecords(writer.records)));
  for (const life of lives) for (const found of correlationsOf(life, context)) yield writer.correlation(life, found);
  yield* workoutLines(plan, clock);
  for (const life of lives) yield activitySummaryElement(life, context, moment.instant);
  yield '</HealthData>\n';
  return {
    records: writer.records,
    exactDuplicates: writer.repeats,
    workouts: plan.workouts.length,
    activitySummaries: lives.length,
    types: writer.types,
    timeZone: context.timeZone,
  };
}

function head({ locale, moment }: SamplePlan, clock: AppleClock): string {
  const me = attributes({
    HKCharacteristicTypeIdentifierDateOfBirth: '1987-04-16',
    HKCharacteristicTypeIdentifierBiologicalSex: 'HKBiologicalSexMale',
    HKCharacteristicTypeIdentifierBloodType: 'HKBloodTypeAPositive',
    HKCharacteristicTypeIdentifierFitzpatrickSkinType: 'HKFitzpatrickSkinTypeNotSet',
    HKCharacteristicTypeIdentifierCardioFitnessMedicationsUse: 'None',
  });
  const exported = attributes({ value: clock.format(moment.instant) });
  return `${documentType()}<HealthData${attributes({ locale })}>\n <ExportDate${exported}/>\n <Me${me}/>\n`;
}

function* groupLines({ lives }: SamplePlan, writer: RecordWriter, group: RecordGroup): Generator<string> {
  const dayOf = writer.days(group);
  for (const life of lives) yield dayOf(life);
}

function* workoutLines({ workouts, routed, context }: SamplePlan, clock: AppleClock): Generator<string> {
  for (const { life, workout } of workouts) {
    const path = life === routed?.life ? routePath(life, workout) : undefined;
    yield workoutElement(life, workout, context, clock, path);
  }
}

/**
 * Writes the zip as a phone shares it: `apple_health_export/` with `export.xml`, `export_cda.xml` and the
 * GPX route of the newest run. The file appears under its name only when it is complete.
 * @throws RangeError as `generateExportXml`; a file system error when the file can't be written
 */
export async function writeSampleZip(path: string, options: SampleOptions): Promise<SampleFacts> {
  const plan = planSample(options);
  const xml = exportStream(plan);
  const zip = new ZipFile();
  const failed = new AbortController();
  const entry = { mtime: new Date(plan.moment.instant * 1000) };
  // The archive listens neither to the streams it is given nor to its own errors.
  zip.on('error', (error) => failed.abort(error));
  xml.readable.on('error', (error) => failed.abort(error));
  // Records repeat each other so much that the fastest level already takes them to a twentieth.
  zip.addReadStream(xml.readable, 'apple_health_export/export.xml', { ...entry, compressionLevel: 1 });
  zip.addBuffer(Buffer.from(CLINICAL_DOCUMENT), 'apple_health_export/export_cda.xml', entry);
  if (plan.routed !== undefined) {
    const { life, workout } = plan.routed;
    const gpx = gpxRoute(life, workout, plan.context.timeZone, plan.context.seed);
    zip.addBuffer(Buffer.from(gpx), `apple_health_export${routePath(life, workout)}`, entry);
  }
  zip.end();
  await writeAtomically(path, zip.outputStream, failed.signal);
  return xml.facts;
}

/**
 * Writes a bare `export.xml`. The file appears under its name only when it is complete.
 * @throws RangeError as `generateExportXml`; a file system error when the file can't be written
 */
export async function writeSampleXml(path: string, options: SampleOptions): Promise<SampleFacts> {
  const xml = exportStream(planSample(options));
  await writeAtomically(path, xml.readable);
  return xml.facts;
}

async function writeAtomically(path: string, content: NodeJS.ReadableStream, signal?: AbortSignal): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    await pipeline(content, createWriteStream(temporary, { highWaterMark: WRITE_AHEAD_BYTES }), { signal });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw signal?.aborted === true ? signal.reason : error;
  }
}

interface ExportStream {
  readonly readable: Readable;
  /** Settled when the stream has been read to its end. */
  readonly facts: Promise<SampleFacts>;
}

function exportStream(plan: SamplePlan): ExportStream {
  let settle: (facts: SampleFacts) => void;
  const facts = new Promise<SampleFacts>((resolve) => (settle = resolve));
  function* bytes(): Generator<Buffer> {
    const chunks = inChunks(exportLines(plan));
    let next = chunks.next();
    for (; next.done !== true; next = chunks.next()) yield Buffer.from(next.value);
    settle(next.value);
  }
  return { readable: Readable.from(bytes(), { highWaterMark: 1 }), facts };
}
