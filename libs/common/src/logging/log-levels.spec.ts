import { PinoLogger } from 'nestjs-pino';
import { runInContext } from '../context/request-context';
import { LogCapture } from '../testing/log-capture';
import { EventLogger } from './event-logger';
import { LogLevels } from './log-levels';
import { createRootLogger } from './root-logger';

const OPERATOR = 'operator-7';
const NOW = Date.parse('2025-10-21T20:00:00Z');

describe('the level of the log', () => {
  let logs: LogCapture;
  let levels: LogLevels;
  let events: EventLogger;

  beforeEach(() => {
    jest.useFakeTimers({ now: NOW });
    start('info');
  });
  afterEach(() => {
    levels.onApplicationShutdown();
    jest.useRealTimers();
  });

  function start(level: string): void {
    logs = new LogCapture();
    const logger = createRootLogger({ level, format: 'json', destination: logs });
    events = new EventLogger(logger);
    // What the framework says goes by a child of it.
    new PinoLogger({ pinoHttp: { logger, autoLogging: false } });
    levels = new LogLevels(logger, events);
  }

  const change = (level: 'debug' | 'info' | 'error', seconds: number): object =>
    runInContext({ correlationId: 'asked', traceId: 't', userId: OPERATOR }, () =>
      levels.change(level, seconds, OPERATOR),
    );
  const isDebugWritten = (): boolean => {
    logs.clear();
    events.debug('erasures_not_seen', { err: undefined });
    return logs.text !== '';
  };

  it('goes back by itself', () => {
    expect(isDebugWritten()).toBe(false);
    expect(change('debug', 60)).toEqual({
      level: 'debug',
      until: '2025-10-21T20:01:00.000Z',
      configured_level: 'info',
      changed_by: 'op***-7',
    });
    jest.advanceTimersByTime(59_000);
    expect(isDebugWritten()).toBe(true);
    jest.advanceTimersByTime(1_000);
    expect(isDebugWritten()).toBe(false);
    expect(levels.report()).toEqual({ level: 'info', until: null, configured_level: 'info', changed_by: null });
  });

  it('is that of the latest change, for as long as that one said', () => {
    change('debug', 60);
    jest.advanceTimersByTime(30_000);
    change('error', 60);
    jest.advanceTimersByTime(45_000);
    expect(levels.report()).toMatchObject({ level: 'error', until: '2025-10-21T20:01:30.000Z' });
    jest.advanceTimersByTime(15_000);
    expect(levels.report()).toMatchObject({ level: 'info', until: null });
    expect(jest.getTimerCount()).toBe(0);
  });

  it('goes back at once when the configured one is asked for', () => {
    change('debug', 60);
    expect(change('info', 60)).toMatchObject({ level: 'info', until: null, changed_by: null });
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is logged whenever it changes, however quiet the log becomes, with who changed it', () => {
    change('error', 60);
    jest.advanceTimersByTime(60_000);
    expect(logs.named('log_level_changed')).toEqual([
      expect.objectContaining({ from: 'info', to: 'error', by: 'op***-7', correlation_id: 'asked' }),
      expect.objectContaining({ from: 'error', to: 'info', by: null, until: null }),
    ]);
    // The end belongs to no request.
    expect(logs.named('log_level_changed')[1]).not.toHaveProperty('correlation_id');
    expect(logs.text).not.toContain(OPERATOR);
  });

  it('is that of what the framework says, too', () => {
    change('debug', 60);
    expect(PinoLogger.root.level).toBe('debug');
    jest.advanceTimersByTime(60_000);
    expect(PinoLogger.root.level).toBe('info');
  });

  it('keeps no process alive', () => {
    jest.useRealTimers();
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    change('debug', 60);
    expect(timers()).toBe(before);
  });
});
