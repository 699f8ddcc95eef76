import { setTimeout as sleep } from 'node:timers/promises';
import { LoadSampler } from './load-sampler';

describe('the samples of load', () => {
  it('tell how late the event loop is, on average since the last look', async () => {
    const sampler = new LoadSampler();
    sampler.start();
    for (let round = 0; round < 3; round++) {
      await sleep(1);
      blockFor(300);
    }
    await sleep(1);
    const busy = sampler.eventLoopDelayMs();
    expect(busy).toBeGreaterThan(100);
    await sleep(300);
    expect(sampler.eventLoopDelayMs()).toBeLessThan(busy);
    sampler.stop();
  });

  it('do not take garbage for what is in use, when it would matter', () => {
    const sampler = new LoadSampler();
    const litter = (): unknown[] => Array.from({ length: 200 }, () => new Array<number>(50_000).fill(1));
    const size = litter().length;
    const unlimited = sampler.heapPercent(0);
    const limited = sampler.heapPercent(0.001);
    expect(size).toBe(200);
    expect(limited).toBeLessThan(unlimited);
  });
});

function blockFor(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
