import { EventLogger, RedisGateway, redisOptions } from '@app/common';
import { startTestRedis, type TestRedis } from '@app/common/testing';
import * as fc from 'fast-check';
import { Redis } from 'ioredis';
import pino from 'pino';
import { AggregatesService } from '../../src/services/aggregates/aggregates.service';
import { RollupService } from '../../src/services/aggregates/rollup.service';
import { metricType } from '../../src/services/metrics/metric-type';
import type { Period } from '../../src/services/periods/period';
import { ChunkRepository } from '../../src/services/records/chunk.repository';
import { type HealthRecord, SOURCE_KINDS } from '../../src/services/records/health-record';
import { RecordWriter } from '../../src/services/records/record-writer';
import { naiveAggregate, naiveBoundaries, type NaiveRecord, type NaiveSize } from '../oracle/naive-aggregates';

const ZONES = ['Asia/Kathmandu', 'Australia/Lord_Howe', 'America/New_York', 'UTC'];
const SIZES: NaiveSize[] = ['none', 'hour', 'day', 'week', 'month', 'year'];
const STEPS = metricType('HKQuantityTypeIdentifierStepCount');
const HEART_RATE = metricType('HKQuantityTypeIdentifierHeartRate');
const ALL: Period = { from: 0, to: Date.UTC(2100, 0, 1), timeZone: 'UTC', label: 'all' };
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
// Around the changes of the clocks in New York and on Lord Howe Island, and the turn of a month and a year.
const CENTRES = [
  Date.UTC(2025, 10, 2),
  Date.UTC(2025, 2, 9),
  Date.UTC(2025, 9, 4),
  Date.UTC(2025, 3, 5),
  Date.UTC(2025, 0, 1),
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
  aggregates = new AggregatesService(chunks, new RollupService(chunks, gateway, events), events);
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
      offset: fc.integer({ min: -spanMinutes * 60, max: spanMinutes * 60 }),
      seconds: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 3600 }), fc.integer({ min: 1, max: 40 * 86_400 })),
      value: fc.oneof(fc.integer({ min: 0, max: 500 }), fc.double({ min: 1e-6, max: 100, noNaN: true })),
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
  if (expected === null) {
    expect(actual).toBeNull();
    return;
  }
  expect(Math.abs((actual as number) - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
}

async function expectEqualToOracle(
  mode: 'merged' | 'all' | 'discrete',
  { records, from, to, zone, size, batches, seed }: Case,
): Promise<void> {
  const metric = mode === 'discrete' ? HEART_RATE : STEPS;
  const userId = await store(metric.id, shuffled(records, seed), batches);
  const boundaries = naiveBoundaries(from, to, size, zone);
  const expected = naiveAggregate(records, boundaries, mode);
  const query = {
    metrics: [metric],
    period: { from, to, timeZone: zone, label: 'test' },
    bucket: size,
    stats: ['sum', 'avg', 'min', 'max'] as const,
    sources: mode === 'all' ? 'all' : 'merged',
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

  it('for discrete samples', async () => {
    await fc.assert(
      fc.asyncProperty(caseArbitrary, (given) => expectEqualToOracle('discrete', given)),
      runs,
    );
  }, 120_000);
});
