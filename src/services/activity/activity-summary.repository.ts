import { type RedisGateway, REPEATABLE, userKeys } from '@app/common/core';
import { keepNewest, type KeptCount, statementContent } from '../workouts/keep-newest';
import type { ExportedActivitySummary } from './activity-summary';

/** A user's activity rings, in one hash by day. Plain class: usable in a worker thread. */
export class ActivitySummaryRepository {
  constructor(private readonly redis: RedisGateway) {}

  /**
   * Adds days, or replaces what an older export said about them.
   * @param exportInstant when the export was made, epoch milliseconds; 0 when it does not say
   * @throws the errors of `RedisGateway`
   */
  async keep(userId: string, exportInstant: number, summaries: readonly ExportedActivitySummary[]): Promise<KeptCount> {
    const statements = summaries.map((summary) => ({ field: summary.date, content: summary }));
    return keepNewest(this.redis, userKeys(userId).activitySummaries(), exportInstant, statements);
  }

  /** All days, earliest first. @throws the errors of `RedisGateway` */
  async all(userId: string): Promise<ExportedActivitySummary[]> {
    const key = userKeys(userId).activitySummaries();
    const held = await this.redis.execute('read_activity', (client) => client.hgetall(key), REPEATABLE);
    const days = Object.values(held).map((value) => statementContent(value) as ExportedActivitySummary);
    return days.sort((a, b) => (a.date < b.date ? -1 : 1));
  }
}
