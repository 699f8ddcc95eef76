import {
  currentContext,
  type EventLogger,
  InfrastructureError,
  newContext,
  ownerOf,
  type PolicyListener,
  runInContext,
} from '@app/common';
import type { ChatTurn } from './chat-session';
import type { ChatSessionsRepository } from './chat-sessions.repository';
import { LateTurns, MOST_LATE_TURNS } from './late-turns.service';

const AWAY = new InfrastructureError('REDIS_CIRCUIT_OPEN');

function turn(message: string): ChatTurn {
  return { askedAt: 1, answeredAt: 1, message, response: 'r', answeredBy: 'builtin', toolsUsed: [] };
}

function setUp() {
  const append = jest.fn<Promise<boolean>, Parameters<ChatSessionsRepository['append']>>().mockResolvedValue(true);
  const events = { info: jest.fn(), warn: jest.fn(), error: jest.fn() };
  let listener: PolicyListener = {};
  let erased: (owner: string) => void = () => undefined;
  const stop = jest.fn();
  const late = new LateTurns(
    { append } as Partial<ChatSessionsRepository> as ChatSessionsRepository,
    { subscribe: (given: PolicyListener) => ((listener = given), stop) } as never,
    { subscribe: (given: typeof erased) => ((erased = given), stop) } as never,
    events as Partial<EventLogger> as EventLogger,
  );
  late.onApplicationBootstrap();
  const add = (userId: string, sessionId: string, message: string): void =>
    late.add({ userId, sessionId, turn: turn(message), mustExist: true });
  const kept = (): string[] => append.mock.calls.map(([, { turn: each }]) => each.message);
  return { late, add, append, events, kept, close: () => listener.onState?.({ policy: 'redis', state: 'closed' }), erase: (user: string) => erased(ownerOf(user)) }; // prettier-ignore
}

describe('turns that could not be kept', () => {
  it('are kept in their order as soon as the circuit closes', async () => {
    const { late, add, kept, close, events } = setUp();
    for (const message of ['a', 'b', 'c']) add('u', 's', message);
    close();
    await late.keepHeld();
    expect(kept()).toEqual(['a', 'b', 'c']);
    expect(late.of('u', 's')).toEqual([]);
    expect(events.info).toHaveBeenCalledTimes(3);
    await late.onModuleDestroy();
  });

  it('come to a Redis that is back one at a time, not all at once', async () => {
    const { late, add, kept, close } = setUp();
    for (const message of ['a', 'b', 'c', 'd']) add('u', message, message);
    close();
    await late.keepHeldOf('u', 'd');
    expect(kept()).toEqual(['a', 'd']);
    const begunAt = performance.now();
    await late.keepHeld();
    expect(kept()).toEqual(['a', 'd', 'b', 'c']);
    expect(performance.now() - begunAt).toBeGreaterThan(50);
    await late.onModuleDestroy();
  });

  it('are not kept twice when their session is asked for meanwhile', async () => {
    const { late, add, append, kept, close } = setUp();
    append.mockImplementation(async () => new Promise((resolve) => setTimeout(() => resolve(true), 10)));
    for (const message of ['a', 'b', 'c']) add('u', 's', message);
    close();
    await Promise.all([late.keepHeldOf('u', 's'), late.keepHeldOf('u', 's')]);
    await late.keepHeld();
    expect(kept()).toEqual(['a', 'b', 'c']);
    await late.onModuleDestroy();
  });

  it('are kept whether or not the request that found Redis back is given up', async () => {
    const { late, add, append, events, close } = setUp();
    append.mockImplementation(async () => {
      currentContext()?.signal?.throwIfAborted();
      return Promise.resolve(true);
    });
    add('u', 's', 'a');
    add('u', 'other', 'b');
    await runInContext({ ...newContext(), signal: AbortSignal.abort() }, async () => {
      close();
      await late.keepHeldOf('u', 'other');
      await late.keepHeld();
    });
    expect(events.error).not.toHaveBeenCalled();
    expect(events.info).toHaveBeenCalledTimes(2);
    await late.onModuleDestroy();
  });

  it('are not waited for with pauses when the process ends', async () => {
    const { late, add, kept, close } = setUp();
    for (let at = 0; at < 100; at++) add('u', 's', String(at));
    close();
    const begunAt = performance.now();
    await late.onModuleDestroy();
    expect(kept()).toHaveLength(100);
    // With pauses it would take five seconds.
    expect(performance.now() - begunAt).toBeLessThan(1_000);
  });

  it('wait on, in their order, when Redis fails again', async () => {
    const { late, add, append, kept } = setUp();
    for (const message of ['a', 'b']) add('u', 's', message);
    append.mockResolvedValueOnce(true).mockRejectedValueOnce(AWAY);
    await late.keepHeld();
    expect(late.of('u', 's').map(({ message }) => message)).toEqual(['b']);
    await late.keepHeld();
    expect(kept()).toEqual(['a', 'b', 'b']);
    await late.onModuleDestroy();
  });

  it('do not come back for a session or a user that was deleted', async () => {
    const { late, add, kept, erase } = setUp();
    add('u', 's', 'a');
    add('u', 't', 'b');
    add('v', 's', 'c');
    late.forget('u', 's');
    erase('v');
    await late.keepHeld();
    expect(kept()).toEqual(['b']);
    await late.onModuleDestroy();
  });

  it('never take more room than they may, and are not lost in silence', async () => {
    const { late, add, append, events } = setUp();
    for (let at = 0; at <= MOST_LATE_TURNS; at++) add('u', 's', String(at));
    expect(late.of('u', 's')).toHaveLength(MOST_LATE_TURNS);
    expect(events.warn).toHaveBeenCalledWith('chat_turns_lost', { turns: 1, reason: 'no_room' });
    append.mockRejectedValue(AWAY);
    await late.onModuleDestroy();
    expect(events.warn).toHaveBeenLastCalledWith('chat_turns_lost', { turns: MOST_LATE_TURNS, reason: 'shutdown' });
  });

  it('do not hold up others when one of them is refused', async () => {
    const { late, add, append, kept, events } = setUp();
    for (const message of ['a', 'b']) add('u', 's', message);
    append.mockRejectedValueOnce(new TypeError('a bug'));
    await late.keepHeld();
    expect(kept()).toEqual(['a', 'b']);
    expect(events.error).toHaveBeenCalledTimes(1);
    await late.onModuleDestroy();
  });
});
