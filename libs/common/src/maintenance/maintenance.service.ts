import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { WellnessError } from '../errors/exceptions';
import { EventLogger } from '../logging/event-logger';
import { sanitizeUserId } from '../logging/sanitize-user-id';
import { MaintenanceMode, type MaintenanceState } from './maintenance-mode';
import { MaintenanceStore } from './maintenance-store';

/** How soon a replica follows what was told to another one. */
const LOOK_EVERY_MS = 2_000;
/** A replica that starts during maintenance should know before its first request; one without Redis starts all the same. */
const FIRST_LOOK_MS = 250;

export type MaintenanceChange = Pick<MaintenanceState, 'active' | 'message' | 'until' | 'retry_after_seconds'>;

/** What is known, and whether that is what Redis tells all replicas. */
export interface MaintenanceReport extends MaintenanceChange {
  readonly changed_at: string | null;
  readonly changed_by: string | null;
  readonly shared: boolean;
}

/**
 * Keeps `MaintenanceMode` in step with Redis, and so with the other replicas. Without Redis a replica goes by what it
 * last knew or was told itself, and tells the others as soon as Redis is back; of several such statements the latest
 * holds.
 */
@Injectable()
export class MaintenanceService implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  /** Whether Redis has what is known here, as far as we know. */
  private shared = false;
  private wasActive = false;

  constructor(
    private readonly store: MaintenanceStore,
    private readonly mode: MaintenanceMode,
    private readonly events: EventLogger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.timer = setInterval(() => void this.lookSafely(), LOOK_EVERY_MS);
    this.timer.unref();
    await Promise.race([this.lookSafely(), sleep(FIRST_LOOK_MS)]);
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    if (this.looking !== undefined) await this.lookSafely();
  }

  /** Asks Redis, if it can be reached, so that every replica gives the same answer. */
  async read(): Promise<MaintenanceReport> {
    await this.look();
    return this.report();
  }

  /**
   * Holds here at once, and in the other replicas within seconds. When Redis does not take it, `shared` is false: it
   * holds in this process alone until Redis is back.
   */
  async change(change: MaintenanceChange, userId: string): Promise<MaintenanceReport> {
    const state = { ...change, changed_at: new Date().toISOString(), changed_by: sanitizeUserId(userId) };
    this.mode.set(state);
    this.shared = false;
    this.tellChange();
    try {
      await this.store.save(state);
      this.shared = this.mode.state === state;
    } catch (err) {
      if (!(err instanceof WellnessError)) throw err;
      this.events.warn('maintenance_not_shared', { err });
    }
    return this.report();
  }

  /** For when nobody waits who could be told: what is no outage is a mistake of ours, and what was known still holds. */
  private async lookSafely(): Promise<void> {
    try {
      await this.look();
    } catch (err) {
      this.events.error('maintenance_not_read', { err });
    }
  }

  /** Never rejects for an outage: what was known still holds. */
  private look(): Promise<void> {
    this.looking ??= this.synchronise().finally(() => (this.looking = undefined));
    return this.looking;
  }

  private async synchronise(): Promise<void> {
    const before = this.mode.state;
    try {
      const found = await this.exchange(before);
      // Who was told something meanwhile knows better than an answer that was on its way.
      if (this.mode.state === before) {
        if (found !== undefined) this.mode.set(found);
        this.shared = true;
      }
    } catch (err) {
      if (!(err instanceof WellnessError)) throw err;
      this.events.debug('maintenance_not_read', { err });
      if (this.mode.state === before) this.shared = false;
    }
    this.tellChange();
  }

  /** A Redis that has lost its data is told again. */
  private async exchange(known: MaintenanceState | undefined): Promise<MaintenanceState | undefined> {
    const found = this.shared || known === undefined ? await this.store.load() : undefined;
    return found === undefined && known !== undefined ? this.store.offer(known) : found;
  }

  private tellChange(): void {
    const { isActive, state } = this.mode;
    if (isActive === this.wasActive) return;
    this.wasActive = isActive;
    if (isActive) this.events.warn('maintenance_began', { until: state?.until ?? null, by: state?.changed_by ?? null });
    else this.events.info('maintenance_ended', { by: state?.active === true ? null : (state?.changed_by ?? null) });
  }

  private report(): MaintenanceReport {
    const { state, isActive: active } = this.mode;
    const { message = null, until = null, retry_after_seconds = null } = state ?? {};
    const { changed_at = null, changed_by = null } = state ?? {};
    return { active, message, until, retry_after_seconds, changed_at, changed_by, shared: this.shared };
  }
}
