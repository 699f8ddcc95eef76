import { setTimeout as sleep } from 'node:timers/promises';
import type { Readable } from 'node:stream';
import { currentContext, EventLogger, InfrastructureError, newContext, NotFoundError } from '@app/common';
import { Injectable } from '@nestjs/common';
import { IdempotencyService, type Replayable } from '../idempotency/idempotency.service';
import { newImportId } from './import-id';
import type { ImportManifest } from './import-manifest';
import { ImportQueue } from './import-queue';
import { type ImportPage, ImportRepository } from './import.repository';
import { ImportSpool } from './import-spool';
import { type ImportState, type ImportStatus, isFinal, NO_PROGRESS } from './import-state';
import { importFailureError } from './import-failure';

export interface Upload {
  /** The bytes of a zip or of XML; whose they are has been checked. */
  readonly content: Readable;
  readonly idempotencyKey?: string;
}

/** What the uploader is told: the work is still to be done. */
export interface ImportReceipt {
  readonly importId: string;
  readonly status: ImportStatus;
}

export interface ImportEvent {
  readonly type: 'progress' | 'done';
  readonly state: ImportState;
}

const IMPORT_ROUTE = 'POST /api/v1/imports';
const WATCH_EVERY_MS = 500;
/** How many unfinished imports are looked for when a user is forgotten. */
const MOST_UNFINISHED = 1_000;
/** A worker looks twice a second whether its import was cancelled. */
const STOP_LIMIT_MS = 5_000;
const STOP_POLL_MS = 100;
const UNFINISHED = ['queued', 'running', 'waiting_for_redis'] as const;

/** Imports of Apple Health exports: taken in here, done by a worker later. */
@Injectable()
export class ImportsService {
  constructor(
    private readonly spool: ImportSpool,
    private readonly repository: ImportRepository,
    private readonly queue: ImportQueue,
    private readonly idempotency: IdempotencyService,
    private readonly events: EventLogger,
  ) {}

  /**
   * Takes an upload in. When this returns, the upload is safe on disk and will be imported, even if Redis is away.
   * @throws UnreadableExport, ValidationError (`REQUEST_BODY_TOO_LARGE`), ConflictError (`IDEMPOTENCY_*`),
   * InfrastructureError (`STORAGE_*`; with an idempotency key also the errors of `RedisGateway`)
   */
  async accept(userId: string, { content, idempotencyKey: key }: Upload): Promise<Replayable<ImportReceipt>> {
    const importId = newImportId();
    let manifest: ImportManifest | undefined;
    const receive = async (): Promise<string> => {
      manifest = await this.receive(importId, userId, content);
      return manifest.sha256;
    };
    const commit = async (): Promise<ImportReceipt> => this.commit(manifest as ImportManifest);
    try {
      const outcome = await this.idempotency.run({ userId, route: IMPORT_ROUTE, key }, receive, commit);
      if (outcome.replayed) await this.spool.remove(importId);
      return outcome;
    } catch (error) {
      await this.spool.remove(importId);
      throw error;
    }
  }

  /** @throws NotFoundError (`IMPORT_JOB_NOT_FOUND`), the errors of `RedisGateway` */
  async get(userId: string, importId: string): Promise<ImportState> {
    const manifest = await this.manifestOf(userId, importId);
    const state = await this.stateOf(userId, importId, manifest);
    if (state === undefined)
      throw new NotFoundError('IMPORT_JOB_NOT_FOUND', { details: { import_id: importId.slice(0, 100) } });
    return manifest?.waiting !== undefined && !isFinal(state.status)
      ? { ...state, status: 'waiting_for_redis' }
      : state;
  }

  /** The latest first; `before` is the `next` of the page before. @throws the errors of `RedisGateway` */
  async list(userId: string, limit: number, before?: string): Promise<ImportPage> {
    return this.repository.list(userId, limit, before);
  }

  /**
   * Stops an import that has not ended; what is stored stays. One that has ended is left as it is.
   * @throws NotFoundError (`IMPORT_JOB_NOT_FOUND`), the errors of `RedisGateway`
   */
  async cancel(userId: string, importId: string): Promise<ImportState> {
    const state = await this.get(userId, importId);
    if (isFinal(state.status)) return state;
    const finishedAt = Date.now();
    const status = await this.repository.step(userId, importId, UNFINISHED, { status: 'cancelled', finishedAt });
    // A worker that has it sees the new status with its next progress, and cleans up itself.
    if (status === 'cancelled' && (await this.queue.remove(importId))) {
      await this.spool.remove(importId);
      this.events.info('import_cancelled', { import_id: importId });
    }
    return this.get(userId, importId);
  }

  /**
   * How an import goes, until it has ended: `progress` whenever something has changed, then `done`.
   * @throws NotFoundError (`IMPORT_JOB_NOT_FOUND`) first thing; the import's own error, after a `progress`, when it fails
   */
  async *watch(userId: string, importId: string, signal?: AbortSignal): AsyncGenerator<ImportEvent> {
    let last = '';
    for (;;) {
      const state = await this.get(userId, importId);
      const text = JSON.stringify(state);
      const done = isFinal(state.status) && state.error === null;
      if (text !== last && !done) yield { type: 'progress', state };
      if (state.error !== null) throw importFailureError(state.error);
      if (done) {
        yield { type: 'done', state };
        return;
      }
      last = text;
      await sleep(WATCH_EVERY_MS, undefined, { signal });
    }
  }

  /**
   * Ends a user's imports and removes their uploads; to be called when all of a user's data is erased. Returns when
   * no worker writes for the user any more. @throws the errors of `RedisGateway`
   */
  async forget(userId: string): Promise<void> {
    for (const importId of await this.spool.list()) {
      const manifest = await this.spool.readManifest(importId);
      if (manifest?.userId === userId) await this.spool.remove(importId);
    }
    const { imports } = await this.repository.list(userId, MOST_UNFINISHED);
    const unfinished = imports.filter(({ status }) => !isFinal(status));
    for (const { importId } of unfinished) await this.cancel(userId, importId);
    const deadline = Date.now() + STOP_LIMIT_MS;
    for (const { importId } of unfinished) {
      while (Date.now() < deadline && (await this.queue.has(importId))) await sleep(STOP_POLL_MS);
    }
  }

  private async receive(importId: string, userId: string, content: Readable): Promise<ImportManifest> {
    const { correlationId, traceId, signal } = currentContext() ?? newContext();
    const { kind, bytes, sha256 } = await this.spool.receive(importId, content, signal);
    this.events.info('import_received', { import_id: importId, bytes, kind });
    return { importId, userId, kind, bytes, sha256, createdAt: Date.now(), correlationId, traceId };
  }

  /** From the manifest on, the import is promised; that Redis is away only delays it. */
  private async commit(manifest: ImportManifest): Promise<ImportReceipt> {
    const { importId, userId } = manifest;
    await this.spool.writeManifest(manifest);
    try {
      await this.repository.create(manifest);
      await this.queue.add({ importId, userId });
      return { importId, status: 'queued' };
    } catch (error) {
      if (!(error instanceof InfrastructureError)) throw error;
      this.events.warn('import_failed', {
        import_id: importId,
        error_code: error.error_code,
        reason: 'waiting',
        err: error,
      });
      return { importId, status: 'waiting_for_redis' };
    }
  }

  private async manifestOf(userId: string, importId: string): Promise<ImportManifest | undefined> {
    const manifest = await this.spool.readManifest(importId);
    return manifest?.userId === userId ? manifest : undefined;
  }

  /** Without Redis, an upload that waits on this disk can still be told of. */
  private async stateOf(userId: string, importId: string, manifest?: ImportManifest): Promise<ImportState | undefined> {
    try {
      const state = await this.repository.get(userId, importId);
      return state ?? (manifest && waitingState(manifest));
    } catch (error) {
      if (!(error instanceof InfrastructureError) || manifest === undefined) throw error;
      return waitingState(manifest);
    }
  }
}

function waitingState({ importId, kind, bytes, createdAt }: ImportManifest): ImportState {
  const nothing = { startedAt: null, finishedAt: null, progress: NO_PROGRESS, result: null, error: null };
  return { importId, status: 'waiting_for_redis', kind, fileBytes: bytes, createdAt, ...nothing };
}
