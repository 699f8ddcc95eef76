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
