import { DTD, exportXml, garbleNames, manyRecords, markEncrypted, recordXml, zipOf } from '../fixtures/health-export';
import { dataOf, type ImportsApp, ImportsClient, startImportsApp } from './support/imports-app';

const MIB = 1024 * 1024;

let running: ImportsApp;
let users = 0;

beforeAll(async () => {
  running = await startImportsApp({ environment: { IMPORT_MAX_ENTRIES: '20', IMPORT_MAX_BYTES: String(12 * MIB) } });
});
afterAll(async () => {
  await running.close();
});

const someone = (): ImportsClient => new ImportsClient(running.app, `user-${++users}-of-damage`);
const GOOD = exportXml(recordXml());
const THREE = exportXml(manyRecords(3));

/** Repetitive text that deflate packs a thousandfold. */
const bomb = (bytes: number): string => exportXml(`<!--${'a'.repeat(bytes)}-->`);

const PATH = 'apple_health_export/export.xml';

describe('an import that can not be read', () => {
  it.each<[reason: string, what: string, file: () => Promise<Buffer | string>]>([
    ['encrypted_zip', 'a zip with a password', async () => markEncrypted(await zipOf({ [PATH]: GOOD }))],
    ['truncated_zip', 'a zip without its end', async () => (await zipOf({ [PATH]: THREE })).subarray(0, -60)],
    [
      'damaged_zip',
      'a zip with bytes changed inside',
      async () => scramble(await zipOf({ [PATH]: exportXml(manyRecords(2_000)) })),
    ],
    [
      'damaged_zip',
      'a zip whose checksum is wrong',
      async () => wrongChecksum(await zipOf({ [PATH]: GOOD }, { compress: false })),
    ],
    ['suspicious_compression', 'a zip bomb', () => zipOf({ [PATH]: bomb(10 * MIB) })],
    [
      'too_large_unzipped',
      'a zip larger inside than allowed',
      () => zipOf({ [PATH]: exportXml(`<!--${noise(13 * MIB)}-->`) }),
    ],
    [
      'too_many_entries',
      'a zip of very many files',
      () => zipOf(Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`${i}.xml`, GOOD]))),
    ],
    [
      'no_export_in_zip',
      'a zip of other files',
      () => zipOf({ 'export_cda.xml': '<ClinicalDocument/>', 'photos/1.xml': '<a/>', 'readme.txt': 'hello' }),
    ],
    ['no_export_in_zip', 'a zip of nothing', () => zipOf({})],
    [
      'unsupported_compression',
      'a zip packed in another way',
      async () => compressionMethod(await zipOf({ [PATH]: GOOD }), 14),
    ],
    ['wrong_encoding', 'UTF-16', () => Promise.resolve(Buffer.from(`\ufeff${GOOD}`, 'utf16le'))],
    ['wrong_encoding', 'UTF-16 in a zip', async () => zipOf({ [PATH]: Buffer.from(`\ufeff${GOOD}`, 'utf16le') })],
    [
      'wrong_encoding',
      'another declared encoding',
      () => Promise.resolve(exportXml(recordXml(), { declaration: '<?xml version="1.0" encoding="windows-1252"?>' })),
    ],
    ['no_health_data', 'another kind of XML', () => Promise.resolve('<html><body>Sign in</body></html>')],
    ['xml_truncated', 'XML that ends in its DTD', () => Promise.resolve(DTD.slice(0, 90))],
  ])('says %s of %s', async (reason, _what, file) => {
    const ended = await someone().import(await file());
    expect(ended).toMatchObject({ status: 'failed', error: { code: 'IMPORT_FILE_UNREADABLE', details: { reason } } });
    expect((ended.error?.details.hint as string).length).toBeGreaterThan(20);
    expect(ended.error?.details.records_stored).toEqual(expect.any(Number));
    await running.spoolEmptied();
  });

  it.each<[reason: string, what: string, damage: (xml: string) => Buffer]>([
    ['xml_truncated', 'cut in the middle', (xml) => Buffer.from(xml.slice(0, xml.lastIndexOf('<Record') + 30))],
    [
      'xml_malformed',
      'with a tag that closes another',
      (xml) => Buffer.from(xml.replace('</HealthData>', '</Workout></HealthData>')),
    ],
    [
      'wrong_encoding',
      'with bytes that are not UTF-8',
      (xml) => Buffer.concat([Buffer.from(xml.slice(0, -30)), Buffer.from([0xc3, 0x28]), Buffer.from(xml.slice(-30))]),
    ],
  ])(
    'keeps what it read before the damage (%s: %s), states it, and leaves it queryable',
    async (reason, _what, damage) => {
      const client = someone();
      const ended = await client.import(damage(exportXml(manyRecords(3_000))));
      const stored = ended.error?.details.records_stored as number;
      expect(ended).toMatchObject({
        status: 'failed',
        error: { details: { reason, byte_offset: expect.any(Number) as number } },
      });
      expect(stored).toBeGreaterThanOrEqual(2_999);
      expect(ended.result).toMatchObject({ records: stored });
      const { body } = await client.request('GET', '/health-data/metrics');
      expect(dataOf<{ metrics: unknown[] }>(body).metrics).toEqual([
        expect.objectContaining({ metric_type: 'HeartRate', count: stored }),
      ]);
    },
  );

  it('tells a damaged zip from damaged XML, by the checksum', async () => {
    const client = someone();
    const zip = await zipOf({ [PATH]: exportXml(manyRecords(3_000)) }, { compress: false });
    const at = zip.indexOf('</HealthData>');
    zip.write('</HealthDatX>', at, 'latin1');
    const ended = await client.import(zip);
    expect(ended.error?.details).toMatchObject({ reason: 'damaged_zip', records_stored: 3_000 });
    const inside = await client.import(
      await zipOf({ [PATH]: exportXml(recordXml()).replace('</HealthData>', '</HealthDatX>') }),
    );
    expect(inside.error?.details).toMatchObject({ reason: 'xml_malformed' });
  });
});

describe('an import that only looks odd', () => {
  it.each<[what: string, file: () => Promise<Buffer>]>([
    ['a name in another script', () => zipOf({ 'apple_health_export/导出.xml': GOOD })],
    [
      'a name of the wrong encoding',
      async () => garbleNames(await zipOf({ 'Exportación_.xml': GOOD }), 'Exportación_.xml'),
    ],
    [
      'a path that points outside',
      async () => renamed(await zipOf({ 'aa/aa/evil.xml': GOOD }), 'aa/aa/evil.xml', '../../evil.xml'),
    ],
    ['64-bit sizes', () => zipOf({ [PATH]: GOOD }, { zip64: true })],
    ['no compression', () => zipOf({ [PATH]: GOOD }, { compress: false })],
    ['a damaged file beside the export', async () => zipOf({ 'a.xml': '<a/>', [PATH]: GOOD, 'z.gpx': '<gpx/>' })],
    ['small and very repetitive', () => zipOf({ [PATH]: exportXml(`<!--${'a'.repeat(MIB)}-->${recordXml()}`) })],
  ])('reads a zip with %s', async (_what, file) => {
    expect(await someone().import(await file())).toMatchObject({
      status: 'completed',
      kind: 'zip',
      result: { records: 1 },
    });
  });
});

/** Text that hardly compresses, without a double hyphen. */
function noise(bytes: number): string {
  let seed = 1;
  const words = new Uint32Array(64 * 1024);
  const block = (): string => {
    for (let i = 0; i < words.length; i++) words[i] = seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Buffer.from(words.buffer).toString('hex');
  };
  const parts = [];
  for (let length = 0; length < bytes; length += words.byteLength * 2) parts.push(block());
  return parts.join('');
}

function scramble(zip: Buffer): Buffer {
  const middle = Math.floor(zip.length / 2);
  return Buffer.from(zip).fill(0xff, middle, middle + 64);
}

function wrongChecksum(zip: Buffer): Buffer {
  const at = zip.indexOf(Buffer.from('504b0102', 'hex'));
  const copy = Buffer.from(zip);
  copy.writeUInt32LE((copy.readUInt32LE(at + 16) ^ 1) >>> 0, at + 16);
  return copy;
}

function compressionMethod(zip: Buffer, method: number): Buffer {
  const copy = Buffer.from(zip);
  copy.writeUInt16LE(method, copy.indexOf(Buffer.from('504b0304', 'hex')) + 8);
  copy.writeUInt16LE(method, copy.indexOf(Buffer.from('504b0102', 'hex')) + 10);
  return copy;
}

function renamed(zip: Buffer, from: string, to: string): Buffer {
  const copy = Buffer.from(zip);
  for (let at = copy.indexOf(from); at >= 0; at = copy.indexOf(from, at + 1)) copy.write(to, at, 'latin1');
  return copy;
}
