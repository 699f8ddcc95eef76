import { type ErrorCode, errorDefinition, type EventLogger } from '@app/common';
import type { ImportManifest } from './import-manifest';
import type { ImportChange, ImportRepository } from './import.repository';
import type { ImportProgress, ImportResult, ImportStatus } from './import-state';
import type { RunOutcome } from './import-run';
import { patiently } from './patiently';
import { unreadableDetails } from './unreadable-export';

const UNFINISHED: readonly ImportStatus[] = ['queued', 'running', 'waiting_for_redis'];

/** Writes down how one import goes and ends. */
export class ImportReporter {
  private readonly startedAt = performance.now();
  private latest: ImportProgress | undefined;
  private writing: Promise<void> | undefined;

  constructor(
    private readonly repository: ImportRepository,
    private readonly events: EventLogger,
    private readonly manifest: ImportManifest,
  ) {}

  /**
   * Writes progress, one at a time: of what comes while one is being written, the latest is written next. Calls `stop`
   * when the import has been cancelled, or is gone.
   */
  progress(progress: ImportProgress, stop: () => void): void {
    this.latest = progress;
    this.writing ??= this.writeLatest(stop).finally(() => {
      this.writing = undefined;
    });
  }

  /** Waits for a progress that is just being written, so that it can't overtake the end. */
  async settled(): Promise<void> {
    await this.writing;
  }

  async complete(progress: ImportProgress, result: ImportResult): Promise<void> {
    const status = await this.end({ status: 'completed', progress: { ...progress, etaSeconds: 0 }, result });
    if (status !== 'completed') return;
    const { duration_ms } = this;
    const { recordsSeen: records, recordsStored: stored } = progress;
    this.events.info('import_completed', { import_id: this.manifest.importId, records, stored, duration_ms });
  }

  async unreadable(progress: ImportProgress, outcome: Extract<RunOutcome, { kind: 'unreadable' }>): Promise<void> {
    const { reason, byteOffset, result } = outcome;
    const details = unreadableDetails(reason, byteOffset, progress.recordsStored);
    await this.fail({ code: 'IMPORT_FILE_UNREADABLE', reason, details, progress, result });
  }

  async fail(failure: {
    readonly code: ErrorCode;
    readonly reason: string;
    readonly details?: object;
    readonly progress?: ImportProgress;
    readonly result?: ImportResult;
  }): Promise<void> {
    const { code, reason, details, progress, result } = failure;
    const error = { code, message: errorDefinition(code).message, details: { ...details } };
    await this.end({ status: 'failed', progress: progress && { ...progress, etaSeconds: null }, result, error });
    const { duration_ms } = this;
    this.events.warn('import_failed', { import_id: this.manifest.importId, error_code: code, reason, duration_ms });
  }

  /**
   * Writes down that a run was stopped before its end.
   * @returns `put_back` when only this process has to stop, `cancelled` when its owner wanted it, and `gone` when
   * nothing is known of the import any more
   */
  async stopped(progress: ImportProgress, forShutdown: boolean): Promise<'put_back' | 'cancelled' | 'gone'> {
    const last = { ...progress, etaSeconds: null };
    if (forShutdown && (await this.step(['running'], { status: 'queued', progress: last })) === 'queued')
      return 'put_back';
    const status = await this.step(['cancelled'], { status: 'cancelled', progress: last });
    if (status === undefined) return 'gone';
    this.events.info('import_cancelled', { import_id: this.manifest.importId, duration_ms: this.duration_ms });
    return 'cancelled';
  }

  /** Best effort: what keeps the import waiting may keep this from being written, and then the manifest tells it. */
  async waiting(code: ErrorCode, message: string): Promise<void> {
    const { importId, userId } = this.manifest;
    this.events.warn('import_failed', {
      import_id: importId,
      error_code: code,
      reason: 'waiting',
      duration_ms: this.duration_ms,
      err: new Error(message),
    });
    try {
      await this.repository.step(userId, importId, UNFINISHED, { status: 'waiting_for_redis' });
    } catch (err) {
      this.events.debug('import_event_lost', { import_id: importId, err });
    }
  }

  private get duration_ms(): number {
    return Math.round(performance.now() - this.startedAt);
  }

  private async end(change: ImportChange): Promise<ImportStatus | undefined> {
    const status = await this.step(UNFINISHED, { ...change, finishedAt: Date.now() });
    // Cancelled when it was all but done: what it stored until then is there, and has to be told.
    if (status === 'cancelled' && change.progress !== undefined) {
      await this.step(['cancelled'], { status: 'cancelled', progress: change.progress });
    }
    return status;
  }

  private async step(from: readonly ImportStatus[], change: ImportChange): Promise<ImportStatus | undefined> {
    const { userId, importId } = this.manifest;
    return patiently(() => this.repository.step(userId, importId, from, change));
  }

  private async writeLatest(stop: () => void): Promise<void> {
    while (this.latest !== undefined) {
      const progress = this.latest;
      this.latest = undefined;
      await this.writeProgress(progress, stop);
    }
  }

  private async writeProgress(progress: ImportProgress, stop: () => void): Promise<void> {
    const { userId, importId } = this.manifest;
    try {
      const status = await this.repository.step(userId, importId, ['running'], { status: 'running', progress });
      if (status !== 'running') stop();
    } catch (err) {
      this.events.debug('import_event_lost', { import_id: importId, err });
    }
  }
}
