import { setTimeout as sleep } from 'node:timers/promises';
import { EventLogger, InfrastructureError } from '@app/common';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ImportQueue } from './import-queue';
import { ImportRepository } from './import.repository';
import { ImportSpool } from './import-spool';
import { isFinal } from './import-state';

const SWEEP_EVERY_MS = 5_000;
/** A Redis that has just come back has its usual work to do: uploads that had to wait come on top, a few a second. */
const PACE_MS = 200;
const ABANDONED_MS = 24 * 3_600_000;

/**
 * Keeps the promise that a 202 was: every upload with a manifest has a job, whatever became of Redis meanwhile; what
 * nobody will read any more is removed.
 */
@Injectable()
export class ImportRecovery implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> | undefined;
  private readonly ending = new AbortController();

  constructor(
    private readonly spool: ImportSpool,
    private readonly repository: ImportRepository,
    private readonly queue: ImportQueue,
    private readonly events: EventLogger,
  ) {}

  onApplicationBootstrap(): void {
    this.begin();
    this.timer = setInterval(() => this.begin(), SWEEP_EVERY_MS);
    this.timer.unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    this.ending.abort();
    await this.sweeping;
  }

  /** Goes over the spool once, with a pause after each import that needed something. Throws the errors of `RedisGateway`. */
  async sweep(): Promise<void> {
    for (const importId of await this.spool.list()) {
      if (this.ending.signal.aborted) return;
      try {
        if (await this.look(importId)) await this.pause();
      } catch (err) {
        if (err instanceof InfrastructureError) throw err;
        // What is wrong with one import must not keep the others waiting.
        this.events.error('import_recovery_failed', { err });
      }
    }
  }

  private begin(): void {
    this.sweeping ??= this.sweepSafely().finally(() => {
      this.sweeping = undefined;
    });
  }

  private async sweepSafely(): Promise<void> {
    try {
      await this.sweep();
    } catch (err) {
      // Without Redis there is nothing to recover to: the next sweep comes soon, and the connection has told already.
      if (!(err instanceof InfrastructureError)) this.events.error('import_recovery_failed', { err });
    }
  }

  /** Whether the import needed something of Redis. */
  private async look(importId: string): Promise<boolean> {
    const manifest = await this.spool.readManifest(importId);
    if (manifest === undefined) {
      await this.removeAbandoned(importId);
      return false;
    }
    const { userId } = manifest;
    const state = await this.repository.get(userId, importId);
    if (state !== undefined && isFinal(state.status)) {
      await this.spool.remove(importId);
      return false;
    }
    if (state === undefined) await this.repository.create(manifest);
    if (await this.queue.has(importId)) return state === undefined;
    await this.queue.add({ importId, userId });
    return true;
  }

  private async pause(): Promise<void> {
    await sleep(PACE_MS, undefined, { signal: this.ending.signal }).catch(() => undefined);
  }

  private async removeAbandoned(importId: string): Promise<void> {
    if ((await this.spool.idleMs(importId)) > ABANDONED_MS) await this.spool.remove(importId);
  }
}
