import { EventEmitter } from 'node:events';
import { LogCapture } from '../testing/log-capture';
import { EventLogger } from './event-logger';
import { ProcessFaults } from './process-faults';
import { createRootLogger } from './root-logger';

describe('faults that nobody is left to hear of', () => {
  let logs: LogCapture;
  let source: EventEmitter;
  let faults: ProcessFaults;
  let ends: number;

  beforeEach(() => {
    logs = new LogCapture();
    source = new EventEmitter();
    faults = new ProcessFaults(new EventLogger(createRootLogger({ level: 'info', format: 'json', destination: logs })));
    ends = 0;
    faults.listen(() => (ends += 1), source);
  });

  it.each([new Error('hunter2'), 'hunter2', null, undefined, Object.freeze({ hunter2: true })])(
    'are logged and counted, and end the process when they are exceptions (%p)',
    (thrown) => {
      source.emit('unhandledRejection', thrown);
      expect(ends).toBe(0);
      source.emit('uncaughtException', thrown);
      expect(ends).toBe(1);
      expect(faults.counts).toEqual({ unhandled_rejections: 1, uncaught_exceptions: 1 });
      expect(logs.lines.map(({ event, level }) => [event, level])).toEqual([
        ['promise_rejection_unhandled', 'error'],
        ['exception_uncaught', 'error'],
      ]);
      expect(logs.text).not.toContain('hunter2');
    },
  );
});
