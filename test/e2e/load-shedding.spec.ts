import { setTimeout as sleep } from 'node:timers/promises';
import { LoadShedder, Operational, Probe, Public, RawResponse } from '@app/common';
import {
  createTestApp,
  eventually,
  expectErrorEnvelope,
  expectSuccessEnvelope,
  type TestApp,
} from '@app/common/testing';
import { Controller, Get, Post } from '@nestjs/common';
import { call, type HttpAnswer, post } from './support/http';

const MAX_IN_FLIGHT = 10;
const MAX_DELAY_MS = 150;
const NO_LIMITS = { eventLoopDelayMs: 0, heapPercent: 0, maxInFlight: 0 };

@Public()
@Controller({ path: 'work', version: '1' })
class WorkController {
  started = 0;
  private readonly waiting: Array<() => void> = [];

  @Get('held')
  async held(): Promise<string> {
    this.started += 1;
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    return 'done';
  }

  @Get()
  quick(): string {
    this.started += 1;
    return 'done';
  }

  @Post()
  write(): string {
    this.started += 1;
    return 'done';
  }

  @Probe()
  @RawResponse()
  @Get('probe')
  probe(): string {
    return 'alive';
  }

  @Operational()
  @Get('operational')
  operational(): string {
    return 'operated';
  }

  release(count: number): void {
    this.waiting.splice(0, count).forEach((resolve) => resolve());
  }
}

describe('load shedding', () => {
  let app: TestApp;
  let work: WorkController;
  let held: Array<Promise<HttpAnswer>> = [];

  const start = async (loadLimits: Partial<typeof NO_LIMITS>): Promise<void> => {
    app = await createTestApp({ controllers: [WorkController], http: { loadLimits: { ...NO_LIMITS, ...loadLimits } } });
    work = app.app.get(WorkController);
  };
  const get = (path: string): Promise<HttpAnswer> => call(app.port, { path: `/api/v1/work${path}` });
  const hold = async (count: number): Promise<void> => {
    held = Array.from({ length: count }, () => get('/held'));
    await eventually(() => work.started === count);
  };
  const began = (): unknown[] => app.logs.named('load_shedding_began');
  const ended = (): unknown[] => app.logs.named('load_shedding_ended');

  afterEach(async () => {
    work.release(MAX_IN_FLIGHT);
    await Promise.all(held.splice(0));
    await app.close();
  });

  describe('by requests in flight', () => {
    beforeEach(async () => {
      await start({ maxInFlight: MAX_IN_FLIGHT });
      await hold(MAX_IN_FLIGHT);
    });

    it('turns new requests away before any work, and says when to come again', async () => {
      const answers = [await get(''), await post(app.port, '/api/v1/work', { some: 'body' }), await get('/nowhere')];
      for (const answer of answers) expectErrorEnvelope(answer, 'SYSTEM_RESOURCES_EXHAUSTED');
      expect(work.started).toBe(MAX_IN_FLIGHT);
      expect(app.app.get(LoadShedder).snapshot()).toMatchObject({ exceeded: ['in_flight'], shed: { in_flight: 3 } });
    });

    it('spares probes, operators, and what is in progress', async () => {
      expectErrorEnvelope(await get(''), 'SYSTEM_RESOURCES_EXHAUSTED');
      expect((await get('/probe')).body).toBe('alive');
      expect(expectSuccessEnvelope(await get('/operational'))).toBe('operated');
      work.release(MAX_IN_FLIGHT);
      for (const answer of await Promise.all(held)) expectSuccessEnvelope(answer);
    });

    it('takes requests again when there is some room, not at the first that ends', async () => {
      expectErrorEnvelope(await get(''), 'SYSTEM_RESOURCES_EXHAUSTED');
      work.release(1);
      await held[0];
      expectErrorEnvelope(await get(''), 'SYSTEM_RESOURCES_EXHAUSTED');
      work.release(1);
      await held[1];
      expectSuccessEnvelope(await get(''));
    });

    it('is logged once when it begins and once when it ends, and as no error of the requests', async () => {
      for (let request = 0; request < 5; request++) expectErrorEnvelope(await get(''), 'SYSTEM_RESOURCES_EXHAUSTED');
      expect(began()).toEqual([
        expect.objectContaining({
          level: 'warn',
          measure: 'in_flight',
          value: MAX_IN_FLIGHT + 1,
          limit: MAX_IN_FLIGHT,
        }),
      ]);
      expect(app.logs.named('request_failed')).toEqual([]);
      work.release(MAX_IN_FLIGHT);
      await eventually(() => ended().length > 0);
      expect(ended()).toEqual([expect.objectContaining({ level: 'info', measure: 'in_flight', shed: 5 })]);
      expect(began()).toHaveLength(1);
    });
  });

  it('works with room for a single request', async () => {
    await start({ maxInFlight: 1 });
    await hold(1);
    expectErrorEnvelope(await get(''), 'SYSTEM_RESOURCES_EXHAUSTED');
    work.release(1);
    await Promise.all(held);
    expectSuccessEnvelope(await get(''));
  });

  it('begins when the event loop is late for some time, and ends when it is not any more', async () => {
    await start({ eventLoopDelayMs: MAX_DELAY_MS });
    await blockOnce(3 * MAX_DELAY_MS);
    const stop = keepBlocking(3 * MAX_DELAY_MS);
    try {
      await eventually(() => began().length > 0);
      expectErrorEnvelope(await get(''), 'SYSTEM_RESOURCES_EXHAUSTED');
      expect((await get('/probe')).body).toBe('alive');
    } finally {
      stop();
    }
    expect(began()).toEqual([expect.objectContaining({ measure: 'event_loop_delay_ms', limit: MAX_DELAY_MS })]);
    await eventually(() => ended().length > 0);
    expectSuccessEnvelope(await get(''));
  });

  it('begins when the heap is nearly full', async () => {
    await start({ heapPercent: 0.01 });
    await eventually(() => began().length > 0);
    expectErrorEnvelope(await get(''), 'SYSTEM_RESOURCES_EXHAUSTED');
    expect(began()).toEqual([expect.objectContaining({ measure: 'heap_percent' })]);
    expect(expectSuccessEnvelope(await get('/operational'))).toBe('operated');
  });

  it('never begins when no limits are set', async () => {
    await start({});
    await hold(MAX_IN_FLIGHT);
    await sleep(1_100);
    expectSuccessEnvelope(await get(''));
    expect(began()).toEqual([]);
  });
});

async function blockOnce(ms: number): Promise<void> {
  const until = performance.now() + ms;
  while (performance.now() < until);
  await sleep(1);
}

/** Has every round of the event loop take `ms`, until it is told to stop. */
function keepBlocking(ms: number): () => void {
  let stopped = false;
  const round = async (): Promise<void> => {
    while (!stopped) await blockOnce(ms);
  };
  void round();
  return () => (stopped = true);
}
