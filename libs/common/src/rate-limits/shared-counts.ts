import { Injectable } from '@nestjs/common';
import { RedisGateway } from '../redis/redis-gateway';

/** What a process asks of the count that all processes share for one caller and limit. */
export interface SharedLease {
  readonly key: string;
  readonly limit: number;
  readonly windowMs: number;
  /** Permits that are wanted now; the answer may be less only when the limit has no more. */
  readonly needed: number;
  /** Permits that may be given beyond those; fewer when little is left. */
  readonly ahead: number;
  /** What was counted elsewhere and is to be added. */
  readonly report: number;
  /** The count as it was last told, and how long its window still runs; mends a count that was lost. */
  readonly known: { readonly used: number; readonly msLeft: number };
}

export interface SharedCount {
  readonly granted: number;
  /** The count, with what was granted and reported. */
  readonly used: number;
  /** Milliseconds until it starts again; 0 when nothing is counted. */
  readonly msLeft: number;
}

/** Counts that several processes share. */
export abstract class SharedCounts {
  /** All leases in one step, an answer for each; their keys live in one slot of a cluster. */
  abstract lease(leases: readonly SharedLease[]): Promise<SharedCount[]>;
}

/**
 * Per key, seven arguments: limit, window ms, needed, ahead, report, known count, known ms left. A count that is gone
 * before its window is over (Redis came back empty) starts from what the caller knows; so does one that others have
 * started again since, which is told from the next window by when it ends.
 */
const LEASE = `
local answers = {}
for i, key in ipairs(KEYS) do
  local at = (i - 1) * 7
  local limit, window, needed = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  local ahead, report = tonumber(ARGV[at + 4]), tonumber(ARGV[at + 5])
  local known, knownLeft = tonumber(ARGV[at + 6]), tonumber(ARGV[at + 7])
  local stored, left = tonumber(redis.call('GET', key) or '0'), redis.call('PTTL', key)
  if left <= 0 then
    stored = 0
    left = knownLeft > 0 and knownLeft or window
  end
  local used = stored
  if knownLeft > 0 and math.abs(left - knownLeft) <= window / 10 then used = math.max(used, known) end
  used = used + report
  local free = math.max(limit - used, 0)
  local granted = math.min(free, needed + math.min(ahead, math.floor(math.max(free - needed, 0) / 8)))
  used = used + granted
  if used > stored then redis.call('SET', key, string.format('%.0f', used), 'PX', left) end
  answers[i] = { granted, used, used > 0 and left or 0 }
end
return answers
`;

/** Counts in Redis, one string a caller and limit, which expires with its window. */
@Injectable()
export class RedisSharedCounts extends SharedCounts {
  constructor(private readonly redis: RedisGateway) {
    super();
  }

  /** @throws the errors of `RedisGateway` */
  async lease(leases: readonly SharedLease[]): Promise<SharedCount[]> {
    const keys = leases.map(({ key }) => key);
    const reply = await this.redis.execute('lease_permits', (client) =>
      client.eval(LEASE, keys.length, ...keys, ...leases.flatMap(argumentsOf)),
    );
    return (reply as Array<[number, number, number]>).map(([granted, used, msLeft]) => ({ granted, used, msLeft }));
  }
}

function argumentsOf({ limit, windowMs, needed, ahead, report, known }: SharedLease): number[] {
  return [limit, windowMs, needed, ahead, report, known.used, known.msLeft];
}
