import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ErrorCode } from '@app/common';
import { createTestApp, expectErrorEnvelope, expectSuccessEnvelope, type TestApp } from '@app/common/testing';
import { FaultController } from './support/fault.controller';
import { type RawAnswer, sendRaw, sendRawAndEnd } from './support/raw-socket';

const RECEIVE_TIMEOUT_MS = 300;
const GET = 'GET /api/v1/faults/ok HTTP/1.1\r\nHost: x\r\n';
const POST = 'POST /api/v1/faults/form HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
const CLOSE = 'Connection: close\r\n\r\n';

interface Row {
  readonly what: string;
  readonly code: ErrorCode;
  readonly bytes: string | Buffer;
}

/** What no HTTP client library lets one send. */
const ROWS: readonly Row[] = [
  { what: 'garbage', code: 'REQUEST_HTTP_MALFORMED', bytes: 'this is not http\r\n\r\n' },
  {
    what: 'binary garbage',
    code: 'REQUEST_HTTP_MALFORMED',
    bytes: Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00]),
  },
  { what: 'an unknown method', code: 'REQUEST_HTTP_MALFORMED', bytes: `FETCH / HTTP/1.1\r\nHost: x\r\n\r\n` },
  { what: 'an unknown version', code: 'REQUEST_HTTP_MALFORMED', bytes: 'GET / HTTP/9.9\r\nHost: x\r\n\r\n' },
  {
    what: 'a control character in the path',
    code: 'REQUEST_HTTP_MALFORMED',
    bytes: 'GET /a\x01b HTTP/1.1\r\nHost: x\r\n\r\n',
  },
  {
    what: 'raw bytes above ASCII in the path',
    code: 'REQUEST_HTTP_MALFORMED',
    bytes: Buffer.from(`GET /caf\xe9 HTTP/1.1\r\nHost: x\r\n${CLOSE}`, 'latin1'),
  },
  { what: 'a header without a name', code: 'REQUEST_HTTP_MALFORMED', bytes: `${GET}: nameless\r\n\r\n` },
  { what: 'NUL in a header', code: 'REQUEST_HTTP_MALFORMED', bytes: `${GET}X-Zero: a\0b\r\n\r\n` },
  {
    what: 'two Content-Lengths',
    code: 'REQUEST_HTTP_MALFORMED',
    bytes: `${POST}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`,
  },
  {
    what: 'a Content-Length that is no number',
    code: 'REQUEST_HTTP_MALFORMED',
    bytes: `${POST}Content-Length: two\r\n\r\n{}`,
  },
  {
    what: 'Content-Length with chunks',
    code: 'REQUEST_HTTP_MALFORMED',
    bytes: `${POST}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}`,
  },
  {
    what: 'a chunk size that is no number',
    code: 'REQUEST_HTTP_MALFORMED',
    bytes: `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n`,
  },
  { what: 'no Host', code: 'REQUEST_HTTP_MALFORMED', bytes: `GET / HTTP/1.1\r\n${CLOSE}` },
  { what: 'two Hosts', code: 'REQUEST_HTTP_MALFORMED', bytes: `${GET}Host: y\r\n${CLOSE}` },
  {
    what: 'an expectation nobody knows',
    code: 'REQUEST_EXPECTATION_FAILED',
    bytes: `${POST}Expect: miracles\r\nContent-Length: 2\r\n\r\n{}`,
  },
  {
    what: 'headers over the limit',
    code: 'REQUEST_HEADERS_TOO_LARGE',
    bytes: `${GET}X-Large: ${'h'.repeat(17_000)}\r\n\r\n`,
  },
  {
    what: 'a request line over the limit',
    code: 'REQUEST_HEADERS_TOO_LARGE',
    bytes: `GET /${'p'.repeat(17_000)} HTTP/1.1\r\n\r\n`,
  },
  { what: 'CONNECT', code: 'ROUTE_METHOD_NOT_ALLOWED', bytes: 'CONNECT db.internal:5432 HTTP/1.1\r\nHost: x\r\n\r\n' },
  {
    what: 'a target that is no path',
    code: 'ROUTE_PATH_NOT_FOUND',
    bytes: `OPTIONS * HTTP/1.1\r\nHost: x\r\n${CLOSE}`,
  },
  { what: 'stalled headers', code: 'REQUEST_BODY_TIMEOUT', bytes: GET },
  { what: 'a stalled request line', code: 'REQUEST_BODY_TIMEOUT', bytes: 'GET /he' },
  { what: 'a stalled body', code: 'REQUEST_BODY_TIMEOUT', bytes: `${POST}Content-Length: 20\r\n\r\n{"name":` },
  {
    what: 'a stalled chunked body',
    code: 'REQUEST_BODY_TIMEOUT',
    bytes: `${POST}Transfer-Encoding: chunked\r\n\r\n5\r\n{"nam\r\n`,
  },
  {
    what: 'a stalled upload',
    code: 'REQUEST_BODY_TIMEOUT',
    bytes:
      'POST /api/v1/faults/upload HTTP/1.1\r\nHost: x\r\nContent-Type: application/zip\r\nContent-Length: 99\r\n\r\nPK',
  },
];

describe('what an HTTP client cannot send', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await createTestApp({ controllers: [FaultController], http: { receiveTimeoutMs: RECEIVE_TIMEOUT_MS } });
  });
  afterAll(() => app.close());
  beforeEach(() => app.logs.clear());

  it.each(ROWS.map((row) => [row.what, row] as const))('%s is answered, logged and hung up on', async (_what, row) => {
    const answers = await sendRaw(app.port, row.bytes);
    expect(answers).toHaveLength(1);
    const error = expectErrorEnvelope(answers[0] as RawAnswer, row.code);
    expect(answers[0]?.headers.connection).toBe('close');
    const lines = app.logs.lines.filter(({ correlation_id }) => correlation_id === error.correlation_id);
    expect(lines).toEqual([expect.objectContaining({ level: 'info', error_code: row.code })]);
  });

  it('answers every request of a pipeline in its order', async () => {
    const answers = await sendRaw(app.port, `${GET}\r\nGET /nope HTTP/1.1\r\nHost: x\r\n\r\n${GET}${CLOSE}`);
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 200]);
    expectSuccessEnvelope(answers[2] as RawAnswer);
  });

  it('answers a good request before the garbage that follows it', async () => {
    const slow = 'GET /api/v1/faults/numbers/7 HTTP/1.1\r\nHost: x\r\n\r\n';
    const answers = await sendRaw(app.port, `${slow}garbage garbage\r\n\r\n`);
    expectSuccessEnvelope(answers[0] as RawAnswer);
    expectErrorEnvelope(answers[1] as RawAnswer, 'REQUEST_HTTP_MALFORMED');
  });

  it('uses the id of the request whose body turns out to be broken', async () => {
    const [answer] = await sendRaw(
      app.port,
      `${POST}X-Correlation-ID: mine\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
    );
    expect(expectErrorEnvelope(answer as RawAnswer, 'REQUEST_HTTP_MALFORMED').correlation_id).toBe('mine');
  });

  it('takes HTTP/1.0 without a Host, and a client that expects to continue', async () => {
    expect((await sendRaw(app.port, 'GET /api/v1/faults/ok HTTP/1.0\r\n\r\n'))[0]?.status).toBe(200);
    const answers = await sendRaw(app.port, `${POST}Expect: 100-continue\r\nContent-Length: 2\r\n${CLOSE}{}`);
    expect(answers.map(({ status }) => status)).toEqual([100, 400]);
  });

  it('answers a client that has closed its own side', async () => {
    const [answer] = await sendRawAndEnd(app.port, `${GET}\r\n`);
    expectSuccessEnvelope(answer as RawAnswer);
  });

  it('lets an upload take longer than the limit as long as it keeps coming', async () => {
    const head =
      'POST /api/v1/faults/upload HTTP/1.1\r\nHost: x\r\nContent-Type: application/zip\r\nContent-Length: 6\r\n';
    const answer = new Promise<string>((resolve) => {
      const socket = connect(app.port, '127.0.0.1', () => {
        void (async () => {
          socket.write(`${head}${CLOSE}`);
          for (const letter of 'abcdef') {
            await sleep(RECEIVE_TIMEOUT_MS / 3);
            socket.write(letter);
          }
        })();
      });
      socket.on('data', (chunk) => resolve(chunk.toString('utf8')));
    });
    expect(await answer).toContain('"bytes":6');
  });

  describe('a client that goes away', () => {
    it('is logged as 499, aborts the work, and is no failure', async () => {
      const faults = app.app.get(FaultController);
      faults.seen.length = 0;
      const socket = connect(app.port, '127.0.0.1', () =>
        socket.write('GET /api/v1/faults/hangs HTTP/1.1\r\nHost: x\r\n\r\n'),
      );
      while (app.drain.inFlight === 0) await sleep(5);
      socket.destroy();
      while (app.logs.named('request_aborted').length === 0) await sleep(5);
      expect(faults.seen).toEqual(['ClientGoneError']);
      expect(app.logs.named('request_aborted')).toEqual([
        expect.objectContaining({ level: 'info', status: 499, route: '/api/v1/faults/hangs' }),
      ]);
      await sleep(20);
      expect(app.logs.lines.filter(({ level }) => level === 'error' || level === 'warn')).toEqual([]);
      expect(app.logs.text).not.toContain('stack');
      expect(app.drain.inFlight).toBe(0);
    });
  });
});
