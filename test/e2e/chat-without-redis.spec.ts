import type { ErrorCode } from '@app/common';
import { eventually, expectErrorEnvelope, expectSuccessEnvelope } from '@app/common/testing';
import request from 'supertest';
import { fillChatData } from '../fixtures/chat-world';
import { startWellnessApp, type WellnessApp } from '../support/wellness-app';

describe('chat while Redis is away', () => {
  let app: WellnessApp;
  let alice: { authorization: string };

  beforeAll(async () => {
    app = await startWellnessApp({ REDIS_COMMAND_TIMEOUT_MS: '1000', REDIS_BREAKER_OPEN_MS: '300' });
    alice = await app.bearer('alice-of-the-chat', ['chat']);
    await fillChatData(app.app, 'alice-of-the-chat');
  });

  afterAll(() => app.close());

  const post = (path: string, body: object): request.Test =>
    request(app.server).post(`/api/v1/chat/${path}`).set(alice).send(body);

  it('answers without memory, keeps the session id, and says what it could not do', async () => {
    const session = { message: 'steps in all my data, all time' };
    const other = expectSuccessEnvelope<{ session_id: string }>(await post('stateful', session)).session_id;
    const { session_id } = expectSuccessEnvelope<{ session_id: string }>(await post('stateful', session));
    app.redis.server.signal('SIGSTOP');
    try {
      const data = expectSuccessEnvelope<{ response: string }>(
        await post('stateful', { message: 'and heart rate?', session_id }),
      );
      expect(data).toMatchObject({ session_id, memory_stats: { short_term_messages: 0, degraded: true } });
      const leaning = expectSuccessEnvelope(
        await post('stateful', { message: 'and the week before?', session_id: other }),
      );
      expect(leaning).toMatchObject({
        response: expect.stringMatching(/^I cannot look up what we said before/) as string,
      });
      const question = expectSuccessEnvelope<{ response: string }>(
        await post('stateless', { message: 'steps last week' }),
      );
      expect(question).toMatchObject({
        response: expect.stringContaining('try again') as string,
        tools_used: [{ success: false, error_code: 'HEALTH_DATA_UNAVAILABLE' }],
      });
      const sessions = await request(app.server).get('/api/v1/chat/sessions').set(alice);
      expect(['REDIS_OPERATION_TIMEOUT', 'REDIS_CONNECTION_FAILED', 'REDIS_CIRCUIT_OPEN']).toContain(
        sessions.body.error.code,
      );
      expect(expectErrorEnvelope(sessions, sessions.body.error.code as ErrorCode).details).toEqual({});
    } finally {
      app.redis.server.signal('SIGCONT');
    }
    await eventually(async () => {
      const response = await request(app.server).get(`/api/v1/chat/sessions/${session_id}/messages`).set(alice);
      if (response.status !== 200) return false;
      const { messages } = expectSuccessEnvelope<{ messages: { content: string }[] }>(response);
      return messages.length === 4 && messages[2]?.content === 'and heart rate?';
    });
    await eventually(() => app.logs.named('chat_turn_kept_late').length === 2);
    expect(app.logs.named('chat_memory_degraded').map(({ operation }) => operation)).toContain('recall');
  });
});
