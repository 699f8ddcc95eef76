import { LogCapture } from '../testing/log-capture';
import { EventLogger } from '../logging/event-logger';
import { createRootLogger } from '../logging/root-logger';
import { MaintenanceMode } from './maintenance-mode';
import { MaintenanceService } from './maintenance.service';
import type { MaintenanceStore } from './maintenance-store';

const LOOK_EVERY_MS = 2_000;

describe('maintenance, when Redis replies what nobody expected', () => {
  const logs = new LogCapture();
  const wrongType = Object.assign(new Error('WRONGTYPE Operation against a key'), { name: 'ReplyError' });
  const load = jest.fn(() => Promise.reject(wrongType));
  const logger = createRootLogger({ level: 'debug', format: 'json', destination: logs });
  const service = new MaintenanceService(
    { load } as unknown as MaintenanceStore,
    new MaintenanceMode(),
    new EventLogger(logger),
  );

  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  // A rejection that nobody awaits would fail this test by itself.
  it('keeps looking, and logs each time, for nobody waits who could be told', async () => {
    await service.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(2 * LOOK_EVERY_MS);
    expect(load).toHaveBeenCalledTimes(3);
    expect(logs.named('maintenance_not_read')).toMatchObject([
      { level: 'error', err: { code: 'WRONGTYPE' } },
      { level: 'error' },
      { level: 'error' },
    ]);
    await service.onModuleDestroy();
    await jest.advanceTimersByTimeAsync(2 * LOOK_EVERY_MS);
    expect(load).toHaveBeenCalledTimes(3);
  });

  it('tells whoever asks', async () => {
    await expect(service.read()).rejects.toBe(wrongType);
  });
});
