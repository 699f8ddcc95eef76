import { type DynamicModule, type FactoryProvider, Global, Module } from '@nestjs/common';
import { RedisConnections, REDIS_SETTINGS } from './redis-connections';
import { RedisGateway } from './redis-gateway';
import { redisPolicy } from './redis-policy';
import { PolicyRegistry } from '../resilience/policy-registry';
import { ResilienceModule } from '../resilience/resilience.module';
import { RenewableClient } from './renewable-client';
import { whenReady } from './when-ready';
import type { RedisSettings } from './redis-options';

const FIRST_CONNECTION_WAIT_MS = 1_000;

/** Redis for the whole application: `RedisGateway` for data, `RedisConnections` for those who need one of their own. */
@Global()
@Module({})
export class RedisModule {
  static forRootAsync(settings: Pick<FactoryProvider<RedisSettings>, 'inject' | 'useFactory'>): DynamicModule {
    return {
      module: RedisModule,
      imports: [ResilienceModule],
      providers: [
        { provide: REDIS_SETTINGS, ...settings },
        RedisConnections,
        {
          provide: RedisGateway,
          inject: [RedisConnections, PolicyRegistry],
          useFactory: async (connections: RedisConnections, policies: PolicyRegistry) => {
            const policy = policies.register(redisPolicy(connections.settings));
            // Who is back need not wait for the circuit's next trial.
            const client = new RenewableClient(connections, () => policy.tryNow());
            // Commands are not queued while connecting: give a healthy Redis the moment it needs, and no more.
            await whenReady(client.current, FIRST_CONNECTION_WAIT_MS);
            return new RedisGateway(client, policy);
          },
        },
      ],
      exports: [REDIS_SETTINGS, RedisConnections, RedisGateway],
    };
  }
}
