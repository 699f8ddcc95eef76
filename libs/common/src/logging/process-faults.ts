import type { EventLogger } from './event-logger';

interface FaultSource {
  on(event: 'unhandledRejection' | 'uncaughtException', listener: (fault: unknown) => void): unknown;
  off(event: 'unhandledRejection' | 'uncaughtException', listener: (fault: unknown) => void): unknown;
}

/**
 * Faults that no caller is left to hear of. A promise that nobody awaited has hurt one piece of work: it is logged and
 * counted, and the process goes on. After an uncaught exception nothing is certain any more: it is logged, and the
 * process ends in good order.
 */
export class ProcessFaults {
  private rejections = 0;
  private readonly onRejection = (reason: unknown): void => {
    this.rejections += 1;
    this.events.error('promise_rejection_unhandled', { err: reason });
  };
  private readonly onException = (error: unknown): void => {
    this.events.error('exception_uncaught', { err: error });
    this.end();
  };

  /** @param end starts the orderly end of the process; called once for each uncaught exception */
  constructor(
    private readonly events: EventLogger,
    private readonly end: () => void,
    private readonly source: FaultSource = process,
  ) {
    source.on('unhandledRejection', this.onRejection);
    source.on('uncaughtException', this.onException);
  }

  /** Promises that failed with nobody listening, since the start. */
  get unhandledRejections(): number {
    return this.rejections;
  }

  stopListening(): void {
    this.source.off('unhandledRejection', this.onRejection);
    this.source.off('uncaughtException', this.onException);
  }
}
