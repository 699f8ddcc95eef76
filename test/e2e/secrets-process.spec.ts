import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, startTestRedis, TcpFaultProxy, type TestRedis, tokenFor } from '@app/common/testing';
import { ApplicationProcess } from '../support/application-process';
import { call, type HttpCall } from './support/http';
import { type ApiDocument, lostCalls, markedCalls } from './support/marked-calls';
import { Secrets } from './support/secrets';

jest.setTimeout(120_000);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('a process prints nothing private', () => {
  let redis: TestRedis;
  let proxy: TcpFaultProxy;
  let dataDir: string;
  let application: ApplicationProcess | undefined;

  beforeEach(async () => {
    redis = await startTestRedis();
    const upstream = { path: redis.url.replace(/^unix:\/\//, '') };
    proxy = await TcpFaultProxy.start({ upstream, protocol: 'redis' });
    dataDir = await mkdtemp(join(tmpdir(), 'wellness-secrets-'));
  });
  afterEach(async () => {
    await application?.kill();
    await proxy.close();
    await redis.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  // What is written for people goes another way than what is written for programs.
  it.each(['json', 'pretty'])('in a log that is %s, from its start to its end', async (format) => {
    const secrets = new Secrets();
    secrets.add('hunter2', 'what was thrown');
    const secret = `${secrets.mark('AUTH_JWT_SECRET')}-${secrets.mark('AUTH_JWT_SECRET')}`;
    const port = await freePort();
    const app = (application = ApplicationProcess.spawn({
      NODE_ENV: 'production',
      LOG_LEVEL: 'trace',
      LOG_FORMAT: format,
      PORT: String(port),
      DATA_DIR: dataDir,
      AUTH_JWT_SECRET: secret,
      REDIS_URL: `redis://default:${secrets.mark('the password of Redis')}@${proxy.address}`,
      LLM_BASE_URL: `http://127.0.0.1:9/${secrets.mark('the path of the model')}`,
      LLM_API_KEY: secrets.mark('LLM_API_KEY'),
      LLM_MODEL: 'test-model',
      LLM_RETRY_BASE_MS: '1',
      SHUTDOWN_GRACE_MS: '0',
      RATE_LIMIT_USER_PER_MINUTE: '1000000',
      RATE_LIMIT_ADDRESS_PER_MINUTE: '1000000',
      RATE_LIMIT_ERRORS_PER_MINUTE: '1000000',
    }));
    const get = (path: string): Promise<string> =>
      call(port, { path }).then(
        ({ body }) => body,
        () => '',
      );
    await eventually(async () => (await get('/health/live')) !== '', 60_000);
    const document = JSON.parse(await get('/openapi.json')) as ApiDocument;
    const scopes = ['health:read', 'health:write', 'chat', 'admin'];
    const authorization = `Bearer ${await tokenFor(secrets.mark('a user'), scopes, { secret })}`;
    const sweep = async (): Promise<void> => {
      const calls = [...markedCalls(document, secrets, authorization), ...lostCalls(secrets, authorization)];
      await Promise.all(calls.map((made: HttpCall) => call(port, made).catch(() => undefined)));
    };
    await sweep();
    await proxy.inject({ kind: 'refuse' });
    await sweep();
    app.child.kill('SIGUSR2');
    await eventually(
      () => app.stdout.includes('promise_rejection_unhandled') && app.stdout.includes('library_printed'),
    );
    app.child.kill('SIGWINCH');
    expect(await app.exitCode()).toBe(1);
    expect(app.stdout).toContain('application_stopped');
    expect(secrets.foundIn(app.stdout)).toEqual([]);
    expect(secrets.foundIn(app.stderr)).toEqual([]);
    expect(app.stderr).toBe('');
  });
});
