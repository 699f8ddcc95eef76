import { Controller, Get, Injectable } from '@nestjs/common';
import { Public } from '../auth/auth.decorators';
import { createTestApp, expectErrorEnvelope, expectSuccessEnvelope, type TestApp } from '../testing';
import type { Policy } from './policy';
import { PolicyRegistry } from './policy-registry';
import { InjectPolicy, ResilienceModule } from './resilience.module';
import { UsePolicy } from './use-policy.decorator';

let fails = false;

@Injectable()
class WeatherClient {
  readonly city = 'Paris';
  constructor(@InjectPolicy('weather') readonly policy: Policy) {}

  @UsePolicy('weather')
  async today(day: string): Promise<string> {
    await Promise.resolve();
    if (fails) throw new Error('connect ECONNREFUSED 10.0.0.7');
    return `${this.city} ${day}`;
  }
}

@Public()
@Controller({ path: 'weather', version: '1' })
class WeatherController {
  constructor(private readonly client: WeatherClient) {}
  @Get()
  get(): Promise<string> {
    return this.client.today('today');
  }
}

const FEATURE = ResilienceModule.forFeature({
  name: 'weather',
  breaker: { threshold: 2, openMs: 60_000 },
  retry: { max: 0, baseMs: 1, capMs: 1 },
  bulkhead: { limit: 4, queue: 4 },
  timeoutMs: 1_000,
});

describe('a feature module with a dependency of its own', () => {
  let app: TestApp;
  const get = async () => {
    const response = await fetch(`${app.url}/api/v1/weather`);
    return { status: response.status, headers: response.headers, body: await response.json() };
  };

  beforeAll(async () => {
    app = await createTestApp({
      imports: [ResilienceModule, FEATURE],
      controllers: [WeatherController],
      providers: [WeatherClient],
    });
  });
  afterAll(() => app.close());

  beforeEach(() => {
    fails = false;
    app.app.get(PolicyRegistry).get('weather').release();
  });

  it('guards the methods that say so, and injects the same policy', async () => {
    expect(expectSuccessEnvelope(await get())).toBe('Paris today');
    const registry = app.app.get(PolicyRegistry);
    expect(app.app.get(WeatherClient).policy).toBe(registry.get('weather'));
    expect(registry.all().map(({ name }) => name)).toContain('weather');
  });

  it('answers its failures with the envelope, and stops calling what keeps failing', async () => {
    fails = true;
    const first = expectErrorEnvelope(await get(), 'DEPENDENCY_CALL_FAILED');
    expect(JSON.stringify(first)).not.toContain('10.0.0.7');
    await get();
    expectErrorEnvelope(await get(), 'DEPENDENCY_CIRCUIT_OPEN');
    expect(app.logs.named('circuit_changed').at(-1)).toMatchObject({ policy: 'weather', state: 'open' });
  });

  it('hears of every change, and is not hurt by a listener that throws', () => {
    const registry = app.app.get(PolicyRegistry);
    const policy = registry.get('weather');
    policy.isolate();
    const seen: string[] = [];
    const unsubscribe = [
      registry.subscribe({
        onState: () => {
          throw new Error('a listener');
        },
      }),
      registry.subscribe({ onState: ({ state }) => void seen.push(state) }),
    ];
    policy.release();
    policy.isolate();
    unsubscribe.forEach((stop) => stop());
    policy.release();
    expect(seen).toEqual(['closed', 'isolated']);
    expect(policy.state).toBe('closed');
    expect(app.logs.named('policy_listener_failed').length).toBe(2);
  });

  it('knows one policy of a name', () => {
    const registry = app.app.get(PolicyRegistry);
    expect(() => registry.register({ ...registry, name: 'weather' } as never)).toThrow('weather');
    expect(() => registry.get('wether')).toThrow('wether');
    expect(registry.find('wether')).toBeUndefined();
  });
});
