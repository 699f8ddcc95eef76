import fc from 'fast-check';
import { Redis } from 'ioredis';
import { RedisGateway } from '../redis/redis-gateway';
import { SharedCountsModel } from '../testing/shared-counts-model';
import { startTestRedis, type TestRedis } from '../testing/test-redis';
import { RedisSharedCounts, type SharedLease } from './shared-counts';

const HOUR_MS = 3_600_000;
const NOTHING_KNOWN = { used: 0, msLeft: 0 };

describe('the shared counts in Redis', () => {
  let redis: TestRedis;
  let client: Redis;
  let counts: RedisSharedCounts;

  beforeAll(async () => {
    redis = await startTestRedis();
    client = new Redis(redis.url.replace(/^unix:\/\//, ''));
    counts = new RedisSharedCounts(new RedisGateway(client));
  });
  beforeEach(() => client.flushall());
  afterAll(async () => {
    client.disconnect();
    await redis.stop();
  });

  const lease = (more: Partial<SharedLease> = {}): SharedLease => ({
    key: 'w:limit:{a}:x',
    limit: 100,
    windowMs: HOUR_MS,
    needed: 1,
    ahead: 0,
    report: 0,
    known: NOTHING_KNOWN,
    ...more,
  });
  const ask = async (more: Partial<SharedLease> = {}): Promise<{ granted: number; used: number; msLeft: number }> => {
    const [answer] = await counts.lease([lease(more)]);
    if (answer === undefined) throw new Error('There was no answer');
    return answer;
  };

  it('do what the model of them does', async () => {
    const asked = fc.record({
      key: fc.constantFrom('w:limit:{a}:x', 'w:limit:{a}:y'),
      limit: fc.constantFrom(1, 20, 100),
      windowMs: fc.constant(HOUR_MS),
      needed: fc.nat(12),
      ahead: fc.nat(10),
      report: fc.nat(5),
      known: fc.constantFrom(NOTHING_KNOWN, { used: 7, msLeft: HOUR_MS }, { used: 50, msLeft: 60_000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(asked, { minLength: 1, maxLength: 2 }), { maxLength: 12 }), async (calls) => {
        await client.flushall();
        const model = new SharedCountsModel(() => 0);
        for (const call of calls) {
          const answers = await counts.lease(call);
          const expected = model.apply(call);
          // Time passes in Redis, and not in the model.
          const untimed = expected.map(({ msLeft, ...rest }) => ({ ...rest, isCounted: msLeft > 0 }));
          expect(answers.map(({ msLeft, ...rest }) => ({ ...rest, isCounted: msLeft > 0 }))).toEqual(untimed);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('end with their window, and say when that is', async () => {
    expect(await ask({ windowMs: 60_000 })).toMatchObject({ granted: 1, used: 1, msLeft: 60_000 });
    const ttl = await client.pttl('w:limit:{a}:x');
    expect(ttl).toBeGreaterThan(50_000);
    expect(ttl).toBeLessThanOrEqual(60_000);
    await client.pexpire('w:limit:{a}:x', 30_000);
    expect((await ask({ windowMs: 60_000 })).msLeft).toBeLessThanOrEqual(30_000);
  });

  it('leave no key where nothing is counted', async () => {
    expect(await ask({ needed: 0 })).toEqual({ granted: 0, used: 0, msLeft: 0 });
    expect(await client.dbsize()).toBe(0);
  });

  it('start from what is known when they were lost', async () => {
    expect(await ask({ known: { used: 40, msLeft: 20_000 } })).toEqual({ granted: 1, used: 41, msLeft: 20_000 });
  });

  it('do not take the end of a window for the next one', async () => {
    await ask({ needed: 3 });
    expect(await ask({ known: { used: 100, msLeft: 5 } })).toMatchObject({ granted: 1, used: 4 });
  });

  it('lease nothing ahead of need when little is left', async () => {
    expect(await ask({ needed: 1, ahead: 10 })).toMatchObject({ granted: 11, used: 11 });
    expect(await ask({ needed: 70, ahead: 10 })).toMatchObject({ granted: 72, used: 83 });
    expect(await ask({ needed: 1, ahead: 10, report: 9 })).toMatchObject({ granted: 1, used: 93 });
    expect(await ask({ needed: 10 })).toMatchObject({ granted: 7, used: 100 });
  });
});
