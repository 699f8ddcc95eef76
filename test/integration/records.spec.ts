import { EventLogger, RedisGateway, redisOptions, userKeys } from '@app/common';
import { startTestRedis, type TestRedis } from '@app/common/testing';
import { Redis } from 'ioredis';
import pino from 'pino';
import { metricType } from '../../src/services/metrics/metric-type';
import { ErasureService } from '../../src/services/erasure/erasure.service';
import type { ImportsService } from '../../src/services/imports/imports.service';
import { ChunkRepository } from '../../src/services/records/chunk.repository';
import type { HealthRecord } from '../../src/services/records/health-record';
import { RecordWriter } from '../../src/services/records/record-writer';
import { RecordsService } from '../../src/services/records/records.service';

const HEART_RATE = metricType('HKQuantityTypeIdentifierHeartRate');
const STEPS = metricType('HKQuantityTypeIdentifierStepCount');
const ALL = { from: 0, to: Date.UTC(2030, 0, 1), timeZone: 'UTC', label: 'test' };
const START = Date.UTC(2025, 0, 1);
const HOUR = 3_600_000;

let redis: TestRedis;
let client: Redis;
let gateway: RedisGateway;
let service: RecordsService;
const events = new EventLogger(pino({ level: 'silent' }));

beforeAll(async () => {
  redis = await startTestRedis();
  client = new Redis(redisOptions({ url: redis.url, connectTimeoutMs: 1000, commandTimeoutMs: 5000 }, 'commands'));
  await client.connect();
  gateway = new RedisGateway(client);
  service = new RecordsService(new ChunkRepository(gateway), events);
});

afterAll(async () => {
  client.disconnect();
  await redis.stop();
});

function heartRates(count: number, changes: Partial<HealthRecord> = {}, first = 0): HealthRecord[] {
  return Array.from({ length: count }, (_, i) => {
    const start = START + (first + i) * HOUR;
    return {
      metric: HEART_RATE.id,
      start,
      end: start,
      value: 50 + (i % 60),
      unit: 'count/min',
      source: 'Watch',
      kind: 'watch',
      ...changes,
    };
  });
}

async function write(
  userId: string,
  records: readonly HealthRecord[],
  bufferSize?: number,
): ReturnType<RecordWriter['finish']> {
  const writer = new RecordWriter(gateway, userId, { bufferSize });
  for (const record of records) {
    writer.add(record);
    if (writer.full) await writer.drain();
  }
  return writer.finish();
}

async function readAll(userId: string, limit: number, order: 'asc' | 'desc'): Promise<HealthRecord[]> {
  const all: HealthRecord[] = [];
  let cursor: string | undefined;
  do {
    const page = await service.list(userId, { metrics: [HEART_RATE, STEPS], period: ALL, limit, order, cursor });
    expect(page.records.length).toBeLessThanOrEqual(limit);
    all.push(...page.records);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return all;
}

describe('writing records', () => {
  it('tells new ones from those it had, across buffers and months', async () => {
    const records = heartRates(3000);
    expect(await write('twice', [...records, ...records.slice(0, 10)], 500)).toMatchObject({
      records: 3010,
      stored: 3000,
      duplicates: 10,
    });
    expect(await write('twice', records, 700)).toMatchObject({ records: 3000, stored: 0, duplicates: 3000 });
  });

  it('does not rewrite chunks that stay as they are', async () => {
    await write('unchanged', heartRates(100));
    const key = userKeys('unchanged').chunkIndex(HEART_RATE.id);
    const before = await client.hgetall(key);
    await write('unchanged', heartRates(50));
    expect(await client.hgetall(key)).toEqual(before);
  });

  it('never loses a record to writers that write the same chunks at the same time', async () => {
    const writers = Array.from({ length: 8 }, (_, i) => heartRates(400, { source: `Source ${i}` }));
    const summaries = await Promise.all(writers.map((records) => write('crowd', records, 50)));
    expect(summaries.reduce((total, { stored }) => total + stored, 0)).toBe(3200);
    expect((await readAll('crowd', 1000, 'asc')).length).toBe(3200);
  });

  it('sums up what was written by metric', async () => {
    const { metrics } = await write('summed', heartRates(5));
    expect(metrics).toEqual([{ metric: HEART_RATE.id, count: 5, first: START, last: START + 4 * HOUR }]);
  });
});

describe('listing records', () => {
  const mixed = [
    ...heartRates(1500),
    ...heartRates(40, { metric: STEPS.id, unit: 'count', source: 'Phone', kind: 'phone', end: START + 400 * HOUR }),
    ...heartRates(3, { start: START, end: START, source: 'Other' }).map((record, i) => ({ ...record, value: 90 + i })),
  ];

  beforeAll(async () => {
    await write('reader', mixed);
  });

  it.each(['asc', 'desc'] as const)(
    'gives out every record once, in order (%s), whatever the page size',
    async (order) => {
      const whole = await readAll('reader', 1000, order);
      const starts = whole.map(({ start }) => start);
      expect(starts).toEqual(starts.toSorted((a, b) => (order === 'asc' ? a - b : b - a)));
      expect(new Set(whole.map((record) => JSON.stringify(record))).size).toBe(mixed.length);
      expect(await readAll('reader', 37, order)).toEqual(whole);
    },
  );

  it('keeps to one source, however its name is written', async () => {
    const page = await service.list('reader', {
      metrics: [HEART_RATE],
      period: ALL,
      limit: 10,
      source: ' Other\u00a0',
    });
    expect(page.records.map(({ value }) => value)).toEqual([90, 91, 92]);
  });

  it('refuses a cursor it did not give out, or gave out for the other order', async () => {
    const query = { metrics: [HEART_RATE], period: ALL, limit: 5 };
    await expect(service.list('reader', { ...query, cursor: 'nonsense' })).rejects.toMatchObject({
      error_code: 'VALIDATION_INVALID_INPUT',
    });
    const { nextCursor } = await service.list('reader', { ...query, order: 'asc' });
    await expect(service.list('reader', { ...query, order: 'desc', cursor: nextCursor ?? '' })).rejects.toMatchObject({
      error_code: 'VALIDATION_INVALID_INPUT',
    });
  });

  it('says which periods have data when the one asked for has none', async () => {
    const period = { from: Date.UTC(2020, 0, 1), to: Date.UTC(2020, 1, 1), timeZone: 'UTC', label: 'January 2020' };
    await expect(service.list('reader', { metrics: [HEART_RATE], period, limit: 5 })).rejects.toMatchObject({
      error_code: 'HEALTH_DATA_NOT_FOUND',
      details: { time_period: 'January 2020', available_periods: ['2025', '2025-03', '2025-02', '2025-01'] },
    });
  });

  it('tells what is held of each metric', async () => {
    const held = await service.metrics('reader');
    expect(held.map(({ metric, count, units, sources }) => [metric.name, count, units, sources])).toEqual([
      ['HeartRate', 1503, ['count/min'], ['Other', 'Watch']],
      ['StepCount', 40, ['count'], ['Phone']],
    ]);
  });
});

describe('erasing a user', () => {
  it('removes every key of that user and of nobody else, and nothing the second time', async () => {
    await write('leaving', heartRates(100));
    await write('leaving2', heartRates(10));
    const noImports = { forget: () => Promise.resolve() } as Partial<ImportsService> as ImportsService;
    const erasure = new ErasureService(gateway, service, noImports, events);
    expect(await erasure.erase('leaving')).toMatchObject({ records: 100, keys: 3 });
    expect(await client.keys(`${userKeys('leaving').prefix}*`)).toEqual([]);
    expect(await erasure.erase('leaving')).toEqual({ records: 0, keys: 0 });
    expect(await service.metrics('leaving2')).toHaveLength(1);
  });
});
