import { randomUUID } from 'node:crypto';
import { METHODS } from 'node:http';
import { FakeLlmServer } from '@app/common/testing';
import { startWellnessApp, type WellnessApp } from '../support/wellness-app';
import { sendRaw } from './support/raw-socket';
import { scrape } from './support/scrape';

const USERS = 10_000;
const AT_ONCE = 50;
const CHATS = 60;
const LIMIT_MS = 240_000;

interface Call {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly payload?: string;
}

/** Everything a caller can make up. */
const KINDS: ReadonlyArray<(authorization: string) => Call> = [
  () => ({ method: 'GET', url: `/${randomUUID()}` }),
  () => ({ method: 'GET', url: `/api/v1/${randomUUID()}/${randomUUID()}?${randomUUID()}=1` }),
  () => ({ method: METHODS[Math.floor(Math.random() * METHODS.length)] ?? 'GET', url: `/api/v1/${randomUUID()}` }),
  () => ({ method: 'GET', url: `/errors/${randomUUID().toUpperCase()}` }),
  (authorization) => ({
    method: 'GET',
    url: `/api/v1/health-data/records?metric_types=${randomUUID()}&time_period=2024`,
    headers: { authorization },
  }),
  (authorization) => ({ method: 'GET', url: `/api/v1/imports/${randomUUID()}`, headers: { authorization } }),
  (authorization) => ({
    method: 'POST',
    url: '/api/v1/health-data/records',
    headers: { authorization, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    payload: JSON.stringify({ records: [{ metric_type: randomUUID(), value: 1, unit: randomUUID() }] }),
  }),
  () => ({ method: 'GET', url: '/api/v1/me', headers: { authorization: `Bearer ${randomUUID()}` } }),
  () => ({ method: 'POST', url: `/api/v1/admin/resilience/${randomUUID()}/isolate` }),
  () => ({ method: 'GET', url: '/errors', headers: { 'x-correlation-id': randomUUID(), 'user-agent': randomUUID() } }),
];

describe('the number of series', () => {
  let llm: FakeLlmServer;
  let app: WellnessApp;

  beforeAll(async () => {
    llm = await FakeLlmServer.start();
    app = await startWellnessApp({ LLM_BASE_URL: llm.url, LLM_MODEL: 'test-model', LOG_LEVEL: 'silent' });
  });
  afterAll(async () => {
    await app.close();
    await llm.stop();
  });

  const call = async ({ method, ...options }: Call): Promise<number> => {
    const server = app.app.getHttpAdapter().getInstance();
    return (await server.inject({ method: method as 'GET', ...options })).statusCode;
  };

  /** One request of each of these users, of all kinds in turn. */
  const ask = async (users: number): Promise<void> => {
    for (let user = 0; user < users; user += AT_ONCE) {
      const batch = Array.from({ length: Math.min(AT_ONCE, users - user) }, async (_, at) => {
        const { authorization } = await app.bearer(`${randomUUID()}-${user + at}`, ['health:read', 'health:write']);
        return call((KINDS[(user + at) % KINDS.length] ?? KINDS[0]!)(authorization));
      });
      await Promise.all(batch);
    }
  };

  /** A model that makes tools, metrics and periods up. */
  const chat = async (times: number): Promise<void> => {
    llm.respond((_, number) =>
      number % 3 === 0
        ? { kind: 'text', text: `It is ${Math.random()}.` }
        : { kind: 'tools', calls: [{ name: number % 3 === 1 ? randomUUID() : 'get_health_metrics', arguments: { metric_types: [randomUUID()], time_period: randomUUID() } }] },
    ); // prettier-ignore
    for (let chats = 0; chats < times; chats++) {
      const headers = { ...(await app.bearer(randomUUID(), ['chat'])), 'content-type': 'application/json' };
      const payload = JSON.stringify({ message: randomUUID() });
      await call({ method: 'POST', url: '/api/v1/chat/stateless', headers, payload });
    }
  };

  /** Which events and outcomes there are depends on what else happens meanwhile; they are declared. */
  const series = async (): Promise<Set<string>> => {
    const { samples } = await scrape(app.port);
    const ours = samples.filter(
      ({ name, labels }) => name.startsWith('wellness_') && !('event' in labels) && !('outcome' in labels),
    );
    return new Set(ours.map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`));
  };

  it(
    'is the same after ten thousand users, random paths, methods, metrics, codes and tools',
    async () => {
      const garbage = (): Promise<unknown> => sendRaw(app.port, `${randomUUID()} / HTTP/1.1\r\n\r\n`);
      // Each kind with each method a few times, so that every answer it can get has been given.
      for (const method of METHODS) await call({ method, url: `/api/v1/${randomUUID()}` });
      await ask(20 * KINDS.length);
      await chat(5);
      await garbage();
      // Scraping is a request like any other.
      await scrape(app.port);
      const before = await series();

      await ask(USERS);
      await chat(CHATS);
      for (let time = 0; time < 50; time++) await garbage();
      const after = await series();

      expect([...after].filter((each) => !before.has(each))).toEqual([]);
      expect((await scrape(app.port)).value('wellness_http_requests_total')).toBeGreaterThan(USERS);
      expect(after.size).toBeLessThan(5_000);
    },
    LIMIT_MS,
  );
});
