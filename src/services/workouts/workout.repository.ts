import { type RedisGateway, REPEATABLE, userKeys } from '@app/common/core';
import { sourceKey } from '../records/health-record';
import { identityHash, keepNewest, type KeptCount, statementContent } from './keep-newest';
import type { ExportedWorkout } from './workout';

/** A workout with the id it is stored under: the same in every export that has it. */
export interface StoredWorkout extends ExportedWorkout {
  readonly id: string;
}

/** A user's workouts, in one hash. Plain class: usable in a worker thread. */
export class WorkoutRepository {
  constructor(private readonly redis: RedisGateway) {}

  /**
   * Adds workouts, or replaces what an older export said about them.
   * @param exportInstant when the export was made, epoch milliseconds; 0 when it does not say
   * @throws the errors of `RedisGateway`
   */
  async keep(userId: string, exportInstant: number, workouts: readonly ExportedWorkout[]): Promise<KeptCount> {
    const statements = workouts.map((workout) => ({ field: workoutId(workout), content: workout }));
    return keepNewest(this.redis, userKeys(userId).workouts(), exportInstant, statements);
  }

  /** All workouts, earliest first. @throws the errors of `RedisGateway` */
  async all(userId: string): Promise<StoredWorkout[]> {
    const held = await this.redis.execute(
      'read_workouts',
      (client) => client.hgetall(userKeys(userId).workouts()),
      REPEATABLE,
    );
    return Object.entries(held)
      .map(([id, value]) => ({ id, ...(statementContent(value) as ExportedWorkout) }))
      .sort((a, b) => a.start - b.start || (a.id < b.id ? -1 : 1));
  }
}

/** Type, source, start and end tell workouts apart; the rest may be said differently by another export. */
export function workoutId({ type, source, start, end }: ExportedWorkout): string {
  return identityHash([type, sourceKey(source), start, end]);
}
