import { LogCapture } from '../testing/log-capture';
import { EventLogger } from './event-logger';
import { createRootLogger } from './root-logger';

describe('the log of events', () => {
  let logs: LogCapture;
  let events: EventLogger;

  beforeEach(() => {
    logs = new LogCapture();
    events = new EventLogger(createRootLogger({ level: 'warn', format: 'json', destination: logs }));
  });

  it('counts events by their level, also those that are not written', () => {
    events.info('import_received', { import_id: 'a', bytes: 1, kind: 'xml' });
    events.info('import_received', { import_id: 'b', bytes: 1, kind: 'xml' });
    events.warn('user_data_erased', { keys: 1 });
    expect(logs.lines).toHaveLength(1);
    expect(events.counts).toEqual([
      { event: 'import_received', level: 'info', count: 2 },
      { event: 'user_data_erased', level: 'warn', count: 1 },
    ]);
  });

  it('tells those who listen, whatever is written', () => {
    const keys: number[] = [];
    events.on('user_data_erased', (fields) => keys.push(fields.keys));
    events.info('user_data_erased', { keys: 3 });
    events.info('import_cancelled', { import_id: 'a' });
    expect(keys).toEqual([3]);
  });

  it('goes on when one of them throws', () => {
    const keys: number[] = [];
    events.on('user_data_erased', () => {
      throw new Error('deaf');
    });
    events.on('user_data_erased', (fields) => keys.push(fields.keys));
    events.warn('user_data_erased', { keys: 3 });
    expect(keys).toEqual([3]);
    expect(logs.named('event_listener_failed')).toMatchObject([{ level: 'error', of: 'user_data_erased' }]);
  });
});
