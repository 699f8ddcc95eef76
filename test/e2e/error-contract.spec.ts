import { type ErrorCode, errorDefinition } from '@app/common';
import {
  createTestApp,
  expectErrorEnvelope,
  expectSuccessEnvelope,
  type LogLine,
  type TestApp,
} from '@app/common/testing';
import { at, BYPASSES, JSON_HEADERS, MAX_BODY_BYTES } from './support/bypass-table';
import { FaultController, SECRET } from './support/fault.controller';
import { call, type HttpAnswer, post } from './support/http';
import { PAUSE, type RawAnswer, sendRaw } from './support/raw-socket';

describe('the error contract', () => {
  let app: TestApp;
  let faults: FaultController;

  beforeAll(async () => {
    app = await createTestApp({
      controllers: [FaultController],
      http: { maxBodyBytes: MAX_BODY_BYTES, deadlines: { default: 200, slow: 5_000 } },
    });
    faults = app.app.get(FaultController);
  });
  afterAll(() => app.close());
  beforeEach(() => app.logs.clear());

  describe.each(BYPASSES.map((row) => [row.path, row] as const))('%s', (_name, row) => {
    it(`answers ${row.code} in the envelope, with the caller's correlation id, and logs it`, async () => {
      const id = 'caller-7.f8_A';
      const headers = { ...(row.call.headers as Record<string, string> | undefined), 'x-correlation-id': id };
      const response = await call(app.port, { ...row.call, headers });
      const error = expectErrorEnvelope(response, row.code);
      if (row.details !== undefined) expect(error.details).toEqual(row.details);
      expect(response.body).not.toContain(SECRET);
      // Headers that cannot be parsed cannot be honoured either.
      const isParsed = row.code !== 'REQUEST_HEADERS_TOO_LARGE';
      expect(error.correlation_id === id).toBe(isParsed);
      await expectLogged(error.correlation_id, row.code);
      expect(app.logs.text).not.toContain(SECRET);
    });
  });

  async function expectLogged(id: string, code: ErrorCode): Promise<void> {
    const status = errorDefinition(code).status;
    const lines = await linesOf(id, (found) =>
      found.some(({ event }) => event === 'request_completed' || event === 'request_unparsable'),
    );
    expect(lines.filter(({ status: logged, error_code }) => logged === status && error_code === code)).not.toEqual([]);
    const failures = lines.filter(({ event }) => event === 'request_failed');
    expect(failures).toHaveLength(status >= 500 ? 1 : 0);
    for (const failure of failures)
      expect(failure).toMatchObject({ level: 'error', err: { type: expect.any(String) as string } });
    // A stack is for bugs and outages; what a client did wrong has none.
    expect(lines.some((line) => JSON.stringify(line).includes('"stack"')) && status < 500).toBe(false);
  }

  async function linesOf(id: string, until: (lines: LogLine[]) => boolean): Promise<LogLine[]> {
    for (let attempt = 0; ; attempt += 1) {
      const lines = app.logs.lines.filter((line) => line.correlation_id === id);
      if (until(lines) || attempt === 200) return lines;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  describe('successes', () => {
    it('are enveloped, with null where there is nothing', async () => {
      expect(expectSuccessEnvelope(await call(app.port, at('ok')))).toEqual({ pong: true });
      expect(expectSuccessEnvelope(await call(app.port, at('nothing')))).toBeNull();
    });

    it('come for JSON with a charset, and for a DELETE that announces JSON and sends none', async () => {
      const body = { name: 'ada', password: 'x', records: [{ end: 1 }] };
      const charset = { 'content-type': 'application/json; charset="UTF-8"' };
      expect(expectSuccessEnvelope(await post(app.port, '/api/v1/faults/form', body, charset), 201)).toEqual(body);
      expectSuccessEnvelope(await call(app.port, at('thing', { method: 'DELETE', headers: JSON_HEADERS })));
    });

    it('tell OPTIONS what a path allows, and nothing about a path that is not there', async () => {
      const known = await call(app.port, at('form', { method: 'OPTIONS' }));
      expect([known.status, known.headers.allow, known.body]).toEqual([204, 'OPTIONS, POST', '']);
      expectErrorEnvelope(await call(app.port, { path: '/nope', method: 'OPTIONS' }), 'ROUTE_PATH_NOT_FOUND');
    });

    it('have no body for HEAD, errors neither', async () => {
      const good = await call(app.port, at('ok', { method: 'HEAD' }));
      const bad = await call(app.port, at('throw/redis', { method: 'HEAD' }));
      expect([good.status, good.body, bad.status, bad.body]).toEqual([200, '', 503, '']);
      expect(bad.headers['retry-after']).toBe('5');
    });
  });

  describe('validation', () => {
    it('names all fields at once, with nested paths, short values and no secrets', async () => {
      const long = 'n'.repeat(300);
      const response = await post(app.port, '/api/v1/faults/form', {
        name: long,
        password: SECRET,
        records: [{ end: 1 }, { end: -5 }],
        extra: { whole: 'payload' },
      });
      const { details } = expectErrorEnvelope(response, 'VALIDATION_INVALID_INPUT');
      const errors = details.errors as Array<{ field: string; value?: unknown }>;
      expect(errors.map(({ field }) => field).sort()).toEqual(['extra', 'name', 'password', 'records[1].end']);
      const valueOf = (name: string): unknown => errors.find(({ field }) => field === name)?.value;
      expect(valueOf('name')).toBe(`${'n'.repeat(100)}…`);
      expect([valueOf('password'), valueOf('extra'), valueOf('records[1].end')]).toEqual([undefined, undefined, -5]);
      expect(details).toMatchObject({ field: errors[0]?.field });
      expect(response.body).not.toContain(SECRET);
    });

    it('asks for a body where one is needed', async () => {
      const response = await call(app.port, at('form', { method: 'POST' }));
      const { details } = expectErrorEnvelope(response, 'VALIDATION_INVALID_INPUT');
      expect((details.errors as unknown[]).length).toBeGreaterThanOrEqual(2);
    });
  });

  describe('correlation', () => {
    const idOf = ({ headers }: HttpAnswer): unknown => headers['x-correlation-id'];

    it('takes a well-formed id, prefers X-Correlation-ID, and ignores others', async () => {
      const both = { 'x-correlation-id': 'first', 'x-request-id': 'second' };
      expect(idOf(await call(app.port, at('ok', { headers: both })))).toBe('first');
      expect(idOf(await call(app.port, at('ok', { headers: { 'x-request-id': 'second' } })))).toBe('second');
      const bad = await call(app.port, at('ok', { headers: { 'x-correlation-id': 'no spaces, please' } }));
      expect(idOf(bad)).toMatch(/^req_[\da-f]{16}$/);
      expect(bad.status).toBe(200);
    });

    it('makes one from the trace id', async () => {
      const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
      expect(idOf(await call(app.port, at('ok', { headers: { traceparent } })))).toBe('req_4bf92f3577b34da6');
    });

    it('is in the context of handlers, after a body was read, too', async () => {
      const headers = { 'x-correlation-id': 'inside' };
      const direct = expectSuccessEnvelope(await call(app.port, at('context', { headers })));
      expect(direct).toEqual({ correlation_id: 'inside', request_id: 'inside' });
      // In two parts: the second one arrives on an event of the socket, which knows nothing of the request's context.
      const [answer] = await sendRaw(
        app.port,
        'POST /api/v1/faults/context HTTP/1.1\r\nHost: x\r\nX-Correlation-ID: inside\r\nConnection: close\r\n' +
          'Content-Type: application/json\r\nContent-Length: 16\r\n\r\n{"some":',
        PAUSE,
        ' "body"}',
      );
      expect(expectSuccessEnvelope(answer as RawAnswer, 201)).toEqual({ correlation_id: 'inside' });
    });
  });

  describe('problem details', () => {
    const problem = { accept: 'application/problem+json' };

    it('replace the envelope for who asks for them', async () => {
      const response = await call(app.port, at('throw/business', { headers: problem }));
      const body = JSON.parse(response.body) as Record<string, unknown>;
      expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
      expect(body).toEqual({
        type: `http://127.0.0.1:${app.port}/errors/HEALTH_DATA_NOT_FOUND`,
        title: 'Health data not found',
        status: 422,
        detail: 'No health data found for the requested time period',
        instance: response.headers['x-correlation-id'],
        code: 'HEALTH_DATA_NOT_FOUND',
        details: { time_period: 'last_30_days', available_periods: ['2024'] },
        correlation_id: response.headers['x-correlation-id'],
        timestamp: expect.stringMatching(/Z$/) as string,
      });
    });

    it('come for paths the router refuses, and never carry a made-up host', async () => {
      const response = await call(app.port, { path: '/%zz', headers: { ...problem, host: 'evil.example/<x>' } });
      expect(response.status).toBe(400);
      expect((JSON.parse(response.body) as { type: string }).type).toBe(
        'http://localhost/errors/REQUEST_URL_MALFORMED',
      );
    });

    it('are not for those who like JSON better', async () => {
      const accept = 'application/json, application/problem+json;q=0.5';
      expectErrorEnvelope(await call(app.port, at('throw/business', { headers: { accept } })), 'HEALTH_DATA_NOT_FOUND');
    });
  });

  it('takes back what a handler had announced about its body', async () => {
    const { headers } = await call(app.port, at('typed'));
    expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8' });
    expect(headers).not.toHaveProperty('content-disposition');
  });

  describe('deadlines', () => {
    it('end a request that takes too long, and tell its handler', async () => {
      faults.seen.length = 0;
      const error = expectErrorEnvelope(await call(app.port, at('hangs')), 'REQUEST_DEADLINE_EXCEEDED');
      expect(error.details).toEqual({ deadline_ms: 200 });
      expect(faults.seen).toEqual(['InfrastructureError']);
    });

    it('answer for a handler that does not listen, whose late result goes nowhere', async () => {
      faults.seen.length = 0;
      expectErrorEnvelope(await call(app.port, at('deaf')), 'REQUEST_DEADLINE_EXCEEDED');
      while (faults.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      expectSuccessEnvelope(await call(app.port, at('ok')));
      expect(app.logs.named('request_failed')).toHaveLength(1);
    });

    it('can be longer for a route, and shorter for a request', async () => {
      expectSuccessEnvelope(await call(app.port, at('slow-lane')));
      const hurried = await call(app.port, at('slow-lane', { headers: { 'x-request-timeout-ms': '50' } }));
      expect(expectErrorEnvelope(hurried, 'REQUEST_DEADLINE_EXCEEDED').details).toEqual({ deadline_ms: 50 });
      const patient = await call(app.port, at('hangs', { headers: { 'x-request-timeout-ms': '60000' } }));
      expect(expectErrorEnvelope(patient, 'REQUEST_DEADLINE_EXCEEDED').details).toEqual({ deadline_ms: 200 });
    });
  });

  describe('answers that have begun', () => {
    it('are broken off when a stream fails, and logged once, as our failure', async () => {
      await expect(call(app.port, at('midway', { headers: { 'x-correlation-id': 'midway' } }))).rejects.toThrow();
      const lines = await linesOf('midway', (found) => found.some(({ event }) => event === 'request_completed'));
      expect(lines.map(({ event, level, error_code }) => [event, level, error_code])).toEqual([
        ['response_failed_midway', 'error', 'INTERNAL_SERVER_ERROR'],
        ['request_completed', 'info', 'INTERNAL_SERVER_ERROR'],
      ]);
      expect(app.logs.text).not.toContain(SECRET);
    });
  });
});
