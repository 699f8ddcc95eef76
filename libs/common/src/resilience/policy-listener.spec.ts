import { EventLogger } from '../logging/event-logger';
import { createRootLogger } from '../logging/root-logger';
import { LogCapture } from '../testing/log-capture';
import { PolicyRegistry } from './policy-registry';

const DEFINITION = {
  name: 'weather',
  breaker: { threshold: 2, openMs: 60_000 },
  retry: { max: 0, baseMs: 1, capMs: 1 },
  bulkhead: { limit: 1, queue: 0 },
  timeoutMs: 500,
};
const BROKEN = new Error('broken');

/** A call that takes so long. */
const takes = (ms: number, error?: Error) => async (): Promise<void> => {
  await new Promise((resolve) => setTimeout(resolve, ms));
  if (error !== undefined) throw error;
};

describe('whoever listens to policies', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  function setUp() {
    const logs = new LogCapture();
    const logger = createRootLogger({ level: 'error', format: 'json', destination: logs });
    const policies = new PolicyRegistry(new EventLogger(logger));
    const ends: Array<[policy: string, outcome: string, ms: number]> = [];
    const policy = policies.register(DEFINITION);
    const run = async (...call: Parameters<typeof policy.execute>): Promise<void> => {
      const end = policy.execute(...call).catch(() => undefined);
      await jest.advanceTimersByTimeAsync(1_000);
      await end;
    };
    return { logs, policies, policy, ends, run };
  }

  it('hears how each call ended, and how long it took', async () => {
    const { policies, policy, ends, run } = setUp();
    policies.subscribe({
      onEnd: ({ policy: name, outcome, durationMs }) => ends.push([name, outcome, Math.round(durationMs / 10) * 10]),
    });
    await run(takes(100));
    await run(takes(1), { signal: AbortSignal.abort(new Error('gone')) });
    await run(takes(400), { deadline: Date.now() + 200 });
    await run(takes(50, BROKEN));
    await run(takes(10, BROKEN), { fallback: () => undefined });
    await run(takes(1));
    expect(ends).toEqual([
      ['weather', 'success', 100],
      ['weather', 'cancelled', 0],
      ['weather', 'cancelled', 200],
      ['weather', 'error', 50],
      ['weather', 'error', 10],
      ['weather', 'rejected', 0],
    ]);
    expect(policy.snapshot().counts).toMatchObject({ calls: 6, cancelled: 2, past_deadline: 1, fallbacks: 1 });
  });

  it('changes nothing by failing', async () => {
    const { logs, policies, policy, run } = setUp();
    policies.subscribe({
      onEnd: () => {
        throw new Error('deaf');
      },
    });
    await run(takes(1));
    expect(policy.snapshot().counts).toMatchObject({ calls: 1, successes: 1, errors: 0 });
    expect(logs.named('policy_listener_failed')).toHaveLength(1);
  });
});
