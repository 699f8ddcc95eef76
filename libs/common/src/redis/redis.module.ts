import { type DynamicModule, type FactoryProvider, Global, Module } from '@nestjs/common';
import { RedisConnections, REDIS_SETTINGS } from './redis-connections';
import { RedisGateway } from './redis-gateway';
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
      providers: [
        { provide: REDIS_SETTINGS, ...settings },
        RedisConnections,
        {
          provide: RedisGateway,
          inject: [RedisConnections],
          useFactory: async (connections: RedisConnections) => {
            const client = connections.open('commands');
            // Commands are not queued while connecting: give a healthy Redis the moment it needs, and no more.
            await whenReady(client, FIRST_CONNECTION_WAIT_MS);
            return new RedisGateway(client);
          },
        },
      ],
      exports: [REDIS_SETTINGS, RedisConnections, RedisGateway],
    };
  }
}
