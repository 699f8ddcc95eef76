import type { ChainableCommander, Redis } from 'ioredis';
import type { Policy } from '../resilience/policy';
import type { ExecuteOptions } from '../resilience/policy-call';
import { isReadOnly, translateRedisError } from './redis-errors';

export type RedisCallOptions = Pick<ExecuteOptions<never>, 'idempotent'>;

/** For calls that can be done twice without harm: reads, and writes that set what they set. */
export const REPEATABLE: RedisCallOptions = { idempotent: true };

/** Where a gateway gets its connection from. */
export interface ClientSource {
  readonly current: Redis;
  /** The server refused a write because it is a replica. */
  renew(): Promise<void>;
}

/**
 * The one way to Redis for data: every call goes through the policy of Redis, which bounds its time, retries and pauses
 * it, and driver errors come out as errors of the hierarchy. A gateway without a policy is for work that has patience
 * of its own.
 */
export class RedisGateway {
  constructor(
    private readonly source: Redis | ClientSource,
    private readonly policy?: Policy,
  ) {}

  /**
   * Runs `call` on the shared connection.
   * @param operation a stable name for logs and errors (`read_chunks`)
   * @throws RedisConnectionError, RedisTimeoutError, InfrastructureError (REDIS_STORAGE_FULL, REDIS_WRITE_REFUSED,
   * REDIS_CIRCUIT_OPEN, SYSTEM_RESOURCES_EXHAUSTED, REQUEST_DEADLINE_EXCEEDED)
   */
  async execute<T>(operation: string, call: (client: Redis) => Promise<T>, options?: RedisCallOptions): Promise<T> {
    return this.guard(operation, () => call(this.client), options);
  }

  /** Runs the commands that `fill` queues in one round trip; the first that fails fails them all. */
  async pipeline(
    operation: string,
    fill: (pipeline: ChainableCommander) => void,
    options?: RedisCallOptions,
  ): Promise<unknown[]> {
    const run = async (): Promise<unknown[]> => {
      const pipeline = this.client.pipeline();
      fill(pipeline);
      const replies = (await pipeline.exec()) ?? [];
      return replies.map(([error, reply]) => {
        if (error) throw error;
        return reply;
      });
    };
    return this.guard(operation, run, options);
  }

  /** The same for work that reaches Redis by a connection of its own, such as that of a queue. */
  async guard<T>(operation: string, work: () => Promise<T>, options?: RedisCallOptions): Promise<T> {
    const translated = async (): Promise<T> => {
      try {
        return await work();
      } catch (error) {
        if (isReadOnly(error) && 'renew' in this.source) void this.source.renew();
        throw translateRedisError(operation, error);
      }
    };
    return this.policy === undefined ? translated() : this.policy.execute(translated, { operation, ...options });
  }

  private get client(): Redis {
    return 'current' in this.source ? this.source.current : this.source;
  }
}
