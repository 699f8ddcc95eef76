import { EventLogger, InfrastructureError, runInContext } from '@app/common';
import { Injectable } from '@nestjs/common';
import type { Config } from '../../config/config.schema';
import { InjectConfig } from '../../config/config.module';
import type { ImportManifest } from './import-manifest';
import type { ImportJob } from './import-queue';
import { ImportReporter } from './import-reporter';
import { ImportRepository } from './import.repository';
import { ImportSpool } from './import-spool';
import { ImportThreads, type RunningImport } from './import-threads';
import type { ImportWorkerOutcome } from './import.worker';
import { ProgressMeter } from './progress-meter';

/** What becomes of a job: it is done (however the import ended), or goes back into the queue at once. */
export type JobEnd = 'done' | 'put_back';

/** Beginnings without an orderly end after which an import is held to be what kills its worker. */
const MOST_UNFINISHED = 5;

/** Does the imports that a queue hands it. */
@Injectable()
export class ImportProcessor {
  private readonly running = new Set<RunningImport>();
  private stopping = false;

  constructor(
    private readonly spool: ImportSpool,
    private readonly repository: ImportRepository,
    private readonly threads: ImportThreads,
    private readonly events: EventLogger,
    @InjectConfig() private readonly config: Config,
  ) {}

  /**
   * Does one import, in the context of the request that uploaded it.
   * @throws InfrastructureError when it should be tried again later; an ordinary Error when its thread died
   */
  async process(job: ImportJob): Promise<JobEnd> {
    const manifest = await this.spool.readManifest(job.importId);
    if (manifest === undefined) return this.withoutUpload(job);
    const { correlationId, traceId, userId } = manifest;
    return runInContext({ correlationId, traceId, userId }, () => this.begin(manifest));
  }

  /** Stops what runs, so that it is put back into the queue for another process. */
  stopAll(): void {
    this.stopping = true;
    for (const run of this.running) run.stop();
  }

  private async begin(manifest: ImportManifest): Promise<JobEnd> {
    const { userId, importId } = manifest;
    const before = await this.repository.get(userId, importId);
    if (before === undefined) await this.repository.create(manifest);
    const { status, unfinished } = await this.repository.begin(userId, importId);
    if (status !== 'running') {
      await this.spool.remove(importId);
      return 'done';
    }
    const reporter = new ImportReporter(this.repository, this.events, manifest);
    if (unfinished > MOST_UNFINISHED) {
      await reporter.fail({ code: 'INTERNAL_SERVER_ERROR', reason: 'crashes_its_worker' });
      return this.done(importId);
    }
    if (manifest.waiting !== undefined) await this.spool.writeManifest({ ...manifest, waiting: undefined });
    this.events.info('import_started', { import_id: importId, attempt: unfinished });
    const meter = new ProgressMeter(before?.progress.recordsStored ?? 0);
    return this.run(manifest, reporter, meter);
  }

  private async run(manifest: ImportManifest, reporter: ImportReporter, meter: ProgressMeter): Promise<JobEnd> {
    const { userId, importId, kind } = manifest;
    const { IMPORT_MAX_BYTES: maxBytes, IMPORT_MAX_RATIO: maxRatio, IMPORT_MAX_ENTRIES: maxEntries } = this.config;
    const task = { userId, kind, path: this.spool.uploadPath(importId), limits: { maxBytes, maxRatio, maxEntries } };
    const run = this.threads.start(task, (counts) => {
      reporter.progress(meter.progress(counts), () => run.stop());
    });
    this.running.add(run);
    if (this.stopping) run.stop();
    try {
      const outcome = await this.outcomeOf(run, importId);
      return await this.conclude(outcome, manifest, reporter, meter);
    } finally {
      this.running.delete(run);
      await reporter.settled();
    }
  }

  private async outcomeOf(run: RunningImport, importId: string): Promise<ImportWorkerOutcome> {
    try {
      return await run.outcome;
    } catch (err) {
      this.events.error('import_failed', {
        import_id: importId,
        error_code: 'INTERNAL_SERVER_ERROR',
        reason: 'worker_died',
        err,
      });
      throw err;
    }
  }

  private async conclude(
    outcome: ImportWorkerOutcome,
    manifest: ImportManifest,
    reporter: ImportReporter,
    meter: ProgressMeter,
  ): Promise<JobEnd> {
    await reporter.settled();
    switch (outcome.kind) {
      case 'completed':
        await reporter.complete(meter.progress(outcome.counts), outcome.result);
        return this.done(manifest.importId);
      case 'unreadable':
        await reporter.unreadable(meter.progress(outcome.counts), outcome);
        return this.done(manifest.importId);
      case 'stopped':
        return this.afterStop(await reporter.stopped(meter.progress(outcome.counts), this.stopping), manifest.importId);
      case 'interrupted':
        return this.wait(outcome, manifest, reporter);
    }
  }

  private async afterStop(stop: 'put_back' | 'cancelled' | 'gone', importId: string): Promise<JobEnd> {
    if (stop === 'put_back') return 'put_back';
    // A Redis that lost its data knows of no import: the upload is still here, and recovery begins again with it. When
    // a user is erased, the upload goes with the rest (see `ImportsService.forget`).
    return stop === 'gone' ? 'done' : this.done(importId);
  }

  /** Tells that the import waits, in the one place that can be read without Redis, and has it tried again. */
  private async wait(
    outcome: Extract<ImportWorkerOutcome, { kind: 'interrupted' }>,
    manifest: ImportManifest,
    reporter: ImportReporter,
  ): Promise<never> {
    const { code, message } = outcome;
    await this.spool.writeManifest({ ...manifest, waiting: code });
    await reporter.waiting(code, message);
    throw new InfrastructureError('REDIS_CONNECTION_FAILED', {
      details: { operation: 'import' },
      cause: new Error(`${code}: ${message}`),
    });
  }

  private async done(importId: string): Promise<'done'> {
    await this.spool.remove(importId);
    return 'done';
  }

  /** The job outlived its upload: it has ended already, or this process does not see the disk it was written to. */
  private async withoutUpload({ userId, importId }: ImportJob): Promise<JobEnd> {
    const code = 'STORAGE_IO_FAILED';
    const failure = { code, message: 'The upload is not on this disk any more', details: {} } as const;
    const change = { status: 'failed', error: failure, finishedAt: Date.now() } as const;
    const from = ['queued', 'running', 'waiting_for_redis'] as const;
    const before = await this.repository.get(userId, importId);
    if (before === undefined || !from.some((status) => status === before.status)) return 'done';
    await this.repository.step(userId, importId, from, change);
    this.events.error('import_failed', { import_id: importId, error_code: code, reason: 'upload_missing' });
    return 'done';
  }
}
