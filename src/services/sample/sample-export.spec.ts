import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fromBufferPromise } from 'yauzl';
import { identityOf, instantOf, parseXml, shortType, spanOf } from '../../../test/fixtures/naive-export-reader';
import { RecordWriter } from './record-writer';
import {
  generateExportXml,
  type SampleFacts,
  type SampleOptions,
  writeSampleXml,
  writeSampleZip,
} from './sample-export';

const FORTNIGHT: SampleOptions = { seed: 7, endDate: '2025-11-23', days: 14, timeZone: 'Europe/Berlin' };

function generate(options: SampleOptions): { xml: string; facts: SampleFacts } {
  const chunks = generateExportXml(options);
  let xml = '';
  let next = chunks.next();
  for (; next.done !== true; next = chunks.next()) xml += next.value;
  return { xml, facts: next.value };
}

describe('the generator', () => {
  const hash = (options: SampleOptions): string => createHash('sha256').update(generate(options).xml).digest('hex');

  it('writes the same bytes for the same options, and others for another seed', () => {
    expect(hash(FORTNIGHT)).toBe(hash({ ...FORTNIGHT }));
    expect(hash({ ...FORTNIGHT, seed: 8 })).not.toBe(hash(FORTNIGHT));
  });

  it.each([1, 2, 3])('knows its duplicates whatever the seed (%d)', (seed) => {
    const { xml, facts } = generate({ ...FORTNIGHT, seed, days: 16, heartRateIntervalSeconds: 60 });
    const records = parseXml(xml).filter(({ name }) => name === 'Record');
    expect(facts.exactDuplicates).toBe(records.length - new Set(records.map(identityOf)).size);
    expect(facts.exactDuplicates).toBeGreaterThan(0);
  });

  it('lives the same days whether asked for few or many', () => {
    const steps = (days: number): string[] =>
      parseXml(generate({ ...FORTNIGHT, days }).xml)
        .filter((element) => shortType(element) === 'StepCount' && (element.attributes.startDate ?? '') >= '2025-11-20')
        .map(({ attributes: { startDate, endDate, value } }) => [startDate, endDate, value].join());
    expect(steps(14)).toEqual(steps(40));
    expect(steps(14).length).toBeGreaterThan(100);
  });

  it('goes on to exactly the wanted number of records, about as large as real ones', () => {
    const { xml, facts } = generate({ ...FORTNIGHT, targetRecords: 20_000 });
    expect(facts.records).toBe(20_000);
    expect(parseXml(xml).filter(({ name }) => name === 'Record')).toHaveLength(20_000);
    const bytesPerRecord = Buffer.byteLength(xml) / facts.records;
    expect(bytesPerRecord).toBeGreaterThan(380);
    expect(bytesPerRecord).toBeLessThan(470);
    const heartRates = facts.types.HKQuantityTypeIdentifierHeartRate ?? 0;
    expect(heartRates / facts.activitySummaries).toBeGreaterThan(200);
    expect(heartRates / facts.activitySummaries).toBeLessThan(360);
  });

  it.each([
    [
      'en_US',
      'America/New_York',
      { ActiveEnergyBurned: 'Cal', DistanceWalkingRunning: 'mi', BodyMass: 'lb', Height: 'ft' },
    ],
    [
      'en_AU',
      'Australia/Sydney',
      { ActiveEnergyBurned: 'kJ', DistanceWalkingRunning: 'km', BodyMass: 'kg', Height: 'cm' },
    ],
    [
      'en_DE',
      'Europe/Berlin',
      { ActiveEnergyBurned: 'kcal', DistanceWalkingRunning: 'km', BodyMass: 'kg', Height: 'cm' },
    ],
  ])('writes the units of %s in %s', (locale, timeZone, expected) => {
    const { xml } = generate({ ...FORTNIGHT, timeZone });
    expect(xml).toContain(`<HealthData locale="${locale}">`);
    const elements = parseXml(xml).filter(({ name }) => name === 'Record');
    const units = Object.fromEntries(elements.map((element) => [shortType(element), element.attributes.unit]));
    expect(units).toMatchObject({ ...expected, VO2Max: 'mL/min·kg', OxygenSaturation: '%', HeartRate: 'count/min' });
  });

  it('ends with what had happened when the phone exported', () => {
    const { xml } = generate({ ...FORTNIGHT, exportTime: '09:15' });
    const last = parseXml(xml)
      .filter(({ name }) => name === 'Record')
      .map((record) => spanOf(record).end);
    const exported = instantOf('2025-11-23 09:15:00 +0100');
    expect(Math.max(...last)).toBeLessThanOrEqual(exported);
    expect(Math.max(...last)).toBeGreaterThan(exported - 3_600_000);
  });

  it.each([
    { days: 0 },
    { days: 1.5 },
    { heartRateIntervalSeconds: 1 },
    { targetRecords: -1 },
    { endDate: '2025-02-29' },
    { timeZone: 'Europe/Atlantis' },
    { exportTime: 'noon' },
  ])('refuses %j', (wrong) => {
    expect(() => generate({ ...FORTNIGHT, ...wrong })).toThrow(RangeError);
  });
});

describe('sample files', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sample-'));
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await rm(folder, { recursive: true });
  });

  it('writes the text of the generator, and nothing else into the folder', async () => {
    const facts = await writeSampleXml(join(folder, 'export.xml'), FORTNIGHT);
    const { xml, facts: expected } = generate(FORTNIGHT);
    expect(await readFile(join(folder, 'export.xml'), 'utf8')).toBe(xml);
    expect(facts).toEqual(expected);
    expect(await readdir(folder)).toEqual(['export.xml']);
  });

  it('writes a zip with the export, the clinical document and the route the newest run refers to', async () => {
    const options = { ...FORTNIGHT, days: 60 };
    const facts = await writeSampleZip(join(folder, 'export.zip'), options);
    const entries = await unzip(await readFile(join(folder, 'export.zip')));
    const { xml, facts: expected } = generate(options);
    const path = /<FileReference path="([^"]+)"/.exec(xml)?.[1] ?? '';
    expect(path).toMatch(/^\/workout-routes\/route_2025-\d\d-\d\d_\d+\.\d\d[ap]m\.gpx$/);
    expect([...entries.keys()]).toEqual(
      ['export.xml', 'export_cda.xml', path.slice(1)].map((name) => `apple_health_export/${name}`),
    );
    expect(entries.get('apple_health_export/export.xml')).toBe(xml);
    expect(facts).toEqual(expected);
    const gpx = entries.get(`apple_health_export${path}`) ?? '';
    expect(parseXml(gpx)).not.toEqual([]);
    expect(gpx.match(/<trkpt /g)?.length).toBeGreaterThan(300);
    expect(await readdir(folder)).toEqual(['export.zip']);
  });

  it.each([
    ['bare', writeSampleXml],
    ['zipped', writeSampleZip],
  ])('rejects with what went wrong on the way (%s)', async (_, write) => {
    const broken = new Error('broken on the way');
    jest.spyOn(RecordWriter.prototype, 'correlation').mockImplementation(() => {
      throw broken;
    });
    await expect(write(join(folder, 'export'), FORTNIGHT)).rejects.toBe(broken);
    expect(await readdir(folder)).toEqual([]);
  });

  it('leaves neither a file nor a part of one when it fails', async () => {
    await expect(writeSampleZip(join(folder, 'absent', 'export.zip'), FORTNIGHT)).rejects.toMatchObject({
      code: 'ENOENT',
    });
    await writeFile(join(folder, 'taken'), '');
    await expect(writeSampleXml(join(folder, 'taken', 'export.xml'), FORTNIGHT)).rejects.toMatchObject({
      code: 'ENOTDIR',
    });
    await mkdir(join(folder, 'directory'));
    await expect(writeSampleXml(join(folder, 'directory'), FORTNIGHT)).rejects.toMatchObject({ code: 'EISDIR' });
    expect(await readdir(folder)).toEqual(['directory', 'taken']);
  });
});

async function unzip(content: Buffer): Promise<Map<string, string>> {
  const entries = new Map<string, string>();
  const zip = await fromBufferPromise(content);
  for await (const entry of zip.eachEntry()) {
    entries.set(entry.fileName, await text(await zip.openReadStreamPromise(entry)));
  }
  return entries;
}
