import { newContext, runInContext } from '../context/request-context';
import { BusinessLogicError, InfrastructureError, RedisConnectionError } from '../errors/exceptions';
import { LastKnownGood, ownerOf, type RepeatableRead } from './last-known-good';

interface Answer {
  readonly steps: number;
}

const AWAY = new RedisConnectionError('read', new Error('ECONNREFUSED'));
const HOUR = 3_600_000;

function setUp(maxBytes = 100_000) {
  const events = { info: jest.fn() };
  return { events, known: new LastKnownGood({ maxBytes, maxAgeMs: 24 * HOUR }, events) };
}

function query(changes: Partial<RepeatableRead<Answer>> = {}): RepeatableRead<Answer> {
  return { userId: 'alice', operation: 'aggregate', key: 'steps', weigh: () => 100, ...changes };
}

const works = (steps: number) => (): Promise<Answer> => Promise.resolve({ steps });
const fails = (error: Error) => (): Promise<Answer> => Promise.reject(error);

describe('the last known good answer', () => {
  beforeEach(() => jest.useFakeTimers({ now: Date.UTC(2026, 0, 1) }));
  afterEach(() => jest.useRealTimers());

  it('is given while the source is away, and its age is noted for whoever answers', async () => {
    const { known, events } = setUp();
    await known.read(query(), works(1));
    await known.read(query(), works(2));
    const storedAt = Date.now();
    jest.advanceTimersByTime(HOUR);
    const context = newContext();
    expect(await runInContext(context, () => known.read(query(), fails(AWAY)))).toEqual({ steps: 2 });
    expect(context.staleSince).toBe(storedAt);
    expect(events.info).toHaveBeenCalledWith('stale_data_served', { operation: 'aggregate', age_s: 3600 });
  });

  it('notes the oldest of several', async () => {
    const { known } = setUp();
    await known.read(query({ key: 'old' }), works(1));
    const oldest = Date.now();
    jest.advanceTimersByTime(HOUR);
    await known.read(query({ key: 'new' }), works(2));
    const context = newContext();
    await runInContext(context, async () => {
      await known.read(query({ key: 'old' }), fails(AWAY));
      await known.read(query({ key: 'new' }), fails(AWAY));
    });
    expect(context.staleSince).toBe(oldest);
  });

  it('leaves no mark on an answer that is not from before', async () => {
    const { known } = setUp();
    const context = newContext();
    await runInContext(context, () => known.read(query(), works(1)));
    expect(context.staleSince).toBeUndefined();
  });

  it.each([
    ['another user', { userId: 'bob' }],
    ['another question', { key: 'heart rate' }],
    ['another kind of read', { operation: 'list' }],
  ])('is not given to %s', async (_who, changes) => {
    const { known } = setUp();
    await known.read(query(), works(1));
    await expect(known.read(query(changes), fails(AWAY))).rejects.toBe(AWAY);
    expect(known.stats).toMatchObject({ served: 0, missed: 1 });
  });

  it.each([
    new BusinessLogicError('HEALTH_DATA_NOT_FOUND'),
    new TypeError('a bug'),
    new InfrastructureError('REQUEST_DEADLINE_EXCEEDED'),
  ])('is no answer to %p', async (error) => {
    const { known } = setUp();
    await known.read(query(), works(1));
    await expect(known.read(query(), fails(error))).rejects.toBe(error);
  });

  it('is too old after a day', async () => {
    const { known } = setUp();
    await known.read(query(), works(1));
    jest.advanceTimersByTime(25 * HOUR);
    await expect(known.read(query(), fails(AWAY))).rejects.toBe(AWAY);
  });

  it('never takes more memory than it may, whatever is asked', async () => {
    const { known } = setUp(10_000);
    for (let key = 0; key < 1_000; key++) await known.read(query({ key: `${key}` }), works(key));
    expect(known.stats.bytes).toBeLessThanOrEqual(10_000);
    expect(known.stats.entries).toBeGreaterThan(1);
    await known.read(query({ key: 'huge', weigh: () => 20_000 }), works(1));
    expect(known.stats.entries).toBeGreaterThan(1);
  });

  it('is forgotten with its user, and with nobody else', async () => {
    const { known } = setUp();
    await known.read(query(), works(1));
    await known.read(query({ userId: 'bob' }), works(2));
    known.forget(ownerOf('alice'));
    await expect(known.read(query(), fails(AWAY))).rejects.toBe(AWAY);
    expect(await known.read(query({ userId: 'bob' }), fails(AWAY))).toEqual({ steps: 2 });
  });
});
