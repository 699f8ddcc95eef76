import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventLogger, RedisGateway, redisOptions } from '@app/common';
import { startTestRedis, type TestRedis } from '@app/common/testing';
import { Redis } from 'ioredis';
import pino from 'pino';
import type { ImportManifest } from '../../src/services/imports/import-manifest';
import { ImportReporter } from '../../src/services/imports/import-reporter';
import { type RunCounts, runImport } from '../../src/services/imports/import-run';
import type { ImportProgress } from '../../src/services/imports/import-state';
import { ImportRepository } from '../../src/services/imports/import.repository';
import { RecordWriter } from '../../src/services/records/record-writer';
import { exportXml, manyRecords } from '../fixtures/health-export';

let redis: TestRedis;
let client: Redis;
let gateway: RedisGateway;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wellness-progress-'));
  redis = await startTestRedis();
  client = new Redis(redisOptions({ url: redis.url, connectTimeoutMs: 500, commandTimeoutMs: 5_000 }, 'commands'));
  await client.connect();
  gateway = new RedisGateway(client);
});
afterAll(async () => {
  client.disconnect();
  await redis.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('what a crash would leave uncounted', () => {
  it('is one round of chunks for a writer that is asked after each', async () => {
    const writer = new RecordWriter(gateway, 'user-of-rounds');
    for (let month = 0; month < 40; month++) {
      const start = Date.UTC(2020, month, 10);
      writer.add({
        metric: 'HKQuantityTypeIdentifierHeartRate',
        start,
        end: start,
        value: 60,
        unit: 'count/min',
        source: 'Watch',
        kind: 'watch',
      });
    }
    const stored: number[] = [];
    await writer.drain(() => stored.push(writer.summary.stored));
    expect(stored).toEqual([16, 32, 40]);
  });

  it('is nothing when all that was read has been stored', async () => {
    const path = join(folder, 'export.xml');
    const reports: RunCounts[] = [];
    await writeFile(path, exportXml(manyRecords(20)));
    const limits = { maxBytes: 1e9, maxRatio: 1_000, maxEntries: 10 };
    const task = { userId: 'user-of-reports', kind: 'xml', path, limits } as const;
    await runImport(task, gateway, { stopped: () => false, report: (counts) => void reports.push(counts) });
    expect(reports.at(-1)).toMatchObject({ recordsSeen: 20, recordsStored: 20, duplicates: 0 });
  });

  it('is not lost because another progress is just being written', async () => {
    const repository = new ImportRepository(gateway);
    const written: (number | undefined)[] = [];
    jest.spyOn(repository, 'step').mockImplementation((_user, _id, _from, { progress }) => {
      written.push(progress?.recordsStored);
      return Promise.resolve('running');
    });
    const manifest = { userId: 'user', importId: 'id' } as ImportManifest;
    const reporter = new ImportReporter(repository, new EventLogger(pino({ level: 'silent' })), manifest);
    for (const recordsStored of [1, 2, 3]) reporter.progress({ recordsStored } as ImportProgress, () => undefined);
    await reporter.settled();
    expect(written).toEqual([1, 3]);
  });
});
