import type { ChainableCommander, Redis } from 'ioredis';
import { translateRedisError } from './redis-errors';

/**
 * The one way to Redis for data: every call goes through `execute`, which bounds its time (by the connection's
 * command timeout) and turns driver errors into the error hierarchy. Policies for Redis are applied here.
 */
export class RedisGateway {
  constructor(private readonly client: Redis) {}

  /**
   * Runs `call` on the shared connection.
   * @param operation a stable name for logs and errors (`read_chunks`)
   * @throws RedisConnectionError, RedisTimeoutError, InfrastructureError (REDIS_STORAGE_FULL, REDIS_WRITE_REFUSED)
   */
  async execute<T>(operation: string, call: (client: Redis) => Promise<T>): Promise<T> {
    try {
      return await call(this.client);
    } catch (error) {
      throw translateRedisError(operation, error);
    }
  }

  /** Runs the commands that `fill` queues in one round trip; the first that fails fails them all. */
  async pipeline(operation: string, fill: (pipeline: ChainableCommander) => void): Promise<unknown[]> {
    return this.execute(operation, async (client) => {
      const pipeline = client.pipeline();
      fill(pipeline);
      const replies = (await pipeline.exec()) ?? [];
      return replies.map(([error, reply]) => {
        if (error) throw error;
        return reply;
      });
    });
  }
}
