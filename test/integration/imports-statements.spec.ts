import { RedisGateway, redisOptions } from '@app/common';
import { startTestRedis, type TestRedis } from '@app/common/testing';
import * as fc from 'fast-check';
import { Redis } from 'ioredis';
import { ActivitySummaryRepository } from '../../src/services/activity/activity-summary.repository';
import type { ExportedActivitySummary } from '../../src/services/activity/activity-summary';
import type { ExportedWorkout } from '../../src/services/workouts/workout';
import { WorkoutRepository } from '../../src/services/workouts/workout.repository';

let redis: TestRedis;
let client: Redis;
let gateway: RedisGateway;
let users = 0;

beforeAll(async () => {
  redis = await startTestRedis();
  client = new Redis(redisOptions({ url: redis.url, connectTimeoutMs: 500, commandTimeoutMs: 1_000 }, 'commands'));
  await client.connect();
  gateway = new RedisGateway(client);
});
afterAll(async () => {
  client.disconnect();
  await redis.stop();
});

const workout = (change: Partial<ExportedWorkout> = {}): ExportedWorkout => ({
  type: 'HKWorkoutActivityTypeRunning',
  source: 'Anna’s Watch',
  start: 1_000,
  end: 2_000,
  duration: { value: 30, unit: 'min' },
  statistics: [],
  events: [],
  routes: [],
  locations: 0,
  metadata: {},
  ...change,
});

describe('workouts of several exports', () => {
  it('are one workout when type, source, start and end are the same', async () => {
    const repository = new WorkoutRepository(gateway);
    const user = `user-${++users}`;
    const same = [workout(), workout({ source: " Anna's Watch ", metadata: { HKIndoorWorkout: '1' } })];
    expect(await repository.keep(user, 5, same)).toEqual({ added: 1, changed: 1 });
    expect(await repository.keep(user, 5, [...same, workout({ end: 3_000 })])).toEqual({ added: 1, changed: 0 });
    expect(await repository.all(user)).toHaveLength(2);
  });

  it('end as the newest export has them, whatever the order they come in', async () => {
    const repository = new WorkoutRepository(gateway);
    const statement = fc.record({
      exported: fc.integer({ min: 0, max: 3 }),
      duration: fc.integer({ min: 1, max: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(statement, { minLength: 1, maxLength: 6 }), async (statements) => {
        const outcomes = [];
        for (const order of [statements, statements.toReversed(), [...statements, ...statements]]) {
          const user = `user-${++users}`;
          for (const { exported, duration } of order) {
            await repository.keep(user, exported, [workout({ duration: { value: duration, unit: 'min' } })]);
          }
          outcomes.push(await repository.all(user));
        }
        expect(outcomes[1]).toEqual(outcomes[0]);
        expect(outcomes[2]).toEqual(outcomes[0]);
        const newest = Math.max(...statements.map(({ exported }) => exported));
        const candidates = statements.filter(({ exported }) => exported === newest).map(({ duration }) => duration);
        expect(candidates).toContain(outcomes[0]?.[0]?.duration?.value);
      }),
      { numRuns: 40 },
    );
  });
});

describe('activity rings of several exports', () => {
  it('are kept by day, from the newest export', async () => {
    const repository = new ActivitySummaryRepository(gateway);
    const ring = (value: number): ExportedActivitySummary['energy'] => ({ value: { value, unit: 'kcal' }, goal: null });
    const none = { value: null, goal: null };
    const day = (date: string, value: number): ExportedActivitySummary => ({
      date,
      energy: ring(value),
      moveTime: none,
      exercise: none,
      stand: none,
    });
    const user = `user-${++users}`;
    await repository.keep(user, 20, [day('2024-03-02', 2), day('2024-03-01', 1)]);
    await repository.keep(user, 10, [day('2024-03-02', 99), day('2024-02-29', 3)]);
    const kept = (await repository.all(user)).map(({ date, energy }) => [date, energy.value?.value]);
    expect(kept).toEqual([
      ['2024-02-29', 3],
      ['2024-03-01', 1],
      ['2024-03-02', 2],
    ]);
  });
});
