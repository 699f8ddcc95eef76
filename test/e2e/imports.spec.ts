import { expectErrorEnvelope, expectSuccessEnvelope } from '@app/common/testing';
import type { ImportAnswer, ImportListAnswer, ImportReceiptAnswer } from '../../src/api/imports/imports.answers';
import {
  BLOOD_PRESSURE,
  BROKEN_DTD,
  ENERGY_RINGS,
  exportXml,
  manyRecords,
  NEW_WORKOUT,
  OLD_WORKOUT,
  recordXml,
  zipOf,
} from '../fixtures/health-export';
import { dataOf, type ImportsApp, ImportsClient, startImportsApp } from './support/imports-app';

let running: ImportsApp;
let users = 0;

beforeAll(async () => {
  running = await startImportsApp();
});
afterAll(async () => {
  await running.close();
});

/** A client of a user nobody else is. */
const someone = (): ImportsClient => new ImportsClient(running.app, `user-${++users}-of-imports`);

const FULL = exportXml(
  recordXml({ metadata: { HKTimeZone: 'Europe/Paris' } }) +
    recordXml({
      type: 'HKQuantityTypeIdentifierStepCount',
      value: '120',
      unit: 'count',
      end: '2024-03-01 08:10:00 +0100',
    }) +
    recordXml({ type: 'HKQuantityTypeIdentifierOxygenSaturation', value: '96', unit: '%' }) +
    recordXml({ type: 'HKQuantityTypeIdentifierFromTheFuture', value: '1' }) +
    BLOOD_PRESSURE +
    BLOOD_PRESSURE.replace(/^ <Correlation[^>]*>|<\/Correlation>/gm, '') +
    NEW_WORKOUT +
    OLD_WORKOUT +
    ENERGY_RINGS,
);

describe('uploading an export', () => {
  it('accepts a zip in a form field, imports it and tells what was in it', async () => {
    const client = someone();
    const zip = await zipOf({
      'apple_health_export/exportación.xml': FULL,
      'apple_health_export/export_cda.xml': '<ClinicalDocument/>',
      'apple_health_export/workout-routes/route_1.gpx': '<gpx/>',
      'apple_health_export/electrocardiograms/ecg_1.csv': 'Name,Someone',
    });
    const response = await client.uploadForm(zip);
    const receipt = expectSuccessEnvelope<ImportReceiptAnswer>(response, 202);
    expect(receipt.import_id).toMatch(/^imp_[0-9a-z]{29}$/);
    expect(receipt.links).toEqual({
      self: `/api/v1/imports/${receipt.import_id}`,
      events: `/api/v1/imports/${receipt.import_id}/events`,
    });
    const ended = await client.ended(receipt.import_id);
    expect(ended).toMatchObject({
      status: 'completed',
      kind: 'zip',
      file_bytes: zip.length,
      error: null,
      progress: {
        percent: 100,
        bytes_read: Buffer.byteLength(FULL),
        bytes_total: Buffer.byteLength(FULL),
        records_seen: 8,
        records_stored: 6,
        duplicates: 2,
        skipped: { Correlation: 1, clinical_document: 1, route_file: 1, ecg_file: 1 },
        eta_seconds: 0,
      },
      result: { records: 8, workouts: 2, activity_summaries: 1, time_zone: 'Europe/Paris' },
    });
    expect(ended.result?.metrics).toContainEqual({
      metric_type: 'BloodPressureSystolic',
      count: 2,
      first: '2024-03-01T06:00:00.000Z',
      last: '2024-03-01T06:00:00.000Z',
    });
    expect(ended.result?.warnings).toEqual([
      expect.stringContaining('HKQuantityTypeIdentifierFromTheFuture'),
      expect.stringContaining('HKQuantityTypeIdentifierOxygenSaturation'),
    ]);
    await running.spoolEmptied();
  });

  it.each(['application/xml', 'text/xml', 'application/octet-stream', 'application/zip'])(
    'accepts XML as a raw body of type %s: the content decides',
    async (type) => {
      const client = someone();
      const response = await client.uploadRaw(exportXml(recordXml(), { dtd: BROKEN_DTD }), type);
      const { import_id } = expectSuccessEnvelope<ImportReceiptAnswer>(response, 202);
      expect(await client.ended(import_id)).toMatchObject({ status: 'completed', kind: 'xml', result: { records: 1 } });
    },
  );

  it('makes what it imported queryable', async () => {
    const client = someone();
    await client.import(FULL);
    const response = await client.request('GET', '/health-data/records?metric_types=StepCount&time_period=all');
    expect(dataOf<{ records: unknown[] }>(response.body).records).toEqual([
      expect.objectContaining({
        value: 120,
        unit: 'count',
        start: '2024-03-01T08:00:00+01:00',
        source: 'Anna’s Watch',
      }),
    ]);
  });

  it('stores nothing twice when the same file comes twice', async () => {
    const client = someone();
    const first = await client.import(FULL);
    const second = await client.import(FULL);
    expect(second.progress).toMatchObject({ records_seen: 8, records_stored: 0, duplicates: 8 });
    expect(second.result).toEqual(first.result);
  });

  it('ends with the same records whichever half of an export comes first', async () => {
    const halves = [exportXml(manyRecords(40)), exportXml(manyRecords(40, 30))];
    const held = await Promise.all(
      [halves, halves.toReversed()].map(async (files) => {
        const client = someone();
        const stored = [];
        for (const file of files) stored.push((await client.import(file)).progress.records_stored);
        expect(stored).toEqual([40, 30]);
        return (await client.request('GET', '/health-data/records?metric_types=HeartRate&time_period=all')).body;
      }),
    );
    expect(dataOf<{ records: unknown[] }>(held[0]).records).toHaveLength(70);
    expect(held[1]).toEqual(held[0]);
  });

  it('continues the correlation id of the upload in the log of the job', async () => {
    const client = someone();
    const response = await client.uploadRaw(FULL, 'application/xml', { 'x-correlation-id': 'trace-me-7' });
    const { import_id } = expectSuccessEnvelope<ImportReceiptAnswer>(response, 202);
    await client.ended(import_id);
    const events = running.app.logs.lines
      .filter((line) => line.correlation_id === 'trace-me-7')
      .map(({ event }) => event);
    expect(events).toEqual(expect.arrayContaining(['import_received', 'import_started', 'import_completed']));
  });
});

describe('refusing an upload at once', () => {
  it.each([
    ['empty_file', ''],
    ['not_zip_or_xml', 'just some text'],
    ['gzip_not_supported', Buffer.from('1f8b0800000000', 'hex')],
  ])('says %s', async (reason, content) => {
    for (const response of [await someone().uploadRaw(content), await someone().uploadForm(content)]) {
      const { details } = expectErrorEnvelope(response, 'IMPORT_FILE_UNREADABLE');
      expect(details).toEqual({ reason, hint: expect.any(String) as string });
    }
    await running.spoolEmptied();
  });

  it('says so when a large upload is nothing it can read, and lets the sender finish', async () => {
    expectErrorEnvelope(await someone().uploadRaw(Buffer.alloc(8 * 1024 * 1024, 0x20)), 'IMPORT_FILE_UNREADABLE');
    expectErrorEnvelope(await someone().uploadForm(Buffer.alloc(8 * 1024 * 1024, 0x41)), 'IMPORT_FILE_UNREADABLE');
  });

  it('wants the file in the right field', async () => {
    const { details } = expectErrorEnvelope(await someone().uploadForm(FULL, {}, 'data'), 'VALIDATION_INVALID_INPUT');
    expect(details).toMatchObject({ field: 'file' });
  });

  it('refuses other types of body', async () => {
    expectErrorEnvelope(await someone().uploadRaw('{}', 'application/json'), 'REQUEST_MEDIA_TYPE_UNSUPPORTED');
  });

  it('needs the scope to write, and to read', async () => {
    const read = await running.app.bearer('reader-only-1', ['health:read']);
    const response = await fetch(`${running.app.url}/api/v1/imports`, { method: 'POST', headers: read });
    expectErrorEnvelope({ ...(await parsed(response)) }, 'AUTH_SCOPE_FORBIDDEN');
    const none = await running.app.bearer('nobody-at-all', ['chat']);
    expectErrorEnvelope(
      await parsed(await fetch(`${running.app.url}/api/v1/imports`, { headers: none })),
      'AUTH_SCOPE_FORBIDDEN',
    );
  });
});

describe('looking at imports', () => {
  it('shows an import to its owner alone', async () => {
    const client = someone();
    const { import_id } = await client.import(FULL);
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['GET', '/events'],
    ] as const) {
      expectErrorEnvelope(await someone().request(method, `/imports/${import_id}${path}`), 'IMPORT_JOB_NOT_FOUND');
    }
    expect(await client.get(import_id)).toMatchObject({ status: 'completed' });
  });

  it.each(['imp_nothing', '..%2f..%2fetc', '%7B%7D'])('knows no import %s', async (id) => {
    expectErrorEnvelope(await someone().request('GET', `/imports/${id}`), 'IMPORT_JOB_NOT_FOUND');
  });

  it('lists them page by page, the latest first', async () => {
    const client = someone();
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ids.unshift((await client.import(exportXml(manyRecords(1, i)))).import_id);
    const first = dataOf<ImportListAnswer>((await client.request('GET', '/imports?limit=2')).body);
    expect(first.imports.map((each) => each.import_id)).toEqual(ids.slice(0, 2));
    const rest = dataOf<ImportListAnswer>(
      (await client.request('GET', `/imports?limit=2&cursor=${first.next_cursor}`)).body,
    );
    expect(rest.imports.map((each) => each.import_id)).toEqual(ids.slice(2));
    expect(rest.next_cursor).toBeNull();
    const { details } = expectErrorEnvelope(
      await client.request('GET', '/imports?cursor=nonsense'),
      'VALIDATION_INVALID_INPUT',
    );
    expect(details).toMatchObject({ field: 'cursor' });
  });

  it('streams progress and then done', async () => {
    const client = someone();
    const response = await client.uploadRaw(exportXml(manyRecords(60_000)));
    const { import_id } = expectSuccessEnvelope<ImportReceiptAnswer>(response, 202);
    const events = await streamOf(client, import_id);
    expect(events.length).toBeGreaterThan(1);
    expect(events.map(({ event }) => event)).toEqual([...events.slice(1).map(() => 'progress'), 'done']);
    expect(events.at(-1)?.data).toMatchObject({
      import_id,
      status: 'completed',
      progress: { percent: 100, records_seen: 60_000 },
    });
    const seen = events.map(({ data }) => (data as ImportAnswer).progress.records_seen);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });

  it('ends the stream of an import that fails with its error', async () => {
    const client = someone();
    const { import_id } = await client.import(exportXml(recordXml()).replace('</HealthData>', ''));
    const events = await streamOf(client, import_id);
    expect(events.map(({ event }) => event)).toEqual(['progress', 'error']);
    expect(events.at(-1)?.data).toMatchObject({
      code: 'IMPORT_FILE_UNREADABLE',
      details: { reason: 'xml_truncated', records_stored: 1 },
    });
  });
});

async function parsed(response: Response): Promise<{ status: number; headers: Headers; body: unknown }> {
  return { status: response.status, headers: response.headers, body: await response.json() };
}

async function streamOf(client: ImportsClient, importId: string): Promise<{ event: string; data: unknown }[]> {
  const text = await client.text(`/imports/${importId}/events`);
  return text
    .split('\n\n')
    .filter((block) => /^event:/m.test(block))
    .map((block) => ({
      event: /^event: ?(.*)$/m.exec(block)?.[1] ?? '',
      data: JSON.parse(/^data: ?(.*)$/m.exec(block)?.[1] ?? 'null') as unknown,
    }));
}
