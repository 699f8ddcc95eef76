import { NotFoundError, RedisConnectionError } from '@app/common';
import type { ToolResult } from '../../tools/registry/tool-result';
import { Responder, type ResponderEvent, type TurnInput } from '../responder/responder';
import { AgentService } from './agent.service';
import { ConversationMemory } from './conversation-memory.service';
import type { TurnEvent } from './turn-event';

const END = {
  type: 'end',
  answeredBy: 'test',
  degraded: false,
  tokens: { promptTokens: 1, completionTokens: 2 },
} as const;
const AWAY = new RedisConnectionError('read_chat_turns', new Error('ECONNREFUSED'));
const RESULT: ToolResult = { success: true, data: { sum: 5 }, execution_time_ms: 1, correlation_id: 'req_1' };

class FakeResponder extends Responder {
  input?: TurnInput;
  constructor(private readonly script: (input: TurnInput) => AsyncIterable<ResponderEvent>) {
    super();
  }
  override respond(input: TurnInput): AsyncIterable<ResponderEvent> {
    this.input = input;
    return this.script(input);
  }
}

async function* sayFive({ tools }: TurnInput): AsyncIterable<ResponderEvent> {
  yield { type: 'tool', call: await tools.run('sum', {}) };
  yield { type: 'token', text: 'It is ' };
  yield { type: 'token', text: '5.' };
  yield { ...END, interpretation: { five: true } };
}

function setUp(script: (input: TurnInput) => AsyncIterable<ResponderEvent> = sayFive) {
  const sessions = {
    newId: () => 'ses_new',
    heldBack: jest.fn().mockReturnValue([]),
    history: jest.fn().mockResolvedValue([{ message: 'a', response: 'b' }]),
    begin: jest.fn().mockResolvedValue(undefined),
    append: jest.fn().mockResolvedValue(undefined),
  };
  const events = { info: jest.fn(), warn: jest.fn() };
  const preferences = { timeZone: 'Europe/Paris', timeZoneSource: 'setting', units: 'metric', weekStart: 'monday' };
  const profile = { preferences: jest.fn().mockResolvedValue(preferences) };
  const registry = { definitions: [], execute: jest.fn().mockResolvedValue(RESULT) };
  const responder = new FakeResponder(script);
  const memory = new ConversationMemory(sessions as never, events as never);
  const agent = new AgentService(responder, registry as never, memory, profile as never, events as never);
  return { agent, sessions, events, profile, registry, responder };
}

const never = (): AbortSignal => new AbortController().signal;

describe('a turn', () => {
  it('yields tools and tokens as they come, then the outcome', async () => {
    const { agent, sessions } = setUp();
    const seen: TurnEvent[] = [];
    for await (const event of agent.turn('u', { message: 'q', stateful: true, sessionId: 'ses_1' }, never()))
      seen.push(event);
    expect(seen.map(({ type }) => type)).toEqual(['tool', 'token', 'token', 'done']);
    expect(seen.at(-1)).toMatchObject({
      outcome: {
        response: 'It is 5.',
        sessionId: 'ses_1',
        memory: { shortTermMessages: 2, degraded: false },
        validation: { unmatched: [] },
      },
    });
    expect(sessions.append).toHaveBeenCalledWith(
      'u',
      'ses_1',
      expect.objectContaining({ message: 'q', response: 'It is 5.', interpretation: { five: true } }),
    );
  });

  it('begins a session when none is given, and keeps nothing without one', async () => {
    const { agent, sessions } = setUp();
    expect((await agent.answer('u', { message: 'q', stateful: true }, never())).sessionId).toBe('ses_new');
    expect(sessions.begin).toHaveBeenCalledTimes(1);
    expect((await agent.answer('u', { message: 'q', stateful: false }, never())).sessionId).toBeNull();
    expect(sessions.begin).toHaveBeenCalledTimes(1);
    expect(sessions.append).not.toHaveBeenCalled();
  });

  it('fails before the first event for a session that is not there', async () => {
    const { agent, sessions, registry } = setUp();
    const absent = new NotFoundError('CHAT_SESSION_NOT_FOUND');
    sessions.history.mockRejectedValue(absent);
    await expect(agent.answer('u', { message: 'q', stateful: true, sessionId: 'x' }, never())).rejects.toBe(absent);
    expect(registry.execute).not.toHaveBeenCalled();
  });

  it.each(['history', 'append'] as const)('goes on without a memory that fails (%s)', async (method) => {
    const { agent, sessions, events } = setUp();
    sessions[method].mockRejectedValue(AWAY);
    const outcome = await agent.answer('u', { message: 'q', stateful: true, sessionId: 'ses_1' }, never());
    expect(outcome).toMatchObject({
      response: 'It is 5.',
      sessionId: 'ses_1',
      memory: { degraded: true },
      degraded: false,
    });
    expect(events.warn).toHaveBeenCalledWith('chat_memory_degraded', expect.objectContaining({ err: AWAY }));
  });

  it('tells who answers that the turns before are missing', async () => {
    const { agent, sessions, responder } = setUp();
    sessions.history.mockRejectedValueOnce(AWAY);
    await agent.answer('u', { message: 'q', stateful: true, sessionId: 'ses_1' }, never());
    expect(responder.input).toMatchObject({ history: [], isHistoryLost: true });
    await agent.answer('u', { message: 'q', stateful: true, sessionId: 'ses_1' }, never());
    expect(responder.input).toMatchObject({ history: [{ message: 'a' }], isHistoryLost: false });
  });

  it('does not bring back a session that was deleted during the turn', async () => {
    const { agent, sessions } = setUp();
    sessions.append.mockRejectedValue(new NotFoundError('CHAT_SESSION_NOT_FOUND'));
    const outcome = await agent.answer('u', { message: 'q', stateful: true, sessionId: 'ses_1' }, never());
    expect(outcome.memory.degraded).toBe(true);
    expect(sessions.begin).not.toHaveBeenCalled();
  });

  it('answers a user whose settings can’t be read', async () => {
    const { agent, profile, responder } = setUp();
    profile.preferences.mockRejectedValue(AWAY);
    expect((await agent.answer('u', { message: 'q', stateful: false }, never())).response).toBe('It is 5.');
    expect(responder.input?.preferences.timeZone).toBe('UTC');
  });

  it('stops with the caller, keeps nothing, and gives the reason', async () => {
    const caller = new AbortController();
    const gone = new Error('gone');
    const { agent, sessions, registry } = setUp();
    registry.execute.mockImplementation(() => {
      caller.abort(gone);
      return Promise.resolve(RESULT);
    });
    await expect(agent.answer('u', { message: 'q', stateful: true }, caller.signal)).rejects.toBe(gone);
    expect(sessions.begin).not.toHaveBeenCalled();
  });

  it('runs no further tool for a caller that has gone', async () => {
    const caller = new AbortController();
    const { agent, registry } = setUp(async function* ({ tools }) {
      await tools.run('sum', {});
      yield { type: 'tool', call: await tools.run('sum', {}) };
    });
    registry.execute.mockImplementation(() => {
      caller.abort(new Error('gone'));
      return Promise.resolve(RESULT);
    });
    await expect(agent.answer('u', { message: 'q', stateful: false }, caller.signal)).rejects.toThrow('gone');
    expect(registry.execute).toHaveBeenCalledTimes(1);
  });

  it('passes on what the responder throws', async () => {
    const bug = new TypeError('bug');
    const { agent } = setUp(async function* () {
      yield { type: 'token', text: await Promise.resolve('x') };
      throw bug;
    });
    await expect(agent.answer('u', { message: 'q', stateful: false }, never())).rejects.toBe(bug);
  });
});
