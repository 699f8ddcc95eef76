import { Injectable } from '@nestjs/common';
import { EventLogger } from './event-logger';

interface FaultSource {
  on(event: 'unhandledRejection' | 'uncaughtException', listener: (fault: unknown) => void): unknown;
}

/**
 * Faults that no caller is left to hear of. A promise that nobody awaited has hurt one piece of work: it is logged and
 * counted, and the process goes on. After an uncaught exception nothing is certain any more: it is logged, and the
 * process ends in good order.
 */
@Injectable()
export class ProcessFaults {
  private rejections = 0;
  private exceptions = 0;

  constructor(private readonly events: EventLogger) {}

  /** Since the start; for metrics. */
  get counts(): { readonly unhandled_rejections: number; readonly uncaught_exceptions: number } {
    return { unhandled_rejections: this.rejections, uncaught_exceptions: this.exceptions };
  }

  /** @param end starts the orderly end of the process; called once for each uncaught exception */
  listen(end: () => void, source: FaultSource = process): void {
    source.on('unhandledRejection', (reason) => {
      this.rejections += 1;
      this.events.error('promise_rejection_unhandled', { err: reason });
    });
    source.on('uncaughtException', (error) => {
      this.exceptions += 1;
      this.events.error('exception_uncaught', { err: error });
      end();
    });
  }
}
