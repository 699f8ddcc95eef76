import { CurrentUser, RedisModule, type User, ValidationError } from '@app/common';
import {
  createTestApp,
  expectErrorEnvelope,
  expectSuccessEnvelope,
  startTestRedis,
  type TestApp,
  type TestRedis,
} from '@app/common/testing';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Idempotent } from '../../src/api/idempotency/idempotent.decorator';
import { ConfigModule } from '../../src/config/config.module';
import { loadConfig } from '../../src/config/load-config';
import { IdempotencyModule } from '../../src/services/idempotency/idempotency.module';

let calls: string[] = [];
let release: (() => void) | undefined;

@Controller({ path: 'orders', version: '1' })
class OrdersController {
  @Post()
  @HttpCode(201)
  @Idempotent()
  async order(@CurrentUser() user: User, @Body() body: { what: string }): Promise<{ number: number; what: string }> {
    calls.push(user.id);
    if (body.what === 'wrong') throw new ValidationError('VALIDATION_INVALID_INPUT');
    if (body.what === 'slow') await new Promise<void>((resolve) => (release = resolve));
    return { number: calls.length, what: body.what };
  }
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
): Promise<{ status: number; headers: Headers; body: unknown }> {
  const response = await fetch(`${app.url}/api/v1/orders`, {
    method: 'POST',
    headers: {
      ...(await app.bearer(user)),
      'content-type': 'application/json',
      ...(key && { 'idempotency-key': key }),
    },
    body: JSON.stringify({ what }),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
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
