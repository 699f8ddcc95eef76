import { setTimeout as sleep } from 'node:timers/promises';
import { EventLogger, InfrastructureError, ownerOf, PolicyRegistry, REDIS_POLICY, runDetached } from '@app/common';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ErasureNotices } from '../erasure/erasure-notices.service';
import type { ChatTurn } from './chat-session';
import { ChatSessionsRepository } from './chat-sessions.repository';

/** A turn that was answered and could not be kept. */
export interface LateTurn {
  readonly userId: string;
  readonly sessionId: string;
  readonly turn: ChatTurn;
  /** The session was there before; one that has gone meanwhile is not made again. */
  readonly mustExist: boolean;
}

export const MOST_LATE_TURNS = 1_000;
const TRY_EVERY_MS = 2_000;
/** A Redis that has just come back has its usual work to do: what was held back comes on top, a little at a time. */
const PACE_MS = 50;

/**
 * Holds turns back that could not be kept while Redis was away, and keeps them when it is back, each session's in their
 * order: one after the other, with pauses, and at once those of a session that is asked for. Bounded: what there is no
 * room for is lost, and logged as such, as is what is still held when the process ends.
 */
@Injectable()
export class LateTurns implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly held: LateTurn[] = [];
  private readonly stops: Array<() => void> = [];
  private readonly attempts = new Map<LateTurn, Promise<boolean>>();
  private readonly ending = new AbortController();
  private keeping: Promise<void> | undefined;

  constructor(
    private readonly repository: ChatSessionsRepository,
    private readonly policies: PolicyRegistry,
    private readonly notices: ErasureNotices,
    private readonly events: EventLogger,
  ) {}

  onApplicationBootstrap(): void {
    const timer = setInterval(() => void this.keepHeld(), TRY_EVERY_MS);
    timer.unref();
    this.stops.push(
      () => clearInterval(timer),
      this.notices.subscribe((owner) => this.drop(({ userId }) => ownerOf(userId) === owner)),
      this.policies.subscribe({
        onState: ({ policy, state }) => {
          if (policy === REDIS_POLICY && state === 'closed') void this.keepHeld();
        },
      }),
    );
  }

  async onModuleDestroy(): Promise<void> {
    for (const stop of this.stops) stop();
    this.ending.abort();
    await this.keepHeld();
    if (this.held.length > 0) this.events.warn('chat_turns_lost', { turns: this.held.length, reason: 'shutdown' });
  }

  /** The turns of a session that are still to be kept, oldest first. */
  of(userId: string, sessionId: string): ChatTurn[] {
    return this.held.filter((late) => isOf(late, userId, sessionId)).map(({ turn }) => turn);
  }

  add(late: LateTurn): void {
    if (this.held.length >= MOST_LATE_TURNS) {
      this.held.shift();
      this.events.warn('chat_turns_lost', { turns: 1, reason: 'no_room' });
    }
    this.held.push(late);
  }

  /** Deleted sessions stay deleted. */
  forget(userId: string, sessionId: string): void {
    this.drop((late) => isOf(late, userId, sessionId));
  }

  /** Keeps what is held, with pauses, as far as Redis allows. Never rejects. */
  async keepHeld(): Promise<void> {
    this.keeping ??= this.keepInOrder().finally(() => (this.keeping = undefined));
    await this.keeping;
  }

  /** Keeps what is held of a session, at once, as far as Redis allows. Never rejects. */
  async keepHeldOf(userId: string, sessionId: string): Promise<void> {
    const oldest = (): LateTurn | undefined => this.held.find((late) => isOf(late, userId, sessionId));
    for (let late = oldest(); late !== undefined; late = oldest()) if (!(await this.keepOnce(late))) return;
  }

  private async keepInOrder(): Promise<void> {
    for (let late = this.held[0]; late !== undefined; late = this.held[0]) {
      if (!(await this.keepOnce(late))) return;
      if (this.held.length > 0) await this.pause();
    }
  }

  /** A process that ends has no time for pauses. */
  private async pause(): Promise<void> {
    await sleep(PACE_MS, undefined, { signal: this.ending.signal }).catch(() => undefined);
  }

  /** Like `keep`, and takes it from what is held; for all who want it kept at the same time. */
  private keepOnce(late: LateTurn): Promise<boolean> {
    const underway = this.attempts.get(late);
    if (underway !== undefined) return underway;
    const attempt = this.keep(late)
      .then((settled) => {
        if (settled) this.drop((each) => each === late);
        return settled;
      })
      .finally(() => this.attempts.delete(late));
    this.attempts.set(late, attempt);
    return attempt;
  }

  /** Whether the turn need not be held any longer. */
  private async keep({ userId, ...late }: LateTurn): Promise<boolean> {
    try {
      // Whoever asked for it now may leave; the turn is kept for whoever asked then.
      const kept = await runDetached(() => this.repository.append(userId, late));
      if (kept) this.events.info('chat_turn_kept_late', { late_ms: Date.now() - late.turn.answeredAt });
      return true;
    } catch (err) {
      if (err instanceof InfrastructureError) return false;
      // One turn that cannot be kept for another reason must not hold up the others.
      this.events.error('chat_turns_lost', { turns: 1, reason: 'refused', err });
      return true;
    }
  }

  private drop(which: (late: LateTurn) => boolean): void {
    for (let at = this.held.length - 1; at >= 0; at--) {
      if (which(this.held[at] as LateTurn)) this.held.splice(at, 1);
    }
  }
}

function isOf(late: LateTurn, userId: string, sessionId: string): boolean {
  return late.userId === userId && late.sessionId === sessionId;
}
