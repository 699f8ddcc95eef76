import { createRootLogger, EventLogger, LastKnownGood, RedisConnectionError, type RedisGateway } from '@app/common';
import { LogCapture } from '@app/common/testing';
import { ErasureNotices } from './erasure-notices.service';

const LOOK_EVERY_MS = 5_000;

describe('looking for erasures', () => {
  const logs = new LogCapture();
  const events = new EventLogger(createRootLogger({ level: 'debug', format: 'json', destination: logs }));
  const execute = jest.fn();
  const cache = new LastKnownGood({ maxBytes: 1_000, maxAgeMs: 1_000 }, events);
  const notices = new ErasureNotices({ execute } as unknown as RedisGateway, cache, events);

  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  // A rejection that nobody awaits would fail this test by itself.
  it.each([
    ['an outage is no error', new RedisConnectionError('look_for_erasures', undefined), 'debug'],
    ['a reply that nobody expected is one', Object.assign(new Error('WRONGTYPE'), { name: 'ReplyError' }), 'error'],
  ])('goes on: %s', async (_what, error, level) => {
    logs.clear();
    execute.mockRejectedValue(error);
    notices.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(2 * LOOK_EVERY_MS);
    await notices.onModuleDestroy();
    expect(logs.named('erasures_not_seen').map((line) => line.level)).toEqual([level, level]);
  });
});
