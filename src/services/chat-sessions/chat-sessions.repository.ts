import { RedisGateway, REPEATABLE, userKeys } from '@app/common';
import { Inject, Injectable } from '@nestjs/common';
import { type ChatSession, type ChatTurn, type NumberedTurn, readTurn, titleOf } from './chat-session';

/** Injection token of the time a session is kept after its last turn, in ms. */
export const SESSION_TTL_MS = Symbol('SESSION_TTL_MS');

/** Older turns of a session are dropped. */
export const MOST_TURNS = 500;

/**
 * Appends a turn at the end, numbered, and starts the time to live of the session and of the list of sessions anew,
 * all at once: turns that race keep their order and their numbers. KEYS session, sessions; ARGV turn, now, TTL in ms,
 * most turns, session id, whether the session must be there, whether the turn has an id. Answers the turn's number, 0 when it had to be there and
 * was not: a session that was deleted meanwhile stays deleted. The very turn that is last already is not added again:
 * whoever appended it was not told.
 */
const APPEND = `
local last = redis.call('LINDEX', KEYS[1], -1)
if not last and ARGV[6] == '1' then return 0 end
if last and ARGV[7] == '1' and string.sub(last, string.find(last, ' ', 1, true) + 1) == ARGV[1] then return 1 end
local number = last and (tonumber(string.match(last, '^%d+')) + 1) or 1
redis.call('RPUSH', KEYS[1], string.format('%d %s', number, ARGV[1]))
redis.call('LTRIM', KEYS[1], -tonumber(ARGV[4]), -1)
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[5])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '(' .. string.format('%.0f', tonumber(ARGV[2]) - tonumber(ARGV[3])))
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return number
`;

export interface Append {
  readonly sessionId: string;
  readonly turn: ChatTurn;
  /** The session was there before: it is not made again when it is gone now. */
  readonly mustExist: boolean;
}

/** Chat sessions in Redis: a list of turns for each, and a sorted set of them by last turn. */
@Injectable()
export class ChatSessionsRepository {
  constructor(
    private readonly redis: RedisGateway,
    @Inject(SESSION_TTL_MS) private readonly ttlMs: number,
  ) {}

  /** Whether the turn was kept. */
  async append(userId: string, { sessionId, turn, mustExist }: Append): Promise<boolean> {
    const keys = userKeys(userId);
    const number = await this.redis.execute('append_chat_turn', (client) =>
      client.eval(
        APPEND,
        2,
        keys.session(sessionId),
        keys.sessions(),
        JSON.stringify(turn),
        turn.answeredAt,
        this.ttlMs,
        MOST_TURNS,
        sessionId,
        mustExist ? '1' : '0',
        turn.id === undefined ? '0' : '1',
      ),
    );
    return number !== 0;
  }

  /** The newest turns, oldest first; empty when there is no such session. */
  async latest(userId: string, sessionId: string, count: number): Promise<NumberedTurn[]> {
    return this.range(userId, sessionId, -count, -1);
  }

  /** At most `count` turns from number `from` on, and whether there is such a session at all. */
  async from(userId: string, sessionId: string, from: number, count: number): Promise<NumberedTurn[] | undefined> {
    const [first] = await this.range(userId, sessionId, 0, 0);
    if (first === undefined) return undefined;
    const index = Math.max(0, from - first.number);
    const turns = await this.range(userId, sessionId, index, index + count - 1);
    // Turns may have been dropped between the two reads; what is before the cursor was delivered already.
    return turns.filter(({ number }) => number >= from);
  }

  /** Sessions by last turn, newest first, from a place in that order on. */
  async list(
    userId: string,
    place: { readonly at: number; readonly skip: number },
    count: number,
  ): Promise<ChatSession[]> {
    const keys = userKeys(userId);
    const flat = await this.redis.execute(
      'list_chat_sessions',
      (client) => client.zrevrangebyscore(keys.sessions(), place.at, '-inf', 'WITHSCORES', 'LIMIT', place.skip, count),
      REPEATABLE,
    );
    const members = flat.flatMap((id, at) =>
      at % 2 === 0 ? [{ sessionId: id, lastTurnAt: Number(flat[at + 1]) }] : [],
    );
    if (members.length === 0) return [];
    const replies = await this.redis.pipeline(
      'read_chat_sessions',
      (pipeline) => {
        for (const { sessionId } of members) {
          pipeline.lindex(keys.session(sessionId), 0);
          pipeline.lindex(keys.session(sessionId), -1);
        }
      },
      REPEATABLE,
    );
    return members.map((member, at) => describe(member, replies[at * 2], replies[at * 2 + 1]));
  }

  /** Frees every key of the session; whether there was one. */
  async delete(userId: string, sessionId: string): Promise<boolean> {
    const keys = userKeys(userId);
    const [deleted] = await this.redis.pipeline('delete_chat_session', (pipeline) => {
      pipeline.del(keys.session(sessionId));
      pipeline.zrem(keys.sessions(), sessionId);
    });
    return deleted === 1;
  }

  private async range(userId: string, sessionId: string, start: number, stop: number): Promise<NumberedTurn[]> {
    const key = userKeys(userId).session(sessionId);
    const elements = await this.redis.execute(
      'read_chat_turns',
      (client) => client.lrange(key, start, stop),
      REPEATABLE,
    );
    return elements.map(readTurn);
  }
}

function describe(member: { sessionId: string; lastTurnAt: number }, first: unknown, last: unknown): ChatSession {
  // A session that has just expired is still in the set for a moment: it has no turns any more.
  const title = typeof first === 'string' ? titleOf(readTurn(first)) : '';
  return { ...member, title, turns: typeof last === 'string' ? readTurn(last).number : 0 };
}
