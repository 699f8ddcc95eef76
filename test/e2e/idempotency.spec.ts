import {
  currentContext,
  CurrentUser,
  EventStream,
  EventStreams,
  InfrastructureError,
  RedisModule,
  type StreamEvent,
  type User,
  ValidationError,
} from '@app/common';
import {
  createTestApp,
  eventually,
  expectErrorEnvelope,
  expectSuccessEnvelope,
  startTestRedis,
  type TestApp,
  type TestRedis,
} from '@app/common/testing';
import { Body, Controller, HttpCode, Post, RequestMethod, type StreamableFile, UseInterceptors } from '@nestjs/common';
import { IdempotencyKey } from '../../src/api/idempotency/idempotency-key.decorator';
import { Idempotent } from '../../src/api/idempotency/idempotent.decorator';
import { ReplayInterceptor } from '../../src/api/idempotency/replay.interceptor';
import { ConfigModule } from '../../src/config/config.module';
import { loadConfig } from '../../src/config/load-config';
import { IdempotencyModule } from '../../src/services/idempotency/idempotency.module';
import { IdempotencyService, type Replayable } from '../../src/services/idempotency/idempotency.service';

let calls: string[] = [];
let release: (() => void) | undefined;

@Controller({ path: 'orders', version: '1' })
class OrdersController {
  constructor(
    private readonly idempotency: IdempotencyService,
    private readonly streams: EventStreams,
  ) {}

  @EventStream('stream', { method: RequestMethod.POST })
  @UseInterceptors(ReplayInterceptor)
  async stream(
    @CurrentUser() user: User,
    @Body() { what }: { what: string },
    @IdempotencyKey() key?: string,
  ): Promise<Replayable<StreamableFile>> {
    const { answer, replayed } = await this.idempotency.stream(
      { userId: user.id, route: 'POST /orders/stream', key },
      () => Promise.resolve(what),
      () => serve(user, what),
      ({ type }) => type === 'done',
    );
    return { answer: await this.streams.open(answer), replayed };
  }

  @Post()
  @HttpCode(201)
  @Idempotent()
  async order(@CurrentUser() user: User, @Body() body: { what: string }): Promise<{ number: number; what: string }> {
    calls.push(user.id);
    if (body.what === 'wrong') throw new ValidationError('VALIDATION_INVALID_INPUT');
    if (body.what === 'slow') await new Promise<void>((resolve) => (release = resolve));
    if (body.what === 'nobody waits' && calls.length === 1) await gone();
    return { number: calls.length, what: body.what };
  }
}

async function* serve(user: User, what: string): AsyncIterable<StreamEvent> {
  calls.push(user.id);
  yield { type: 'pour', data: { what } };
  if (what === 'broken' && calls.length === 1) throw new InfrastructureError('STORAGE_IO_FAILED');
  if (what === 'slow') await gone();
  yield { type: 'done', data: { number: calls.length } };
}

/** Until nobody waits for the answer any more. */
function gone(): Promise<never> {
  const signal = currentContext()?.signal ?? AbortSignal.abort();
  return new Promise((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
  );
}

let redis: TestRedis;
let app: TestApp;

beforeAll(async () => {
  redis = await startTestRedis();
  const settings = { url: redis.url, connectTimeoutMs: 500, commandTimeoutMs: 1_000 };
  app = await createTestApp({
    imports: [
      ConfigModule.forRoot(loadConfig({ NODE_ENV: 'test' })),
      RedisModule.forRootAsync({ useFactory: () => settings }),
      IdempotencyModule,
    ],
    controllers: [OrdersController],
  });
});
afterAll(async () => {
  await app.close();
  await redis.stop();
});
beforeEach(() => {
  calls = [];
});

async function order(
  user: string,
  what: string,
  key?: string,
  signal: AbortSignal | null = null,
): Promise<{ status: number; headers: Headers; body: unknown }> {
  const response = await fetch(`${app.url}/api/v1/orders`, {
    method: 'POST',
    headers: {
      ...(await app.bearer(user)),
      'content-type': 'application/json',
      ...(key && { 'idempotency-key': key }),
    },
    body: JSON.stringify({ what }),
    signal,
  });
  return answerOf(response);
}

describe('a JSON route that heeds Idempotency-Key', () => {
  it('does the work once and gives the same answer again', async () => {
    const first = await order('user-one', 'tea', 'k1');
    const again = await order('user-one', 'tea', 'k1');
    expect(expectSuccessEnvelope(again, 201)).toEqual({ number: 1, what: 'tea' });
    expect(again.body).toEqual(first.body);
    expect(calls).toHaveLength(1);
    expect([first, again].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true']);
  });

  it('does the work each time without a key, and for each user', async () => {
    await order('user-one', 'tea');
    await order('user-one', 'tea');
    await order('user-two', 'tea', 'shared');
    await order('user-three', 'tea', 'shared');
    expect(calls).toEqual(['user-one', 'user-one', 'user-two', 'user-three']);
  });

  it('refuses the key for another request', async () => {
    await order('user-four', 'tea', 'k');
    expectErrorEnvelope(await order('user-four', 'milk', 'k'), 'IDEMPOTENCY_KEY_REUSED');
  });

  it('frees the key of work that failed', async () => {
    expectErrorEnvelope(await order('user-five', 'wrong', 'k'), 'VALIDATION_INVALID_INPUT');
    expectSuccessEnvelope(await order('user-five', 'tea', 'k'), 201);
  });

  it('says so while the first request is being answered', async () => {
    const first = order('user-six', 'slow', 'k');
    while (calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expectErrorEnvelope(await order('user-six', 'slow', 'k'), 'IDEMPOTENCY_REQUEST_RUNNING');
    release?.();
    expectSuccessEnvelope(await first, 201);
  });

  it('frees the key when the client leaves', async () => {
    const client = new AbortController();
    const left = order('user-eight', 'nobody waits', 'k', client.signal);
    await eventually(() => calls.length === 1);
    client.abort();
    await expect(left).rejects.toThrow('aborted');
    await eventually(async () => (await order('user-eight', 'nobody waits', 'k')).status === 201);
    expect(calls).toHaveLength(2);
  });

  it('keeps the answer for a day', async () => {
    await order('user-seven', 'tea', 'k');
    const { Redis } = await import('ioredis');
    const client = new Redis(new URL(redis.url).pathname);
    const [key = ''] = (await client.keys('*')).filter((each) =>
      each.includes(Buffer.from('user-seven').toString('base64url')),
    );
    const seconds = await client.ttl(key);
    client.disconnect();
    expect(seconds).toBeGreaterThan(86_400 - 60);
    expect(seconds).toBeLessThanOrEqual(86_400);
  });
});

describe('an event stream that heeds Idempotency-Key', () => {
  const stream = async (user: string, what: string, signal: AbortSignal | null = null): Promise<Response> =>
    fetch(`${app.url}/api/v1/orders/stream`, {
      method: 'POST',
      headers: { ...(await app.bearer(user)), 'content-type': 'application/json', 'idempotency-key': 'k' },
      body: JSON.stringify({ what }),
      signal,
    });

  it('gives all its events again, and says so', async () => {
    const first = await stream('stream-one', 'tea');
    const again = await stream('stream-one', 'tea');
    expect([await first.text(), first.headers.get('idempotency-replayed')]).toEqual([await again.text(), null]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(calls).toHaveLength(1);
  });

  it('frees the key when it fails half-way', async () => {
    expect(await (await stream('stream-two', 'broken')).text()).toContain('STORAGE_IO_FAILED');
    expect(await (await stream('stream-two', 'broken')).text()).toContain('event: done');
    expect(calls).toHaveLength(2);
  });

  it('frees the key when the client leaves before the end', async () => {
    const client = new AbortController();
    const response = await stream('stream-three', 'slow', client.signal);
    expect(response.status).toBe(200);
    expectErrorEnvelope(await answerOf(await stream('stream-three', 'slow')), 'IDEMPOTENCY_REQUEST_RUNNING');
    client.abort();
    await eventually(async () => {
      const next = await stream('stream-three', 'tea');
      return next.status === 200 && (await next.text()).includes('event: done');
    });
    expect(calls).toHaveLength(2);
  });
});

async function answerOf(response: Response): Promise<{ status: number; headers: Headers; body: unknown }> {
  return { status: response.status, headers: response.headers, body: await response.json() };
}
