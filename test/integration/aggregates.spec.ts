import { EventLogger, LastKnownGood, RedisGateway, redisOptions, userKeys } from '@app/common';
import { startTestRedis, type TestRedis } from '@app/common/testing';
import * as fc from 'fast-check';
import { Redis } from 'ioredis';
import pino from 'pino';
import { AggregatesService } from '../../src/services/aggregates/aggregates.service';
import { RollupStore } from '../../src/services/aggregates/rollup-store';
import { metricType } from '../../src/services/metrics/metric-type';
import type { Period } from '../../src/services/periods/period';
import { ChunkRepository } from '../../src/services/records/chunk.repository';
import { type HealthRecord, SOURCE_KINDS } from '../../src/services/records/health-record';
import { RecordWriter } from '../../src/services/records/record-writer';
import { naiveAggregate, naiveBoundaries, type NaiveRecord, type NaiveSize } from '../oracle/naive-aggregates';

const ZONES = ['Asia/Kathmandu', 'Australia/Lord_Howe', 'America/New_York', 'Pacific/Apia', 'UTC'];
const SIZES: NaiveSize[] = ['none', 'hour', 'day', 'week', 'month', 'year'];
const STEPS = metricType('HKQuantityTypeIdentifierStepCount');
const HEART_RATE = metricType('HKQuantityTypeIdentifierHeartRate');
const ALL: Period = { from: Date.UTC(1900, 0, 1), to: Date.UTC(2100, 0, 1), timeZone: 'UTC', label: 'all' };
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
// Around the changes of the clocks in New York and on Lord Howe Island, and the turn of a month and a year.
const CENTRES = [
  Date.UTC(2025, 10, 2),
  Date.UTC(2025, 2, 9),
  Date.UTC(2025, 9, 4),
  Date.UTC(2025, 3, 5),
  Date.UTC(2025, 0, 1),
  Date.UTC(2011, 11, 30),
  Date.UTC(1969, 11, 31),
];

let redis: TestRedis;
let client: Redis;
let aggregates: AggregatesService;
let gateway: RedisGateway;
let users = 0;

beforeAll(async () => {
  redis = await startTestRedis();
  client = new Redis(redisOptions({ url: redis.url, connectTimeoutMs: 1000, commandTimeoutMs: 5000 }, 'commands'));
  await client.connect();
  gateway = new RedisGateway(client);
  const events = new EventLogger(pino({ level: 'silent' }));
  const chunks = new ChunkRepository(gateway);
  const lastKnownGood = new LastKnownGood({ maxBytes: 1, maxAgeMs: 1 }, events);
  aggregates = new AggregatesService(chunks, new RollupStore(chunks, gateway), lastKnownGood, events);
});

afterAll(async () => {
  client.disconnect();
  await redis.stop();
});

interface Case {
  readonly records: NaiveRecord[];
  readonly from: number;
  readonly to: number;
  readonly zone: string;
  readonly size: NaiveSize;
  readonly batches: number;
  readonly seed: number;
}

// Buckets on quarters of an hour are put together from rollups, others from the samples themselves.
const fromArbitrary = fc.oneof(
  fc.integer({ min: -4 * 96, max: 2 * 96 }).map((quarters) => quarters * 15),
  fc.integer({ min: -4 * 1440, max: 2 * 1440 }),
);

const caseArbitrary: fc.Arbitrary<Case> = fc
  .record({ centre: fc.constantFrom(...CENTRES), spanMinutes: fc.integer({ min: 1, max: 6 * 1440 }) })
  .chain(({ centre, spanMinutes }) =>
    fc.record({
      records: fc.array(recordArbitrary(centre, spanMinutes), { minLength: 1, maxLength: 40 }),
      from: fromArbitrary.map((minutes) => centre + minutes * MINUTE),
      days: fc.integer({ min: 1, max: 8 }),
      zone: fc.constantFrom(...ZONES),
      size: fc.constantFrom(...SIZES),
      batches: fc.integer({ min: 1, max: 3 }),
      seed: fc.integer(),
    }),
  )
  .map(({ days, ...rest }) => ({ ...rest, to: rest.from + days * DAY }));

function recordArbitrary(centre: number, spanMinutes: number): fc.Arbitrary<NaiveRecord> {
  return fc
    .record({
      // Often on a grid, so that samples, months and buckets begin and end at the same instants.
      offset: fc.oneof(
        fc.integer({ min: -spanMinutes * 60, max: spanMinutes * 60 }),
        fc.integer({ min: -144, max: 144 }).map((steps) => steps * 600),
        fc.integer({ min: -9e6, max: 9e6 }).map((ms) => ms / 1000),
      ),
      seconds: fc.oneof(
        fc.constant(0),
        fc.integer({ min: 1, max: 12 }).map((steps) => steps * 600),
        fc.integer({ min: 1, max: 3600 }),
        fc.integer({ min: 1, max: 40 * 86_400 }),
      ),
      value: fc.oneof(
        fc.constant(0),
        fc.integer({ min: 0, max: 500 }),
        fc.double({ min: 1e-6, max: 100, noNaN: true }),
      ),
      source: fc.constantFrom('Watch', 'Phone', 'Scale'),
      kind: fc.integer({ min: 0, max: 3 }),
    })
    .map(({ offset, seconds, value, source, kind }) => {
      const start = centre + offset * 1000;
      return { start, end: start + seconds * 1000, value, source, kind };
    });
}

async function store(metric: string, records: readonly NaiveRecord[], batches: number): Promise<string> {
  const userId = `user-${++users}`;
  const size = Math.ceil(records.length / batches);
  for (let i = 0; i < records.length; i += size) {
    const writer = new RecordWriter(gateway, userId);
    for (const record of records.slice(i, i + size)) writer.add(healthRecord(metric, record));
    await writer.finish();
    // A question between two writes leaves rollups behind, which the next write makes stale.
    await aggregates.aggregate(userId, { metrics: [metricType(metric)], period: ALL, bucket: 'none', stats: ['sum'] });
  }
  return userId;
}

function healthRecord(metric: string, { start, end, value, source, kind }: NaiveRecord): HealthRecord {
  const unit = metric === STEPS.id ? 'count' : 'count/min';
  return { metric, start, end, value, unit, source, kind: SOURCE_KINDS[kind] ?? 'app' };
}

function shuffled<T>(items: readonly T[], seed: number): T[] {
  return items
    .map((item, i) => ({ item, key: Math.sin(seed + i * 7919) }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

function expectClose(actual: number | null | undefined, expected: number | null): void {
  if (expected === null) return void expect(actual).toBeNull();
  expect(Math.abs((actual as number) - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
}

async function expectEqualToOracle(
  mode: 'merged' | 'all' | 'discrete' | 'Watch',
  { records, from, to, zone, size, batches, seed }: Case,
): Promise<void> {
  const metric = mode === 'discrete' ? HEART_RATE : STEPS;
  const userId = await store(metric.id, shuffled(records, seed), batches);
  const boundaries = naiveBoundaries(from, to, size, zone);
  const counted = mode === 'Watch' ? records.filter(({ source }) => source === mode) : records;
  const expected = naiveAggregate(counted, boundaries, mode === 'Watch' ? 'all' : mode);
  const query = {
    metrics: [metric],
    period: { from, to, timeZone: zone, label: 'test' },
    bucket: size,
    stats: ['sum', 'avg', 'min', 'max'] as const,
    sources: mode === 'discrete' ? 'merged' : mode,
  };
  const nothing = expected.every(({ count, sum }) => count === 0 && sum === 0);
  if (nothing) {
    await expect(aggregates.aggregate(userId, query)).rejects.toMatchObject({ error_code: 'HEALTH_DATA_NOT_FOUND' });
    return;
  }
  const answer = await aggregates.aggregate(userId, query);
  const buckets = answer.metrics[0]?.buckets ?? [];
  expect(buckets.map((bucket) => bucket.from)).toEqual(expected.map((bucket) => bucket.from));
  buckets.forEach((bucket, i) => {
    const wanted = expected[i];
    if (wanted === undefined) return;
    expect(bucket.count).toBe(wanted.count);
    for (const stat of ['sum', 'avg', 'min', 'max'] as const) expectClose(bucket.stats[stat], wanted[stat]);
  });
}

describe('aggregates equal a naive recomputation from the records', () => {
  const runs = { numRuns: 150 };

  it('for sums merged over overlapping sources', async () => {
    await fc.assert(
      fc.asyncProperty(caseArbitrary, (given) => expectEqualToOracle('merged', given)),
      runs,
    );
  }, 120_000);

  it('for plain sums over all sources', async () => {
    await fc.assert(
      fc.asyncProperty(caseArbitrary, (given) => expectEqualToOracle('all', given)),
      runs,
    );
  }, 120_000);

  it('for one source', async () => {
    await fc.assert(
      fc.asyncProperty(caseArbitrary, (given) => expectEqualToOracle('Watch', given)),
      runs,
    );
  }, 120_000);

  it('for discrete samples', async () => {
    await fc.assert(
      fc.asyncProperty(caseArbitrary, (given) => expectEqualToOracle('discrete', given)),
      runs,
    );
  }, 120_000);
});

describe('aggregates', () => {
  const at = (day: number, hour = 8): number => Date.UTC(2025, 1, day, hour);
  const period = { from: Date.UTC(2025, 0, 1), to: Date.UTC(2025, 2, 1), timeZone: 'UTC', label: 'test' };

  async function write(userId: string, records: readonly Partial<HealthRecord>[]): Promise<void> {
    const writer = new RecordWriter(gateway, userId);
    for (const record of records) {
      const start = record.start ?? at(1);
      const whole = { metric: STEPS.id, end: start, value: 1, unit: null, source: 'App', kind: 'app' as const };
      writer.add({ ...whole, ...record, start });
    }
    await writer.finish();
  }

  it('leave out category values that say it was not so', async () => {
    const metric = metricType('HKCategoryTypeIdentifierAppleStandHour');
    const hour = (start: number, value: string): Partial<HealthRecord> => ({
      metric: metric.id, start, end: start + 3_600_000, value: `HKCategoryValueAppleStandHour${value}`,
    }); // prettier-ignore
    await write('stander', [hour(at(1, 8), 'Stood'), hour(at(1, 9), 'Idle'), hour(at(1, 10), 'Stood')]);
    const { metrics } = await aggregates.aggregate('stander', { metrics: [metric], period, bucket: 'none' });
    expect(metrics[0]?.buckets[0]?.count).toBe(2);
  });

  it('convert records of a type that is not known into the unit of the first, whatever came in first', async () => {
    const metric = metricType('HKQuantityTypeIdentifierFromTheFuture');
    const grams = { metric: metric.id, start: Date.UTC(2025, 0, 5), value: 2, unit: 'g' };
    const milligrams = { metric: metric.id, start: at(5), value: 500, unit: 'mg' };
    const query = { metrics: [metric], period, bucket: 'month', stats: ['avg'] } as const;
    for (const [userId, records] of [['gm', [grams, milligrams]], ['mg', [milligrams, grams]]] as const) {
      for (const record of records) {
        await write(userId, [record]);
        await aggregates.aggregate(userId, query);
      }
      const { metrics } = await aggregates.aggregate(userId, query);
      expect(metrics[0]?.unit).toBe('g');
      expect(metrics[0]?.buckets.map(({ stats }) => stats.avg)).toEqual([2, 0.5]);
    } // prettier-ignore
  });

  it('average sound levels by energy and duration', async () => {
    const metric = metricType('HKQuantityTypeIdentifierEnvironmentalAudioExposure');
    const level = (start: number, value: number, minutes: number): Partial<HealthRecord> => ({
      metric: metric.id, start, end: start + minutes * MINUTE, value, unit: 'dBASPL',
    }); // prettier-ignore
    await write('listener', [level(at(1, 8), 90, 1), level(at(1, 9), 50, 9)]);
    const { metrics } = await aggregates.aggregate('listener', { metrics: [metric], period, bucket: 'none' });
    expect(metrics[0]?.buckets[0]?.stats.avg).toBeCloseTo(80.004, 3);
  });

  it('begin weeks on the day that is asked for', async () => {
    await write('weekly', [{ start: at(2) }, { start: at(3) }]);
    const weeks = async (weekStart: 'monday' | 'sunday'): Promise<number[]> => {
      const query = { metrics: [STEPS], period, bucket: 'week', stats: ['sum'], weekStart } as const;
      const { metrics } = await aggregates.aggregate('weekly', query);
      return (metrics[0]?.buckets ?? []).flatMap(({ stats }) => (stats.sum ? [stats.sum] : []));
    };
    // 2 February 2025 was a Sunday.
    expect(await weeks('monday')).toEqual([1, 1]);
    expect(await weeks('sunday')).toEqual([2]);
  });

  it('do not believe rollups of data that was erased since', async () => {
    await write('returning', [{ start: at(1), value: 1000 }]);
    const query = { metrics: [STEPS], period, bucket: 'month', stats: ['sum'] } as const;
    await aggregates.aggregate('returning', query);
    const keys = await client.keys(`${userKeys('returning').prefix}*`);
    const rollup = keys.find((key) => key.includes(':rollup:')) as string;
    const kept = await client.getBuffer(rollup);
    await client.unlink(keys);
    await write('returning', [{ start: at(2), value: 7 }]);
    await client.set(rollup, kept as Buffer);
    const { metrics } = await aggregates.aggregate('returning', query);
    expect(metrics[0]?.buckets.at(-1)?.stats.sum).toBe(7);
  });

  it('leave out values whose unit measures something else', async () => {
    const metric = metricType('HKQuantityTypeIdentifierBodyMass');
    const mass = (start: number, value: number, unit: string): Partial<HealthRecord> => ({
      metric: metric.id,
      start,
      value,
      unit,
    });
    await write('odd-units', [mass(at(1), 3, 'kg'), mass(at(2), 900, 'km'), mass(at(3), 900, 'banana')]);
    const query = { metrics: [metric], period, bucket: 'none', stats: ['count', 'max'] } as const;
    const { metrics } = await aggregates.aggregate('odd-units', query);
    expect(metrics[0]?.buckets[0]?.stats).toEqual({ count: 1, max: 3 });
  });

  it('have no sum where a double cannot hold it, and one where it can', async () => {
    await write('huge', [{ start: at(1), end: at(1, 9), value: 1e305 }]);
    const huge = await aggregates.aggregate('huge', { metrics: [STEPS], period, bucket: 'none' });
    expect(huge.metrics[0]?.buckets[0]?.stats).toEqual({ sum: 1e305 });
    await write('beyond', [
      { start: at(1), value: 1e308 },
      { start: at(2), value: 1e308 },
    ]);
    const query = { metrics: [STEPS], period, bucket: 'none', stats: ['sum', 'avg', 'max'] } as const;
    const { metrics } = await aggregates.aggregate('beyond', query);
    expect(metrics[0]?.buckets[0]?.stats).toEqual({ sum: null, avg: null, max: 1e308 });
  });
});
