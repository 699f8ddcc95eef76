import { setTimeout as sleep } from 'node:timers/promises';
import { createTestApp, expectErrorEnvelope, type TestApp } from '@app/common/testing';
import { FaultController, SECRET } from './support/fault.controller';
import { call, type HttpAnswer } from './support/http';

interface Event {
  readonly type: string;
  readonly data: unknown;
}

const DEADLINE_MS = 500;

describe('event streams', () => {
  let app: TestApp;
  let faults: FaultController;

  beforeEach(async () => {
    app = await createTestApp({ controllers: [FaultController], http: { deadlines: { default: DEADLINE_MS } } });
    faults = app.app.get(FaultController);
  });
  afterEach(() => app.close());

  const open = (kind: string, headers: Record<string, string> = {}): Promise<HttpAnswer> =>
    call(app.port, {
      method: 'POST',
      path: `/api/v1/faults/events/${kind}`,
      headers: { accept: 'text/event-stream', ...headers },
    });

  const eventsOf = ({ body }: HttpAnswer): Event[] =>
    body
      .split('\n\n')
      .filter((block) => block.startsWith('event: '))
      .map((block) => {
        const [first = '', second = ''] = block.split('\n');
        return { type: first.slice('event: '.length), data: JSON.parse(second.slice('data: '.length)) as unknown };
      });

  it('carry events as JSON and end with done', async () => {
    const answer = await open('fine', { 'x-correlation-id': 'stream-1' });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-correlation-id': 'stream-1',
    });
    expect(eventsOf(answer)).toEqual([
      { type: 'token', data: 'Hello' },
      { type: 'done', data: { answered: true } },
    ]);
    expect(faults.seen).toEqual(['fine ended']);
  });

  it('get a done when the source forgets it', async () => {
    expect(eventsOf(await open('unended')).at(-1)).toEqual({ type: 'done', data: {} });
  });

  it('answer with a status when the source fails before its first event', async () => {
    expectErrorEnvelope(await open('early'), 'REDIS_CONNECTION_FAILED');
  });

  it.each([
    ['the source fails', 'late'],
    ['an event does not serialise', 'unprintable'],
  ])('end with an error event when %s after the first one', async (_what, kind) => {
    const answer = await open(kind, { 'x-correlation-id': 'stream-2' });
    const last = eventsOf(answer).at(-1);
    expect(answer.status).toBe(200);
    expect(last?.type).toBe('error');
    expect(last?.data).toEqual({
      code: 'INTERNAL_SERVER_ERROR',
      message: 'Something went wrong on our side',
      details: {},
      correlation_id: 'stream-2',
      timestamp: expect.stringMatching(/Z$/) as string,
    });
    expect(answer.body).not.toContain(SECRET);
    expect(app.logs.named('response_failed_midway')).toHaveLength(1);
    expect(app.logs.text).not.toContain(SECRET);
  });

  it('send a heartbeat while the source is quiet', async () => {
    const answer = await open('quiet');
    expect(answer.body.split(': heartbeat\n\n').length - 1).toBeGreaterThanOrEqual(2);
    expect(eventsOf(answer).at(-1)?.type).toBe('done');
  });

  it('say so when the deadline ends them', async () => {
    const last = eventsOf(await open('endless')).at(-1);
    expect(last).toMatchObject({
      type: 'error',
      data: { code: 'REQUEST_DEADLINE_EXCEEDED', details: { deadline_ms: DEADLINE_MS } },
    });
    while (faults.seen.length === 0) await sleep(5);
    expect(faults.seen).toEqual(['endless ended']);
  });

  it('say goodbye when the process shuts down', async () => {
    const answer = open('endless', { 'x-request-timeout-ms': String(DEADLINE_MS) });
    while (app.drain.inFlight === 0) await sleep(5);
    await sleep(60);
    app.drain.refuse();
    app.drain.hurry();
    expect(eventsOf(await answer).at(-1)).toMatchObject({ type: 'error', data: { code: 'SYSTEM_SHUTTING_DOWN' } });
  });

  it('end their source when the client goes away', async () => {
    const leaving = new AbortController();
    const response = await fetch(`${app.url}/api/v1/faults/events/endless`, { method: 'POST', signal: leaving.signal });
    await response.body?.getReader().read();
    leaving.abort();
    while (faults.seen.length === 0) await sleep(5);
    expect(faults.seen).toEqual(['endless ended']);
    while (app.logs.named('request_aborted').length === 0) await sleep(5);
    expect(app.logs.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
