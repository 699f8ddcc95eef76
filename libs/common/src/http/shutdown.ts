import { setTimeout as sleep } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { EventLogger } from '../logging/event-logger';
import { Drain } from './drain';

export interface ShutdownSettings {
  /** How long requests are still served after the signal, while load balancers take this instance out. */
  readonly graceMs: number;
  /** Longest the whole shutdown may take. */
  readonly timeoutMs: number;
  /** What is left to stop once the application has closed (a private Redis). */
  readonly last: () => Promise<void>;
  readonly exit: (code: number) => void;
}

/** Part of the time limit that is kept for closing after the last request. */
const CLOSING_SHARE = 0.2;
/**
 * Whoever connects as the listening socket is closed is cut off by the operating system, unseen by us. So it is closed
 * when nobody has come for a moment; those who were refused will not come again before `Retry-After` is over.
 */
const QUIET_MS = 200;
const QUIET_LIMIT_MS = 2_000;

/**
 * The orderly end of the process: readiness fails, requests are still served for the grace period, then refused while
 * those in flight are finished; then the application closes, Redis last.
 */
export class Shutdown {
  private readonly drain: Drain;
  private readonly events: EventLogger;
  private started = false;
  private exitCode = 0;

  constructor(
    private readonly app: NestFastifyApplication,
    private readonly settings: ShutdownSettings,
  ) {
    this.drain = app.get(Drain);
    this.events = app.get(EventLogger);
  }

  /** Begins with the first signal, and ends at once with the second. */
  onSignal(signal: NodeJS.Signals): void {
    if (this.started) {
      this.settings.exit(1);
      return;
    }
    // A person at a terminal is no load balancer.
    void this.run(signal, signal === 'SIGINT' ? 0 : this.settings.graceMs, 0);
  }

  /** Never rejects: whatever goes wrong on the way ends in the exit code. */
  async run(reason: string, graceMs: number, exitCode: number): Promise<void> {
    // A shutdown that was well-meant does not make good what goes wrong during it.
    this.exitCode = Math.max(this.exitCode, exitCode);
    if (this.started) return;
    this.started = true;
    const timer = setTimeout(() => this.settings.exit(1), this.settings.timeoutMs);
    const code = await this.stop(reason, graceMs).then(
      () => this.exitCode,
      (error: unknown) => {
        this.events.error('application_stop_failed', { err: error });
        return 1;
      },
    );
    clearTimeout(timer);
    this.events.info('application_stopped', { exit_code: code });
    this.settings.exit(code);
  }

  private async stop(reason: string, graceMs: number): Promise<void> {
    const until = Date.now() + this.settings.timeoutMs * (1 - CLOSING_SHARE);
    this.events.info('application_stopping', { signal: reason });
    this.events.flush();
    this.drain.leave();
    await sleep(Math.max(0, Math.min(graceMs, until - Date.now())));
    this.drain.refuse();
    const finished = await this.drain.whenIdle((until - Date.now()) / 2);
    this.drain.hurry();
    if (!finished) await this.drain.whenIdle(until - Date.now());
    await this.drain.whenQuiet(QUIET_MS, Math.min(QUIET_LIMIT_MS, until - Date.now()));
    // Idle keep-alive connections, and whoever did not finish in time.
    this.app.getHttpServer().closeAllConnections();
    await this.app.close();
    await this.settings.last();
  }
}
