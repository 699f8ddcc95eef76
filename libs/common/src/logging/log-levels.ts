import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import type { Logger } from 'pino';
import { runOutsideContext } from '../context/request-context';
import { EventLogger, ROOT_LOGGER } from './event-logger';
import { sanitizeUserId } from './sanitize-user-id';

/** Levels that can be asked for while the process runs; none of them hides errors. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const;
export type RunTimeLogLevel = (typeof LOG_LEVELS)[number];

export interface LogLevelReport {
  readonly level: string;
  /** When the level goes back by itself, in ISO 8601; null when it is the configured one. */
  readonly until: string | null;
  /** What it goes back to. */
  readonly configured_level: string;
  /** Who asked for it, as it may be shown. */
  readonly changed_by: string | null;
}

interface Override {
  readonly until: number;
  readonly by: string;
  readonly timer: NodeJS.Timeout;
}

const SECOND_MS = 1_000;

/**
 * The level of the log, in this process. It can be changed for a while, and goes back by itself: nobody has to remember
 * it, and a process that is started again has the configured one.
 */
@Injectable()
export class LogLevels implements OnApplicationShutdown {
  private readonly configured: string;
  private override: Override | undefined;

  constructor(
    @Inject(ROOT_LOGGER) private readonly logger: Logger,
    private readonly events: EventLogger,
  ) {
    this.configured = logger.level;
  }

  report(): LogLevelReport {
    const { until, by } = this.override ?? {};
    return {
      level: this.logger.level,
      until: until === undefined ? null : new Date(until).toISOString(),
      configured_level: this.configured,
      changed_by: by ?? null,
    };
  }

  /** Sets the level for so many seconds from now, or back when it is the configured one. */
  change(level: RunTimeLogLevel, seconds: number, userId: string): LogLevelReport {
    clearTimeout(this.override?.timer);
    const by = sanitizeUserId(userId);
    const forMs = seconds * SECOND_MS;
    // What is logged when it ends is not part of the request that began it.
    this.override =
      level === this.configured
        ? undefined
        : { until: Date.now() + forMs, by, timer: runOutsideContext(() => setTimeout(() => this.goBack(), forMs)) };
    this.override?.timer.unref();
    this.set(level, by);
    return this.report();
  }

  onApplicationShutdown(): void {
    clearTimeout(this.override?.timer);
  }

  private goBack(): void {
    this.override = undefined;
    this.set(this.configured, null);
  }

  /** The change itself is told at whichever of the two levels tells more. */
  private set(to: string, by: string | null): void {
    const from = this.logger.level;
    const { until } = this.report();
    const tell = (): void => this.events.warn('log_level_changed', { from, to, until, by });
    const isQuieter = this.rank(to) > this.rank(from);
    if (isQuieter) tell();
    this.logger.level = to;
    // The framework's own logger is a child, which has a level of its own.
    PinoLogger.root.level = to;
    if (!isQuieter) tell();
  }

  private rank(level: string): number {
    return this.logger.levels.values[level] ?? Number.POSITIVE_INFINITY;
  }
}
