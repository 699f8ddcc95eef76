import { EventLogger, LastKnownGood, RedisConnectionError, RedisGateway, redisOptions, userKeys } from '@app/common';
import { startTestRedis, type TestRedis } from '@app/common/testing';
import { Redis } from 'ioredis';
import pino from 'pino';
import { metricType } from '../../src/services/metrics/metric-type';
import { ErasureNotices } from '../../src/services/erasure/erasure-notices.service';
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
const lastKnownGood = new LastKnownGood({ maxBytes: 1, maxAgeMs: 1 }, events);

beforeAll(async () => {
  redis = await startTestRedis();
  client = new Redis(redisOptions({ url: redis.url, connectTimeoutMs: 1000, commandTimeoutMs: 5000 }, 'commands'));
  await client.connect();
  gateway = new RedisGateway(client);
  service = new RecordsService(new ChunkRepository(gateway), lastKnownGood, events);
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

  describe('when Redis fails in between', () => {
    /** A gateway whose `failing`-th pipeline fails, before or after Redis has done what it says. */
    function failingGateway(failing: number, when: 'before' | 'after'): RedisGateway {
      let calls = 0;
      const flaky = new RedisGateway(client);
      const pipeline = flaky.pipeline.bind(flaky);
      flaky.pipeline = async (operation, fill) => {
        const fails = ++calls === failing;
        if (fails && when === 'before') throw new RedisConnectionError(operation, new Error('reset'));
        const replies = await pipeline(operation, fill);
        if (fails) throw new RedisConnectionError(operation, new Error('reset'));
        return replies;
      };
      return flaky;
    }

    it.each([1, 2, 3, 4])('loses nothing that is added after drain %i failed', async (failing) => {
      const userId = `flaky-${failing}`;
      const writer = new RecordWriter(failingGateway(failing, 'before'), userId);
      const records = Array.from({ length: 24 }, (_, month) => heartRates(2, {}, month * 744)).flat();
      for (const record of records) writer.add(record);
      await expect(writer.drain()).rejects.toMatchObject({ error_code: 'REDIS_CONNECTION_FAILED' });
      for (const record of heartRates(3, { source: 'Late' })) writer.add(record);
      expect(await writer.finish()).toMatchObject({ records: 51, stored: 51, duplicates: 0 });
      expect(await readAll(userId, 1000, 'asc')).toHaveLength(51);
    });

    it('counts as stored what was written though the reply was lost', async () => {
      const writer = new RecordWriter(failingGateway(2, 'after'), 'lost-reply');
      for (const record of heartRates(10)) writer.add(record);
      await expect(writer.drain()).rejects.toMatchObject({ error_code: 'REDIS_CONNECTION_FAILED' });
      expect(await writer.finish()).toMatchObject({ records: 10, stored: 10, duplicates: 0 });
      expect(writer.changedChunks).toHaveLength(1);
    });
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

  it.each(['asc', 'desc'] as const)(
    'skips and repeats nothing when a record comes in between two pages (%s)',
    async (order) => {
      const userId = `moving-${order}`;
      const same = (value: number): HealthRecord => ({ ...(heartRates(1)[0] as HealthRecord), value });
      await write(userId, [3, 4, 5, 6].map(same));
      const query = { metrics: [HEART_RATE], period: ALL, limit: 2, order };
      const first = await service.list(userId, query);
      await write(userId, [same(1), same(9)]);
      const second = await service.list(userId, { ...query, limit: 10, cursor: first.nextCursor ?? '' });
      const values = [...first.records, ...second.records].map(({ value }) => value);
      expect(values).toEqual(order === 'asc' ? [3, 4, 5, 6, 9] : [6, 5, 4, 3, 1]);
    },
  );

  it('refuses a cursor it did not give out, or gave out for another query', async () => {
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

  it('says so, by source, when the source asked for has none', async () => {
    const period = { from: START + 10 * HOUR, to: START + 20 * HOUR, timeZone: 'UTC', label: 'that day' };
    const rejected = service.list('reader', { metrics: [HEART_RATE], period, limit: 5, source: 'Other' });
    await expect(rejected).rejects.toMatchObject({ details: { available_periods: ['2025', '2025-01'] } });
    const nobody = service.list('reader', { metrics: [HEART_RATE], period, limit: 5, source: 'Nobody' });
    await expect(nobody).rejects.toMatchObject({ details: { available_periods: [] } });
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
    const notices = new ErasureNotices(gateway, lastKnownGood, events);
    const erasure = new ErasureService(gateway, new ChunkRepository(gateway), noImports, notices, events);
    expect(await erasure.erase('leaving')).toMatchObject({ records: 100, keys: 3 });
    expect(await client.keys(`${userKeys('leaving').prefix}*`)).toEqual([]);
    expect(await erasure.erase('leaving')).toEqual({ records: 0, keys: 0 });
    expect(await service.metrics('leaving2')).toHaveLength(1);
  });
});
