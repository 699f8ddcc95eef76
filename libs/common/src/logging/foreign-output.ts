import type { EventLogger } from './event-logger';

export type ConsoleMethod = 'debug' | 'error' | 'info' | 'log' | 'trace' | 'warn';

type Output = { source: `console.${ConsoleMethod}` | 'warning'; err: Error };
type OutputConsole = Record<ConsoleMethod, (...args: unknown[]) => void>;

interface WarningSource {
  on(event: 'warning', listener: (warning: Error) => void): unknown;
  removeAllListeners(event: 'warning'): unknown;
}

const METHODS: readonly ConsoleMethod[] = ['debug', 'error', 'info', 'log', 'trace', 'warn'];
/** Of what is printed before there is a logger. */
const MAX_KEPT = 100;

/**
 * What libraries print, and what the runtime warns of, as lines of the log: whoever reads a log of JSON lines must not
 * find anything else in it. Of the text nothing is kept, it may quote anything; the stack tells who printed it.
 */
export class ForeignOutput {
  private readonly kept: Output[] = [];
  private events?: EventLogger;

  /** Takes over at once, and keeps what comes until `attach`. */
  constructor(console: OutputConsole = globalThis.console, source: WarningSource = process) {
    for (const method of METHODS) {
      const print = (): void => {
        const err = new Error();
        Error.captureStackTrace(err, print);
        this.note({ source: `console.${method}`, err });
      };
      console[method] = print;
    }
    // The runtime's own listener is the one that prints.
    source.removeAllListeners('warning');
    source.on('warning', (err) => this.note({ source: 'warning', err }));
  }

  attach(events: EventLogger): void {
    this.events = events;
    for (const output of this.kept.splice(0)) this.note(output);
  }

  private note(output: Output): void {
    if (this.events !== undefined) this.events.warn('library_printed', output);
    else if (this.kept.length < MAX_KEPT) this.kept.push(output);
  }
}
