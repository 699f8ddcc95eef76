import { NotFoundError, RedisGateway, userKeys } from '@app/common';
import { Redis } from 'ioredis';
import type { ChatTurn } from '../../src/services/chat-sessions/chat-session';
import { ChatSessionsRepository, MOST_TURNS } from '../../src/services/chat-sessions/chat-sessions.repository';
import type { LateTurns } from '../../src/services/chat-sessions/late-turns.service';
import { ChatSessionsService } from '../../src/services/chat-sessions/chat-sessions.service';
import { startTestRedis, type TestRedis } from '@app/common/testing';

const TTL_MS = 60_000;
const USER = 'user}with{braces';

function turn(message: string, answeredAt = Date.now()): ChatTurn {
  return { askedAt: answeredAt, answeredAt, message, response: `re: ${message}`, answeredBy: 'builtin', toolsUsed: [] };
}

describe('chat sessions', () => {
  let redis: TestRedis;
  let client: Redis;
  let sessions: ChatSessionsService;
  const keys = userKeys(USER);

  beforeAll(async () => {
    redis = await startTestRedis();
    client = new Redis(redis.url.replace('unix://', ''));
    const repository = new ChatSessionsRepository(new RedisGateway(client), TTL_MS);
    const late = { of: () => [], forget: () => undefined } as Partial<LateTurns> as LateTurns;
    sessions = new ChatSessionsService(repository, late);
  });

  beforeEach(() => client.flushall());

  afterAll(async () => {
    client.disconnect();
    await redis.stop();
  });

  it('gives ids that can’t be guessed and are never the same', () => {
    const ids = Array.from({ length: 1000 }, () => sessions.newId());
    expect(new Set(ids).size).toBe(1000);
    expect(ids[0]).toMatch(/^ses_[\w-]{24}$/);
  });

  it('starts the time to live anew with every turn', async () => {
    await sessions.begin(USER, 'ses_1', turn('a'));
    await client.pexpire(keys.session('ses_1'), 1000);
    await client.pexpire(keys.sessions(), 1000);
    await sessions.append(USER, 'ses_1', turn('b'));
    expect(await client.pttl(keys.session('ses_1'))).toBeGreaterThan(TTL_MS / 2);
    expect(await client.pttl(keys.sessions())).toBeGreaterThan(TTL_MS / 2);
  });

  it('keeps a turn once, when it was not told that it is kept and tries again', async () => {
    const first = { ...turn('a'), id: 'one' };
    await sessions.begin(USER, 'ses_1', first);
    await sessions.begin(USER, 'ses_1', first);
    const second = { ...turn('b'), id: 'two' };
    await sessions.append(USER, 'ses_1', second);
    await sessions.append(USER, 'ses_1', second);
    expect(await client.llen(keys.session('ses_1'))).toBe(2);
  });

  it('does not bring back a session that is gone', async () => {
    await sessions.begin(USER, 'ses_1', turn('a'));
    await sessions.delete(USER, 'ses_1');
    await expect(sessions.append(USER, 'ses_1', turn('b'))).rejects.toBeInstanceOf(NotFoundError);
    expect(await client.keys('*')).toEqual([]);
  });

  it('forgets sessions that have expired from the list', async () => {
    await sessions.begin(USER, 'ses_old', turn('a', Date.now() - 2 * TTL_MS));
    await sessions.begin(USER, 'ses_new', turn('b'));
    expect(await client.zrange(keys.sessions(), '0', '-1')).toEqual(['ses_new']);
  });

  it('skips a session whose turns have expired before its place in the list', async () => {
    await sessions.begin(USER, 'ses_1', turn('a'));
    await sessions.begin(USER, 'ses_2', turn('b'));
    await client.del(keys.session('ses_1'));
    const { sessions: listed } = await sessions.list(USER, { limit: 10 });
    expect(listed.map(({ sessionId }) => sessionId)).toEqual(['ses_2']);
  });

  it('keeps the newest turns of a long session, and pages on by number', async () => {
    await sessions.begin(USER, 'ses_1', turn('1'));
    for (let at = 2; at <= MOST_TURNS + 10; at += 1) await sessions.append(USER, 'ses_1', turn(String(at)));
    expect(await client.llen(keys.session('ses_1'))).toBe(MOST_TURNS);
    const first = await sessions.messages(USER, 'ses_1', { limit: 4 });
    expect(first.messages.map(({ content }) => content)).toEqual(['11', 're: 11', '12', 're: 12']);
    await sessions.append(USER, 'ses_1', turn('one more'));
    const second = await sessions.messages(USER, 'ses_1', { limit: 2, cursor: first.nextCursor ?? '' });
    expect(second.messages.map(({ content }) => content)).toEqual(['13', 're: 13']);
    expect((await sessions.list(USER, { limit: 1 })).sessions).toMatchObject([{ turns: MOST_TURNS + 11, title: '12' }]);
  });

  it('lists sessions of the same millisecond each once', async () => {
    const now = Date.now();
    const ids = Array.from({ length: 7 }, (_, at) => `ses_${at}`);
    for (const id of ids) await sessions.begin(USER, id, turn(id, now));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await sessions.list(USER, { limit: 2, cursor });
      seen.push(...page.sessions.map(({ sessionId }) => sessionId));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen.toSorted()).toEqual(ids);
  });

  it('numbers turns that race without a gap', async () => {
    await sessions.begin(USER, 'ses_1', turn('0'));
    await Promise.all(Array.from({ length: 50 }, (_, at) => sessions.append(USER, 'ses_1', turn(String(at)))));
    const elements = await client.lrange(keys.session('ses_1'), 0, -1);
    expect(elements.map((element) => Number.parseInt(element, 10))).toEqual(
      Array.from({ length: 51 }, (_, at) => at + 1),
    );
  });
});
