import { setTimeout as sleep } from 'node:timers/promises';
import {
  EventLogger,
  QUEUE_PREFIX,
  RedisConnectionError,
  RedisConnections,
  RedisGateway,
  REPEATABLE,
} from '@app/common';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';

export const IMPORT_QUEUE = 'imports';

/** What a job carries: the rest is in the manifest beside the upload. */
export interface ImportJob {
  readonly importId: string;
  readonly userId: string;
}

const RETRY_BASE_MS = 500;
const RETRY_CAP_MS = 30_000;
const ERROR_LOG_EVERY_MS = 30_000;

/** How long a job whose import met trouble waits: doubling, with a random part so that replicas don't march in step. */
export function retryDelayMs(attempt: number, random = Math.random()): number {
  const ceiling = Math.min(RETRY_CAP_MS, RETRY_BASE_MS * 2 ** Math.min(attempt - 1, 16));
  return Math.round((ceiling * (1 + random)) / 2);
}

/** Imports that have not ended: waiting for a worker, waiting for their next try, running. */
export interface ImportBacklog {
  readonly queued: number;
  readonly delayed: number;
  readonly running: number;
  /** When the oldest of those that wait was queued, in epoch milliseconds. */
  readonly oldestAt: number | undefined;
}

/** Those who wait longest are at the front, but for a few that were put back. */
const LOOKED_AT = 16;

/** Puts imports into the queue. */
@Injectable()
export class ImportQueue implements BeforeApplicationShutdown {
  private readonly connection: Redis;
  private readonly queue: Queue<ImportJob>;
  private errorLoggedAt = 0;

  constructor(
    connections: RedisConnections,
    private readonly redis: RedisGateway,
    private readonly events: EventLogger,
  ) {
    this.connection = connections.open('queue');
    this.queue = new Queue<ImportJob>(IMPORT_QUEUE, { connection: this.connection, prefix: QUEUE_PREFIX });
    this.queue.on('error', (error) => this.noteError(error));
  }

  /** Whether Redis answers at the moment, as far as is known without asking. */
  get isConnected(): boolean {
    return this.connection.status === 'ready';
  }

  /**
   * Whether Redis answers within `limitMs`. It has to be asked: a connection that the network forgot without a word looks
   * as good as any.
   */
  async answers(limitMs: number): Promise<boolean> {
    if (!this.isConnected) return false;
    const answered = this.connection.ping().then(
      () => true,
      () => false,
    );
    return Promise.race([answered, sleep(limitMs, false, { ref: false })]);
  }

  /** Does nothing when the import is queued already. @throws the errors of `RedisGateway` */
  async add(job: ImportJob): Promise<void> {
    await this.bounded('queue_import', () =>
      this.queue.add('import', job, {
        jobId: job.importId,
        // An import is only ever given up on purpose, by a job that ends without an error.
        attempts: 1_000_000,
        backoff: { type: 'custom' },
        removeOnComplete: true,
        removeOnFail: true,
        stackTraceLimit: 1,
      }),
    );
  }

  /** Whether there is a job for this import. @throws the errors of `RedisGateway` */
  async has(importId: string): Promise<boolean> {
    return (await this.bounded('find_import_job', () => this.queue.getJob(importId))) !== undefined;
  }

  /** Takes an import out of the queue, unless a worker has it. @throws the errors of `RedisGateway` */
  async remove(importId: string): Promise<boolean> {
    return (await this.bounded('remove_import_job', () => this.queue.remove(importId))) === 1;
  }

  /** How many imports wait for a worker, wait for their next try, and run. @throws the errors of `RedisGateway` */
  async counts(): Promise<{ queued: number; delayed: number; running: number }> {
    const {
      waiting = 0,
      delayed = 0,
      active = 0,
    } = await this.bounded('count_import_jobs', () => this.queue.getJobCounts('waiting', 'delayed', 'active'));
    return { queued: waiting, delayed, running: active };
  }

  /** @throws the errors of `RedisGateway` */
  async backlog(): Promise<ImportBacklog> {
    const counts = await this.counts();
    if (counts.queued + counts.delayed === 0) return { ...counts, oldestAt: undefined };
    const jobs = await this.bounded('find_oldest_import', () =>
      this.queue.getJobs(['waiting', 'delayed'], 0, LOOKED_AT - 1, true),
    );
    return { ...counts, oldestAt: jobs.length === 0 ? undefined : Math.min(...jobs.map(({ timestamp }) => timestamp)) };
  }

  /** The queue's connections tell of every attempt that fails: one line for each half minute of that is enough. */
  noteError(err: Error): void {
    if (Date.now() - this.errorLoggedAt < ERROR_LOG_EVERY_MS) return;
    this.errorLoggedAt = Date.now();
    this.events.warn('redis_connection_failed', { purpose: 'queue', err });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.queue.close();
  }

  /** The queue's connection waits for Redis as long as it takes; who asks on behalf of a request does not. */
  private async bounded<T>(operation: string, call: () => Promise<T>): Promise<T> {
    const work = (): Promise<T> =>
      this.isConnected ? call() : Promise.reject(new RedisConnectionError(operation, new Error('not connected')));
    return this.redis.guard(operation, work, REPEATABLE);
  }
}
