import { eventually, startTestRedis, TcpFaultProxy } from '@app/common/testing';
import { startWellnessApp, type WellnessApp } from '../support/wellness-app';

/** The longest shutdown of the product is 30 s; nothing that waits for Redis may use that up. */
const LIMIT_MS = 20_000;

async function millisecondsToClose(app: WellnessApp): Promise<number> {
  const startedAt = Date.now();
  await app.app.close();
  return Date.now() - startedAt;
}

describe('an application whose Redis', () => {
  let app: WellnessApp;

  beforeEach(async () => {
    app = await startWellnessApp({ ROLE: 'all' });
  });

  afterEach(async () => {
    app.redis.server.signal('SIGCONT');
    await app.close();
  });

  it('is gone closes all the same', async () => {
    await app.redis.server.stop();
    expect(await millisecondsToClose(app)).toBeLessThan(LIMIT_MS);
  });

  it('hangs closes all the same', async () => {
    app.redis.server.signal('SIGSTOP');
    expect(await millisecondsToClose(app)).toBeLessThan(LIMIT_MS);
  });
});

describe('an application whose network', () => {
  /** Far less than what a queue is given to finish what it does. */
  const SOON_MS = 5_000;

  it('forgets its connections without a word closes without waiting for answers that never come', async () => {
    const redis = await startTestRedis();
    const path = decodeURIComponent(redis.url.slice('unix://'.length));
    const proxy = await TcpFaultProxy.start({ upstream: { path }, protocol: 'redis' });
    const app = await startWellnessApp({ ROLE: 'all' }, { redis: { ...redis, url: `redis://${proxy.address}` } });
    await eventually(() => proxy.traffic.commands({ command: 'bzpopmin' }) > 0);
    await proxy.inject({ kind: 'sever' });
    const ms = await millisecondsToClose(app);
    await app.close();
    await proxy.close();
    expect(ms).toBeLessThan(SOON_MS);
  });
});
