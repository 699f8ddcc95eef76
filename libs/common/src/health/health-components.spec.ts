import { HealthIndicatorService } from '@nestjs/terminus';
import { RedisConnectionError } from '../errors/exceptions';
import { EventLogger } from '../logging/event-logger';
import { createRootLogger } from '../logging/root-logger';
import type { DependencyProbe, PolicyDefinition } from '../resilience/policy-definition';
import { PolicyRegistry } from '../resilience/policy-registry';
import { LogCapture } from '../testing/log-capture';
import { HealthComponents } from './health-components';
import type { LlmHealthIndicator } from './llm-health.indicator';
import type { RedisHealthIndicator } from './redis-health.indicator';

const DEFINITION: Omit<PolicyDefinition, 'name'> = {
  breaker: { threshold: 1, openMs: 60_000 },
  retry: { max: 0, baseMs: 1, capMs: 1 },
  bulkhead: { limit: 1, queue: 0 },
  timeoutMs: 1_000,
};
const up = (name: string) => ({ check: () => Promise.resolve({ [name]: { status: 'up' } }) });

function setUp(probe?: DependencyProbe) {
  const logger = createRootLogger({ level: 'error', format: 'json', destination: new LogCapture() });
  const policies = new PolicyRegistry(new EventLogger(logger));
  const policy = policies.register({ name: 'weather', ...DEFINITION, probe });
  const redis = up('redis') as unknown as RedisHealthIndicator;
  const llm = up('llm') as unknown as LlmHealthIndicator;
  const components = new HealthComponents(redis, llm, new HealthIndicatorService(), policies);
  const report = async (): Promise<Record<string, unknown>> => {
    const indicators = components.indicators() as Array<() => Promise<object>>;
    return Object.assign({}, ...(await Promise.all(indicators.map((indicator) => indicator())))) as Record<
      string,
      unknown
    >;
  };
  return { components, policy, report };
}

describe('the components of the health report', () => {
  it('have no entry for a policy without a probe', async () => {
    expect(Object.keys(await setUp().report())).toEqual(['redis', 'llm']);
  });

  it('show what a probe resolves with, which cannot call itself healthy or sick', async () => {
    const { report } = setUp(() => Promise.resolve({ stations: 3, status: 'down' }));
    expect((await report()).weather).toEqual({
      status: 'up',
      stations: 3,
      latency_ms: expect.any(Number) as unknown,
      breaker: 'closed',
    });
  });

  it.each([
    ['a code of its own', new RedisConnectionError('probe', undefined), 'REDIS_CONNECTION_FAILED'],
    ['none', new Error('connect ECONNREFUSED 10.0.0.7'), 'DEPENDENCY_CALL_FAILED'],
  ])('tell by code what failed a probe, when the error has %s', async (_which, error, code) => {
    const { report } = setUp(() => Promise.reject(error));
    expect((await report()).weather).toEqual({ status: 'down', error: code, breaker: 'closed' });
  });

  it('are held up by no probe that hangs', async () => {
    jest.useFakeTimers();
    try {
      const { report } = setUp(() => new Promise(() => undefined));
      const seen = report();
      await jest.advanceTimersByTimeAsync(1_000);
      expect((await seen).weather).toEqual({ status: 'down', error: 'DEPENDENCY_CALL_TIMEOUT', breaker: 'closed' });
    } finally {
      jest.useRealTimers();
    }
  });

  it('ask a dependency past its open circuit, which then tries at the next call', async () => {
    const { policy, report } = setUp(() => Promise.resolve({}));
    await expect(policy.execute(() => Promise.reject(new Error('broken')))).rejects.toThrow();
    expect(policy.state).toBe('open');
    expect((await report()).weather).toMatchObject({ status: 'up' });
    expect(await policy.execute(() => Promise.resolve('fine'))).toBe('fine');
    expect(policy.state).toBe('closed');
  });

  it('are what a module registers itself, where there is a probe too', async () => {
    const probe = jest.fn();
    const { components, report } = setUp(probe);
    components.register('weather', () => Promise.resolve({ status: 'healthy', own: true }));
    expect((await report()).weather).toMatchObject({ own: true });
    expect(probe).not.toHaveBeenCalled();
  });
});
