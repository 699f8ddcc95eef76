import { QUEUE_PREFIX, REDIS_SETTINGS, redisOptions, type RedisSettings } from '@app/common';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { type ConnectionOptions, type Job, WaitingError, Worker } from 'bullmq';
import type { Config } from '../../config/config.schema';
import { InjectConfig } from '../../config/config.module';
import { ImportProcessor } from './import.processor';
import { IMPORT_QUEUE, type ImportJob, ImportQueue, retryDelayMs } from './import-queue';

/** How soon the imports of a process that died are taken up by another; times in milliseconds. */
export interface TakeoverSettings {
  /** How long a job belongs to a worker that gives no sign of life. */
  readonly lockMs: number;
  /** How often jobs that belong to nobody are looked for. */
  readonly checkMs: number;
}

export const TAKEOVER_SETTINGS = Symbol('TAKEOVER_SETTINGS');
export const DEFAULT_TAKEOVER: TakeoverSettings = { lockMs: 15_000, checkMs: 5_000 };

const RUN_RETRY_MS = 1_000;
const ANSWER_LIMIT_MS = 500;
const CLOSE_LIMIT_MS = 10_000;
const DISCONNECT_LIMIT_MS = 3_000;

/** Takes imports out of the queue, in processes whose role it is. */
@Injectable()
export class ImportQueueWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private worker: Worker<ImportJob> | undefined;

  constructor(
    private readonly queue: ImportQueue,
    private readonly processor: ImportProcessor,
    @InjectConfig() private readonly config: Config,
    @Inject(REDIS_SETTINGS) private readonly redis: RedisSettings,
    @Inject(TAKEOVER_SETTINGS) private readonly takeover: TakeoverSettings,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.ROLE === 'api') return;
    this.worker = new Worker<ImportJob>(IMPORT_QUEUE, (job, token) => this.handle(job, token), {
      // Connections of its own, on their way at once: BullMQ gives up for good on one that it has to connect itself and
      // that fails the first time, and the process may well start before its Redis.
      connection: { ...redisOptions(this.redis, 'blocking'), lazyConnect: false } as ConnectionOptions,
      prefix: QUEUE_PREFIX,
      concurrency: this.config.IMPORT_CONCURRENCY,
      lockDuration: this.takeover.lockMs,
      stalledInterval: this.takeover.checkMs,
      // The processor counts beginnings itself and knows an orderly stop from a crash.
      maxStalledCount: 1_000_000,
      runRetryDelay: RUN_RETRY_MS,
      settings: { backoffStrategy: (attempts?: number) => retryDelayMs(attempts ?? 1) },
    });
    this.worker.on('error', (error) => this.queue.noteError(error));
  }

  /**
   * What runs is put back for another process. Without Redis there is nobody to say good-bye to; and nothing is left to
   * stop when it takes too long: the lock of what runs expires.
   */
  async beforeApplicationShutdown(): Promise<void> {
    if (this.worker === undefined) return;
    this.processor.stopAll();
    const isAnswering = await this.queue.answers(ANSWER_LIMIT_MS);
    const closed = await within(this.worker.close(!isAnswering), CLOSE_LIMIT_MS);
    if (!closed) await within(this.worker.disconnect(), DISCONNECT_LIMIT_MS);
  }

  private async handle(job: Job<ImportJob>, token: string | undefined): Promise<void> {
    const end = await this.processor.process(job.data);
    if (end === 'done') return;
    await job.moveToWait(token);
    throw new WaitingError();
  }
}

/** Whether `work` ended in time. Its failure is an end, too: BullMQ has told the worker's error listener. */
async function within(work: Promise<void>, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  const ended = work.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([ended, late]);
  } finally {
    clearTimeout(timer);
  }
}
