import { PolicyRegistry, REDIS_POLICY } from '@app/common';
import { HANDSHAKE_COMMANDS, TcpFaultProxy } from '@app/common/testing';
import { startWellnessApp, type WellnessApp } from '../../support/wellness-app';
import type { FaultWorld } from './fault-run';
import { WatchedPolicy } from './watched-policy';
import type { Fixtures } from './fault-table';
import { FixtureMaker } from './fixture-maker';
import { RestartableRedis } from './restartable-redis';

const OPEN_MS = 400;
const DEADLINES_MS = { request: 3_000, chat: 4_000 };
/** High enough for every route to meet the fault itself before the circuit opens. */
const THRESHOLD = 200;
const ENVIRONMENT = {
  REDIS_CONNECT_TIMEOUT_MS: '300',
  REDIS_COMMAND_TIMEOUT_MS: '300',
  REDIS_BREAKER_THRESHOLD: String(THRESHOLD),
  REDIS_BREAKER_OPEN_MS: String(OPEN_MS),
  REDIS_RETRY_MAX: '1',
  REDIS_RETRY_BASE_MS: '5',
  REDIS_RETRY_CAP_MS: '20',
  READINESS_REDIS_GRACE_MS: '0',
  REQUEST_TIMEOUT_MS: String(DEADLINES_MS.request),
  CHAT_TIMEOUT_MS: String(DEADLINES_MS.chat),
  SHED_EVENT_LOOP_DELAY_MS: '0',
};

/** The whole application, with a proxy between it and a Redis of its own. */
export class RedisWorld implements FaultWorld {
  readonly dependency = 'redis';
  readonly openMs = OPEN_MS;
  readonly deadlinesMs = DEADLINES_MS;
  readonly policy: WatchedPolicy;

  private constructor(
    readonly redis: RestartableRedis,
    readonly proxy: TcpFaultProxy,
    readonly app: WellnessApp,
    private readonly fixtures: FixtureMaker,
  ) {
    this.policy = new WatchedPolicy(app.app.get(PolicyRegistry).get(REDIS_POLICY));
  }

  static async start(): Promise<RedisWorld> {
    const redis = await RestartableRedis.start();
    const proxy = await TcpFaultProxy.start({ upstream: { path: redis.socket }, protocol: 'redis' });
    const { server } = redis;
    const app = await startWellnessApp(ENVIRONMENT, {
      redis: {
        url: `redis://${proxy.address}`,
        server,
        stop: async () => {
          await proxy.close();
          await redis.stop();
        },
      },
    });
    return new RedisWorld(redis, proxy, app, await FixtureMaker.for(app));
  }

  prepare(): Promise<Fixtures> {
    return this.fixtures.prepare();
  }

  async openCircuit(): Promise<void> {
    const calls = Array.from({ length: THRESHOLD / 2 });
    while (!this.policy.isOpen) await Promise.all(calls.map(() => this.fixtures.get('me')));
  }

  sent(): number {
    return this.proxy.traffic.asked({ client: 'wellness-commands', except: HANDSHAKE_COMMANDS });
  }

  resetTraffic(): void {
    this.policy.reset();
    this.proxy.traffic.reset();
  }

  async close(): Promise<void> {
    await this.app.close();
  }
}
