import { expectErrorEnvelope } from '@app/common/testing';
import request from 'supertest';
import { startWellnessApp, type WellnessApp } from '../support/wellness-app';

let app: WellnessApp;

beforeAll(async () => {
  app = await startWellnessApp();
});

afterAll(() => app.close());

describe('a body nested 200,000 levels deep', () => {
  const body = `{"message":"hi","extra":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;

  it.each([{}, { 'idempotency-key': 'deep-0001' }])(
    'is refused, with %j, like any other that is wrong',
    async (headers) => {
      const token = await app.bearer('deep-0001', ['chat']);
      const sent = request(app.server)
        .post('/api/v1/chat/stateful')
        .set({ ...token, ...headers });
      expectErrorEnvelope(await sent.type('json').send(body), 'VALIDATION_INVALID_INPUT');
    },
  );
});

describe('a member with a name of 100,000 letters', () => {
  it('is not told at length', async () => {
    const token = await app.bearer('long-0001', ['chat']);
    const body = { message: 'hi', ['n'.repeat(100_000)]: 1 };
    const response = await request(app.server).post('/api/v1/chat/stateless').set(token).send(body);
    expectErrorEnvelope(response, 'VALIDATION_INVALID_INPUT');
    expect(JSON.stringify(response.body).length).toBeLessThan(1_000);
  });
});

describe('a body of 60,000 members', () => {
  const body = Object.fromEntries(Array.from({ length: 60_000 }, (_, i) => [`m${i}`, i]));

  it.each([
    ['patch', '/api/v1/me'],
    ['post', '/api/v1/health-data/records'],
    ['post', '/api/v1/chat/stateless'],
  ] as const)('is refused by %s %s before it costs anything', async (method, path) => {
    const token = await app.bearer('wide-0001', ['health:read', 'health:write', 'chat']);
    const startedAt = Date.now();
    const response = await request(app.server)[method](path).set(token).send(body);
    expect(Date.now() - startedAt).toBeLessThan(3_000);
    expectErrorEnvelope(response, 'VALIDATION_INVALID_INPUT');
    expect(JSON.stringify(response.body).length).toBeLessThan(2_000);
  });
});
