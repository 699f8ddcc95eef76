import { request } from 'node:http';
import { eventually, expectErrorEnvelope, expectSuccessEnvelope } from '@app/common/testing';
import type { ImportReceiptAnswer } from '../../src/api/imports/imports.answers';
import { ImportThreads } from '../../src/services/imports/import-threads';
import { exportXml, manyRecords, recordXml } from '../fixtures/health-export';
import { dataOf, type ImportsApp, ImportsClient, startImportsApp } from './support/imports-app';

const RECORDS = 200_000;
const MIB = 1024 * 1024;
const LIMIT_MIB = 96;
let large: string;
let users = 0;

beforeAll(() => {
  large = exportXml(manyRecords(RECORDS));
});

const someone = ({ app }: ImportsApp): ImportsClient => new ImportsClient(app, `user-${++users}-of-resilience`);

async function begin(client: ImportsClient, content: Buffer | string = large): Promise<string> {
  const response = await client.uploadRaw(content);
  return expectSuccessEnvelope<ImportReceiptAnswer>(response, 202).import_id;
}

async function heartRates(client: ImportsClient): Promise<unknown> {
  const { body } = await client.request(
    'GET',
    '/health-data/aggregates?metric_types=HeartRate&time_period=all&stats=count,sum',
  );
  const { metrics } = dataOf<{ metrics: { buckets: { count: number; sum: number }[] }[] }>(body);
  const { count, sum } = metrics[0]?.buckets[0] ?? { count: 0, sum: 0 };
  return { count, sum };
}

const ALL = {
  count: RECORDS,
  sum: Array.from({ length: RECORDS }, (_, i) => 50 + (i % 90)).reduce((total, value) => total + value, 0),
};

// Imports share the machine with other tests.
jest.setTimeout(120_000);

describe('imports and their process', () => {
  let running: ImportsApp;

  beforeAll(async () => {
    running = await startImportsApp({ environment: { IMPORT_MAX_BYTES: String(LIMIT_MIB * MIB) } });
  });
  afterAll(async () => {
    await running.close();
  });

  it('stops a running import that is cancelled, and keeps what it has stored', async () => {
    const client = someone(running);
    const importId = await begin(client);
    await client.until(importId, ({ progress }) => progress.records_stored > 0);
    const answer = await client.request('DELETE', `/imports/${importId}`);
    expect(dataOf<{ status: string }>(answer.body).status).toBe('cancelled');
    await running.spoolEmptied();
    const ended = await client.get(importId);
    expect(ended.status).toBe('cancelled');
    expect(ended.progress.records_stored).toBeLessThan(RECORDS);
    expect(await heartRates(client)).toMatchObject({ count: ended.progress.records_stored });
  });

  it('cancels an import that still waits for its turn', async () => {
    const client = someone(running);
    const first = await begin(client);
    const second = await begin(client);
    await client.request('DELETE', `/imports/${second}`);
    expect(await client.get(second)).toMatchObject({
      status: 'cancelled',
      started_at: null,
      progress: { records_seen: 0 },
    });
    await client.request('DELETE', `/imports/${first}`);
    await running.spoolEmptied();
  });

  it('leaves an import that has ended as it is', async () => {
    const client = someone(running);
    const { import_id } = await client.import(exportXml(recordXml()));
    const answer = await client.request('DELETE', `/imports/${import_id}`);
    expect(dataOf<{ status: string }>(answer.body).status).toBe('completed');
  });

  it('takes an import up again when its thread dies, and ends with the same data', async () => {
    const client = someone(running);
    const importId = await begin(client);
    await client.until(importId, ({ progress }) => progress.records_seen > 0);
    await running.app.app.get(ImportThreads, { strict: false }).alive[0]?.terminate();
    const ended = await client.ended(importId);
    expect(ended).toMatchObject({ status: 'completed', result: { records: RECORDS } });
    expect(await heartRates(client)).toEqual(ALL);
    const starts = running.app.logs.named('import_started').filter((line) => line.import_id === importId);
    expect(starts.length).toBeGreaterThan(1);
    await running.spoolEmptied();
  });

  it('keeps nothing of an upload whose sender goes away', async () => {
    const headers = await running.app.bearer('user-who-leaves', ['health:write']);
    const upload = request(`${running.app.url}/api/v1/imports`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/xml', 'transfer-encoding': 'chunked' },
    });
    upload.on('error', () => undefined);
    upload.write(large.slice(0, 1_000_000));
    await eventually(async () => (await running.spooled()).length === 1);
    upload.destroy();
    await running.spoolEmptied();
    expect(await running.spooled()).toEqual([]);
  });

  it('keeps nothing of a form whose sender goes away', async () => {
    const headers = await running.app.bearer('user-who-leaves', ['health:write']);
    const upload = request(`${running.app.url}/api/v1/imports`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'multipart/form-data; boundary=x', 'transfer-encoding': 'chunked' },
    });
    upload.on('error', () => undefined);
    upload.write('--x\r\ncontent-disposition: form-data; name="file"; filename="export.xml"\r\n\r\n');
    upload.write(large.slice(0, 1_000_000));
    await eventually(async () => (await running.spooled()).length === 1);
    upload.destroy();
    await running.spoolEmptied();
    expect(await running.spooled()).toEqual([]);
  });

  it('refuses an upload over the limit, announced or not', async () => {
    const client = someone(running);
    const tooLarge = Buffer.alloc((LIMIT_MIB + 1) * MIB, '<a>');
    expectErrorEnvelope(await client.uploadRaw(tooLarge), 'REQUEST_BODY_TOO_LARGE');
    const chunks = new ReadableStream<Uint8Array>({
      start: (controller) => {
        for (let i = 0; i <= LIMIT_MIB; i++) controller.enqueue(new Uint8Array(tooLarge.subarray(0, MIB)));
        controller.close();
      },
    });
    const unannounced = await client.request('POST', '/imports', chunks, { 'content-type': 'application/xml' });
    expect(expectErrorEnvelope(unannounced, 'REQUEST_BODY_TOO_LARGE').details).toEqual({
      limit_bytes: LIMIT_MIB * MIB,
    });
    await running.spoolEmptied();
  });
});

describe('imports with an idempotency key', () => {
  let running: ImportsApp;

  beforeAll(async () => {
    running = await startImportsApp();
  });
  afterAll(async () => {
    await running.close();
  });

  const file = exportXml(manyRecords(5));

  it('answers a repetition with the first answer and imports nothing again', async () => {
    const client = someone(running);
    const first = await client.uploadRaw(file, 'application/xml', { 'idempotency-key': 'monday' });
    const again = await client.uploadForm(file, { 'idempotency-key': 'monday' });
    expect(again.status).toBe(202);
    expect(again.body).toEqual(first.body);
    expect([first, again].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true']);
    const { body } = await client.request('GET', '/imports');
    expect(dataOf<{ imports: unknown[] }>(body).imports).toHaveLength(1);
    await client.ended(dataOf<ImportReceiptAnswer>(first.body).import_id);
    await running.spoolEmptied();
  });

  it('refuses the key for another file, and keeps keys of different users apart', async () => {
    const client = someone(running);
    await client.uploadRaw(file, 'application/xml', { 'idempotency-key': 'k' });
    const other = exportXml(manyRecords(6));
    expectErrorEnvelope(
      await client.uploadRaw(other, 'application/xml', { 'idempotency-key': 'k' }),
      'IDEMPOTENCY_KEY_REUSED',
    );
    expect((await someone(running).uploadRaw(other, 'application/xml', { 'idempotency-key': 'k' })).status).toBe(202);
  });

  it('frees the key of an upload that was refused', async () => {
    const client = someone(running);
    expectErrorEnvelope(
      await client.uploadRaw('nothing', 'application/xml', { 'idempotency-key': 'k' }),
      'IMPORT_FILE_UNREADABLE',
    );
    expect((await client.uploadRaw(file, 'application/xml', { 'idempotency-key': 'k' })).status).toBe(202);
  });

  it('says so when the first upload is still going on', async () => {
    const headers = await running.app.bearer('user-with-slow-line', ['health:write']);
    const upload = request(`${running.app.url}/api/v1/imports`, {
      method: 'POST',
      headers: {
        ...headers,
        'content-type': 'application/xml',
        'idempotency-key': 'slow',
        'transfer-encoding': 'chunked',
      },
    });
    upload.on('error', () => undefined);
    upload.write(file.slice(0, 500));
    const client = new ImportsClient(running.app, 'user-with-slow-line');
    await eventually(async () => (await running.spooled()).length === 1);
    expectErrorEnvelope(
      await client.uploadRaw(file, 'application/xml', { 'idempotency-key': 'slow' }),
      'IDEMPOTENCY_REQUEST_RUNNING',
    );
    upload.destroy();
    await running.spoolEmptied();
    expect(await running.spooled()).toEqual([]);
  });

  it('refuses a key that is none', async () => {
    const answer = await someone(running).uploadRaw(file, 'application/xml', { 'idempotency-key': 'a b' });
    expectErrorEnvelope(answer, 'REQUEST_HEADER_INVALID');
  });
});
