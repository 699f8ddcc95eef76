import * as fc from 'fast-check';
import { runInContext } from '../context/request-context';
import { InfrastructureError, RedisConnectionError, ValidationError } from '../errors/exceptions';
import { LogCapture } from '../testing/log-capture';
import { EventLogger } from './event-logger';
import type { RepeatSettings } from './error-repeats';
import { createRootLogger } from './root-logger';

const WINDOW_MS = 60_000;
const SETTINGS: RepeatSettings = { every: 10, windowMs: WINDOW_MS, maxKinds: 20 };
const ROUTES = Array.from({ length: 6 }, (_each, index) => `/api/v1/route-${index}`);

/** One thing that happens: an error of a route, or time that passes. */
type Step = { readonly route: number; readonly times: number } | { readonly passMs: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ route: fc.nat(ROUTES.length - 1), times: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ passMs: fc.integer({ min: 1, max: 2 * WINDOW_MS }) }),
);

describe('errors that repeat themselves', () => {
  let logs: LogCapture;

  beforeEach(() => {
    jest.useFakeTimers({ now: Date.parse('2025-10-21T20:00:00Z') });
    logs = new LogCapture();
  });
  afterEach(() => jest.useRealTimers());

  const logger = (changes: Partial<RepeatSettings> = {}, level = 'debug'): EventLogger =>
    new EventLogger(createRootLogger({ level, format: 'json', destination: logs }), { ...SETTINGS, ...changes });
  const fail = (events: EventLogger, route = '/api/v1/me', err: unknown = refused()): void =>
    events.error('request_failed', { method: 'GET', route, status: 503, error_code: 'REDIS_CONNECTION_FAILED', err });
  const refused = (): Error =>
    new RedisConnectionError('read_profile', Object.assign(new Error(), { code: 'ECONNREFUSED' }));
  const repeat = (times: number, work: () => void): void => Array.from({ length: times }).forEach(work);

  it('are written once, then one in so many, and summed up when their time is over', () => {
    const events = logger();
    repeat(25, () => {
      jest.advanceTimersByTime(1_000);
      runInContext({ correlationId: `req-${Date.now()}`, traceId: 't', userId: 'alice-liddell' }, () => fail(events));
    });
    expect(logs.named('request_failed').map(({ occurrence }) => occurrence)).toEqual([undefined, 11, 21]);
    expect(logs.named('errors_repeated')).toEqual([]);
    jest.advanceTimersByTime(WINDOW_MS);
    const [summary, ...others] = logs.named('errors_repeated');
    expect(others).toEqual([]);
    expect(summary).toEqual({
      level: 'error',
      time: '2025-10-21T20:01:01.000Z',
      event: 'errors_repeated',
      of: 'request_failed',
      error_code: 'REDIS_CONNECTION_FAILED',
      route: '/api/v1/me',
      count: 25,
      left_out: 22,
      first_at: '2025-10-21T20:00:01.000Z',
      last_at: '2025-10-21T20:00:25.000Z',
      sample_correlation_id: `req-${Date.parse('2025-10-21T20:00:01Z')}`,
    });
  });

  it('begin anew with the next window', () => {
    const events = logger();
    fail(events);
    jest.advanceTimersByTime(WINDOW_MS);
    fail(events);
    expect(logs.named('request_failed')).toHaveLength(2);
  });

  it.each<[string, (events: EventLogger) => void]>([
    ['route', (events) => fail(events, '/api/v1/other')],
    ['cause', (events) => fail(events, undefined, new RedisConnectionError('read_profile', new TypeError('x')))],
    ['operation', (events) => fail(events, undefined, new RedisConnectionError('read_chunks', refused().cause))],
    ['event', (events) => events.error('import_recovery_failed', { err: refused() })],
    ['line of code', (events) => fail(events, undefined, new TypeError('another'))],
  ])('are not the same when they differ in their %s', (_what, other) => {
    const events = logger();
    repeat(3, () => fail(events, undefined, new TypeError('one')));
    repeat(3, () => fail(events));
    logs.clear();
    other(events);
    expect(logs.lines).toHaveLength(1);
  });

  it('are the same whoever they happen to, and whatever was sent', () => {
    const events = logger();
    for (const user of ['alice-liddell', 'somebody-else']) {
      const details = { field: user, errors: [{ field: user, value: user }] };
      const err = new ValidationError('VALIDATION_INVALID_INPUT', { message: user, details });
      runInContext({ correlationId: user, traceId: 't', userId: user }, () =>
        events.warn('idempotency_answer_lost', { route: '/api/v1/me', err }),
      );
    }
    expect(logs.named('idempotency_answer_lost')).toHaveLength(1);
  });

  it('are all written where nothing else was asked for, and where they are no errors', () => {
    const events = logger({ every: 1 });
    repeat(30, () => fail(events));
    expect(logs.named('request_failed')).toHaveLength(30);
    const sampling = logger();
    repeat(30, () => sampling.warn('policy_isolated', { policy: 'redis' }));
    expect(logs.named('policy_isolated')).toHaveLength(30);
  });

  it('are not counted as left out when their level is off', () => {
    const events = logger({}, 'error');
    repeat(30, () => events.warn('maintenance_not_shared', { err: refused() }));
    events.flush();
    expect(logs.text).toBe('');
  });

  it('are summed up when the process ends, and left out no more', () => {
    const events = logger();
    repeat(5, () => fail(events));
    events.onApplicationShutdown();
    expect(logs.named('errors_repeated')).toMatchObject([{ count: 5, left_out: 4 }]);
    repeat(5, () => fail(events));
    expect(logs.named('request_failed')).toHaveLength(6);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('keep no process alive', () => {
    jest.useRealTimers();
    const events = logger();
    const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    fail(events);
    expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout')).toHaveLength(before);
    events.flush();
  });

  it('survive whatever was thrown', () => {
    const events = logger();
    const hostile = new Proxy(new Error('x'), {
      get: () => {
        throw new Error('no');
      },
    });
    for (const thrown of [hostile, null, 'text', Object.freeze({}), 7n]) repeat(2, () => fail(events, '/x', thrown));
    events.flush();
    expect(logs.named('errors_repeated').map(({ left_out }) => left_out)).toEqual(expect.arrayContaining([1]));
  });

  it('add up exactly, lose no first one, and take bounded memory, whatever happens', () => {
    const settings = fc.record({
      every: fc.integer({ min: 2, max: 12 }),
      windowMs: fc.constant(WINDOW_MS),
      maxKinds: fc.integer({ min: 1, max: ROUTES.length + 1 }),
    });
    fc.assert(
      fc.property(settings, fc.array(step, { maxLength: 30 }), (repeats, steps) => {
        logs.clear();
        const events = logger(repeats);
        const happened = new Map<string, number>();
        for (const each of steps) {
          if ('passMs' in each) {
            jest.advanceTimersByTime(each.passMs);
            continue;
          }
          const route = ROUTES[each.route] as string;
          repeat(each.times, () => fail(events, route));
          happened.set(route, (happened.get(route) ?? 0) + each.times);
          // Whatever else is going on, somebody who has just failed has a line of his own by now.
          expect(logs.text).toContain(`"route":"${route}"`);
          expect(jest.getTimerCount()).toBeLessThanOrEqual(1);
          expect(kindsOf(events)).toBeLessThanOrEqual(repeats.maxKinds);
        }
        events.onApplicationShutdown();
        for (const [route, count] of happened) {
          const own = logs.lines.filter((line) => line.route === route);
          const written = own.filter(({ event }) => event === 'request_failed').length;
          const leftOut = own.reduce((sum, line) => sum + Number(line.left_out ?? 0), 0);
          expect([route, written + leftOut]).toEqual([route, count]);
        }
      }),
      { numRuns: 50 },
    );
  });

  function kindsOf(events: EventLogger): number {
    return (events as unknown as { repeats: { size: number } }).repeats.size;
  }

  it('stay one kind when a policy gives them its own code', () => {
    const events = logger();
    repeat(30, () =>
      fail(events, undefined, new InfrastructureError('REDIS_CIRCUIT_OPEN', { details: { operation: 'x' } })),
    );
    expect(logs.named('request_failed')).toHaveLength(3);
  });
});
