import { randomUUID } from 'node:crypto';
import { Diagnostics, ProcessFaults } from '@app/common';
import {
  eventually,
  FakeLlmServer,
  type LlmReply,
  startTestRedis,
  TcpFaultProxy,
  TEST_SECRET,
} from '@app/common/testing';
import { EventEmitter } from 'node:events';
import { exportXml, recordXml, zipOf } from '../../fixtures/health-export';
import { ROUTES } from '../../faults/routes';
import { FixtureMaker } from '../../faults/support/fixture-maker';
import { startWellnessApp, type WellnessApp } from '../../support/wellness-app';
import { call, type HttpAnswer, type HttpCall } from './http';
import { leak, leakyModule, LEAKS } from './leaky.controller';
import { type ApiDocument, lostCalls, markedCalls } from './marked-calls';
import { Secrets } from './secrets';

const AT_A_TIME = 8;
const SCOPES = ['health:read', 'health:write', 'chat'];
const ENVIRONMENT = {
  LOG_LEVEL: 'trace',
  LLM_MODEL: 'test-model',
  LLM_RETRY_MAX: '1',
  LLM_RETRY_BASE_MS: '1',
  LLM_BREAKER_THRESHOLD: '1000',
  REDIS_BREAKER_THRESHOLD: '1000',
  REDIS_COMMAND_TIMEOUT_MS: '300',
  REDIS_RETRY_MAX: '1',
  REDIS_RETRY_BASE_MS: '5',
  REQUEST_TIMEOUT_MS: '3000',
};

/** A whole application whose users, dependencies and handlers have secrets, all of them known here. */
export class SecretWorld {
  /** Those of users: for themselves alone. */
  readonly theirs = new Secrets();
  /** Those of the service: for nobody. */
  readonly ours: Secrets;
  /** What was answered to anybody, for `ours`. */
  readonly answers: string[] = [];
  readonly correlationIds: string[] = [];
  private document: ApiDocument = { paths: {} };
  private authorization = '';

  private constructor(
    readonly app: WellnessApp,
    readonly llm: FakeLlmServer,
    readonly proxy: TcpFaultProxy,
    ours: Secrets,
  ) {
    this.ours = ours;
  }

  static async start(): Promise<SecretWorld> {
    const ours = new Secrets();
    ours.add(TEST_SECRET, 'AUTH_JWT_SECRET');
    const [redis, llm] = await Promise.all([startTestRedis(), FakeLlmServer.start()]);
    const path = redis.url.replace(/^unix:\/\//, '');
    const proxy = await TcpFaultProxy.start({ upstream: { path }, protocol: 'redis' });
    const url = `redis://default:${ours.mark('the password of Redis')}@${proxy.address}`;
    const { server } = redis;
    const stop = (): Promise<void> => proxy.close().then(() => redis.stop());
    const environment = { ...ENVIRONMENT, LLM_BASE_URL: llm.url, LLM_API_KEY: ours.mark('LLM_API_KEY') };
    const app = await startWellnessApp(environment, { redis: { url, server, stop }, features: [leakyModule(ours)] });
    const world = new SecretWorld(app, llm, proxy, ours);
    await world.prepare();
    return world;
  }

  /** Everything that must not hold what is `theirs`, and nothing else. */
  async told(): Promise<string> {
    const another = await this.app.bearer('somebody-else', [...SCOPES, 'admin']);
    const get = async (path: string): Promise<string> => (await call(this.app.port, { path, headers: another })).body;
    const pages = ['/', '/health', '/health/ready', '/metrics', '/errors', '/openapi.json'];
    const routes = ROUTES.filter(({ route }) => route.startsWith('GET /api/v1/') && !route.includes('{'));
    const paths = [...pages, ...routes.map(({ route }) => route.slice('GET '.length))];
    const isKept = (id: string): boolean => this.app.app.get(Diagnostics).find(id).length > 0;
    const traces = this.correlationIds.filter(isKept).map((id) => `/api/v1/admin/errors/${id}`);
    const told = [this.app.logs.text];
    for (const path of [...paths, '/api/v1/admin/errors?limit=500', ...traces]) told.push(await get(path));
    return told.join('\n');
  }

  /** Every route of the document with secrets in every place, what is no route, and every route as it is meant. */
  async sweep(): Promise<void> {
    const { theirs, authorization } = this;
    await this.send([...markedCalls(this.document, theirs, authorization), ...lostCalls(theirs, authorization)]);
    await this.asMeant();
  }

  /** Every route with what it needs to do its work, by the user whose everything is secret. */
  async asMeant(): Promise<void> {
    const fixtures = { ...this.fixtures, authorization: this.authorization };
    await this.send(ROUTES.map(({ call: made }) => made(fixtures)));
    await this.send([this.chat('chat/stateless'), this.chat('chat/stateful'), this.chat('chat/stateless/stream')]);
  }

  /** Data, questions and files that are accepted. */
  async live(): Promise<void> {
    const { theirs } = this;
    const record = {
      source: theirs.mark('the source of a record'),
      value: String(theirs.number('the value of a record')),
      device: theirs.mark('a device'),
      metadata: { [theirs.mark('the name of metadata')]: theirs.mark('metadata') },
    };
    const xml = exportXml(recordXml(record));
    const zip = await zipOf({ [`${theirs.mark('a file in a zip')}/export.xml`]: xml });
    const pushed = { ...PUSHED, value: theirs.number('a pushed value'), source: theirs.mark('a pushed source') };
    await this.send([
      this.post('health-data/records', JSON.stringify({ records: [pushed] })),
      this.post('health-data/records', JSON.stringify({ records: [{ ...pushed, unit: theirs.mark('a unit') }] })),
      this.post('imports', xml, 'application/xml'),
      this.post('imports', zip, 'application/zip'),
      this.post('imports', `${xml.slice(0, -30)}<${theirs.mark('an element that never ends')} `, 'application/xml'),
      this.post('imports', zip.subarray(0, -40), 'application/zip'),
      this.post('imports', form(xml, theirs.mark('the name of a file')), 'multipart/form-data; boundary=x'),
    ]);
    await eventually(() => this.importsEnded() >= 3);
    await this.asMeant();
  }

  /** The model says this whenever it is asked. */
  async answering(reply: LlmReply): Promise<void> {
    this.llm.respond((_completion, number) => (number % 2 === 1 ? reply : { kind: 'text', text: 'Fine.' }));
    const routes = ['chat/stateless', 'chat/stateful', 'chat/stateless/stream', 'chat/stateful/stream'];
    for (const route of routes) await this.send([this.chat(route)]);
    this.llm.respond({ kind: 'text', text: 'Fine.' });
  }

  /** Handlers, and promises that nobody awaits, fail with errors that carry secrets. */
  async failing(): Promise<void> {
    await this.send(LEAKS.map((what) => ({ path: `/api/v1/leaks/throw/${what}` })));
    const faults = new EventEmitter();
    this.app.app.get(ProcessFaults).listen(() => undefined, faults);
    for (const what of LEAKS) {
      faults.emit('unhandledRejection', await leak(what, this.ours));
      faults.emit('uncaughtException', await leak(what, this.ours));
    }
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.llm.stop();
  }

  private get fixtures(): Parameters<(typeof ROUTES)[number]['call']>[0] {
    return this.made as Parameters<(typeof ROUTES)[number]['call']>[0];
  }

  private made: object = {};

  private async prepare(): Promise<void> {
    const { body } = await call(this.app.port, { path: '/openapi.json' });
    this.document = JSON.parse(body) as ApiDocument;
    this.made = await (await FixtureMaker.for(this.app)).prepare();
    const { authorization } = await this.app.bearer(this.theirs.mark('a user'), [...SCOPES, 'admin']);
    this.theirs.add(authorization.slice('Bearer '.length), 'a token');
    this.authorization = authorization;
  }

  private importsEnded(): number {
    const ends = ['import_completed', 'import_failed'];
    return this.app.logs.lines.filter(({ event }) => ends.includes(event)).length;
  }

  private chat(route: string): HttpCall {
    const message = `How many steps did I take in 2024, ${this.theirs.mark('a question')}?`;
    return this.post(route, JSON.stringify({ message }));
  }

  private post(route: string, body: string | Buffer, type = 'application/json'): HttpCall {
    const headers = { authorization: this.authorization, 'content-type': type };
    return { method: 'POST', path: `/api/v1/${route}`, headers, body };
  }

  private async send(calls: readonly HttpCall[]): Promise<void> {
    const left = [...calls];
    const client = async (): Promise<void> => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        this.answers.push(JSON.stringify(await this.ask(next)));
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, client));
  }

  private async ask(made: HttpCall): Promise<HttpAnswer | undefined> {
    const id = `secret-${randomUUID()}`;
    this.correlationIds.push(id);
    const headers = { 'x-correlation-id': id, 'x-server-timing': '1', ...(made.headers as object) };
    // A body that is too large is not read to its end: the answer may be lost with the connection.
    return call(this.app.port, { ...made, headers }).catch(() => undefined);
  }
}

const PUSHED = {
  metric_type: 'StepCount',
  unit: 'count',
  start: '2024-06-01T10:00:00Z',
  end: '2024-06-01T10:01:00Z',
};

function form(content: string, fileName: string): string {
  const disposition = `content-disposition: form-data; name="file"; filename="${fileName}.xml"`;
  return `--x\r\n${disposition}\r\n\r\n${content}\r\n--x--\r\n`;
}
