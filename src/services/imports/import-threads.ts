import { MessageChannel } from 'node:worker_threads';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { EventLogger, Metrics, REDIS_SETTINGS, type RedisSettings } from '@app/common';
import { Inject } from '@nestjs/common';
import Piscina from 'piscina';
import { type Config } from '../../config/config.schema';
import { InjectConfig } from '../../config/config.module';
import type { ImportRunTask, RunCounts } from './import-run';
import { ImportRunCounter } from './import-run-counter';
import { importThreadFile } from './import-thread-file';
import type { ImportWorkerMessage, ImportWorkerOutcome, ImportWorkerTask } from './import.worker';

/** An import that runs in a thread. */
export interface RunningImport {
  /** Rejects when the thread dies. */
  readonly outcome: Promise<ImportWorkerOutcome>;
  /** Asks the thread to stop after the piece it is at. */
  stop(): void;
}

const IDLE_TIMEOUT_MS = 10_000;
// More than any honest import needs; an import that runs away must not take the process with it. V8 also collects the
// old generation the sooner the lower this is, which keeps the whole process under 300 MB (bench/import).
const HEAP_LIMIT_MB = 160;
// An import makes garbage all the time and keeps little of it. Left to itself V8 gives a thread room for 48 MB of it and
// more; in a third of that an import takes the same CPU time, and the process 100 MB less (bench/import).
const YOUNG_HEAP_LIMIT_MB = 16;

/** Runs imports in worker threads, so that neither parsing nor packing ever holds up a request. */
@Injectable()
export class ImportThreads implements OnApplicationShutdown {
  private readonly counter: ImportRunCounter;
  private pool: Piscina<ImportWorkerTask, ImportWorkerOutcome> | undefined;

  constructor(
    @InjectConfig() private readonly config: Config,
    @Inject(REDIS_SETTINGS) private readonly redis: RedisSettings,
    private readonly events: EventLogger,
    metrics: Metrics,
  ) {
    this.counter = new ImportRunCounter(metrics);
  }

  start(task: ImportRunTask, onProgress: (counts: RunCounts) => void): RunningImport {
    const { port1, port2 } = new MessageChannel();
    const count = this.counter.begin();
    port1.on('message', (message: ImportWorkerMessage) => {
      if (message.kind === 'progress') {
        count(message.counts);
        onProgress(message.counts);
      } else this.events.warn('redis_connection_failed', { purpose: 'commands', err: new Error(message.message) });
    });
    const work = { ...task, redis: { ...this.redis }, port: port2 };
    const outcome = this.threads()
      .run(work, { transferList: [port2] })
      .then((end) => {
        if ('counts' in end) count(end.counts);
        return end;
      });
    return { outcome: outcome.finally(() => port1.close()), stop: () => port1.postMessage('stop') };
  }

  /** The threads that are alive, for tests that kill one. */
  get alive(): Piscina['threads'] {
    return this.pool?.threads ?? [];
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool?.destroy();
  }

  private threads(): Piscina<ImportWorkerTask, ImportWorkerOutcome> {
    this.pool ??= new Piscina<ImportWorkerTask, ImportWorkerOutcome>({
      filename: importThreadFile(),
      minThreads: 0,
      maxThreads: this.config.IMPORT_CONCURRENCY,
      idleTimeout: IDLE_TIMEOUT_MS,
      // A thread that waits for work must not block its own event loop: connections of the last import close in it.
      atomics: 'disabled',
      resourceLimits: { maxOldGenerationSizeMb: HEAP_LIMIT_MB, maxYoungGenerationSizeMb: YOUNG_HEAP_LIMIT_MB },
    });
    return this.pool;
  }
}
