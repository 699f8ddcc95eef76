import { EventEmitter } from 'node:events';
import { LogCapture } from '../testing/log-capture';
import { EventLogger } from './event-logger';
import { ForeignOutput } from './foreign-output';
import { createRootLogger } from './root-logger';

const SECRET = 'redis://admin:hunter2@db.internal';

describe('what others print', () => {
  const printed: unknown[][] = [];
  const record = (...args: unknown[]): void => void printed.push(args);
  let console: ConstructorParameters<typeof ForeignOutput>[0] & object;
  let source: EventEmitter;
  let logs: LogCapture;
  let events: EventLogger;
  let output: ForeignOutput;

  beforeEach(() => {
    printed.length = 0;
    console = { debug: record, error: record, info: record, log: record, trace: record, warn: record };
    source = new EventEmitter().on('warning', record);
    logs = new LogCapture();
    events = new EventLogger(createRootLogger({ level: 'debug', format: 'json', destination: logs }));
    output = new ForeignOutput(console, source);
  });

  it('is a line of the log that tells who printed, and nothing of what', () => {
    output.attach(events);
    console.warn(`[library] ${SECRET}`, { password: SECRET });
    source.emit('warning', Object.assign(new Error(SECRET), { code: 'DEP0001' }));
    expect(printed).toEqual([]);
    expect(logs.named('library_printed')).toMatchObject([
      {
        level: 'warn',
        source: 'console.warn',
        err: { stack: expect.stringContaining('foreign-output.spec') as string },
      },
      { level: 'warn', source: 'warning', err: { code: 'DEP0001' } },
    ]);
    expect(logs.text).not.toContain('hunter2');
  });

  it('is kept until there is a logger, in bounds', () => {
    for (let line = 0; line < 1_000; line += 1) console.log(line);
    output.attach(events);
    expect(logs.named('library_printed')).toHaveLength(100);
    console.error('later');
    expect(logs.named('library_printed')).toHaveLength(101);
  });
});
