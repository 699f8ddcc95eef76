import * as fc from 'fast-check';
import { TRACE_RANKS, type TraceRank, TraceStore } from './trace-store';

const OVERHEAD = 500;

function storeOf(maxRequests: number, maxBytes = 1_000_000): TraceStore {
  return new TraceStore({ maxRequests, maxBytes });
}
const keep = (store: TraceStore, correlationId: string, rank: TraceRank = 'failed', group = rank as string): void =>
  store.keep({ correlationId, rank, group }, () => `what ${correlationId} did`);
const kept = (store: TraceStore, ids: readonly string[]): string[] => ids.filter((id) => store.find(id).length > 0);

describe('the requests that are kept', () => {
  afterEach(() => jest.useRealTimers());

  it('are the newest', () => {
    const store = storeOf(3);
    for (const id of ['a', 'b', 'c', 'd']) keep(store, id);
    expect(kept(store, ['a', 'b', 'c', 'd'])).toEqual(['b', 'c', 'd']);
    expect(store.find('d')).toEqual(['what d did']);
  });

  it('are those that failed rather than those that were refused, and those rather than the slow ones', () => {
    const store = storeOf(2);
    keep(store, 'failed');
    keep(store, 'slow', 'slow');
    keep(store, 'refused', 'refused');
    expect(kept(store, ['failed', 'slow', 'refused'])).toEqual(['failed', 'refused']);
    keep(store, 'degraded', 'degraded');
    expect(kept(store, ['failed', 'refused', 'degraded'])).toEqual(['failed', 'degraded']);
    keep(store, 'slow again', 'slow');
    expect(kept(store, ['failed', 'degraded', 'slow again'])).toEqual(['failed', 'degraded']);
  });

  it('are of every kind, however many of one there are', () => {
    jest.useFakeTimers();
    const store = storeOf(1_000);
    keep(store, 'rare', 'failed', 'rare');
    for (let number = 0; number < 5_000; number++) {
      jest.advanceTimersByTime(100);
      keep(store, `flood-${number}`, 'failed', 'flood');
    }
    expect(kept(store, ['rare', 'flood-0', 'flood-4999'])).toEqual(['rare', 'flood-4999']);
    expect(store.size.requests).toBe(51);
  });

  it('are not even written down beyond so many a second of one kind', () => {
    jest.useFakeTimers();
    const store = storeOf(1_000);
    let written = 0;
    for (let number = 0; number < 5_000; number++) {
      store.keep({ correlationId: String(number), rank: 'failed', group: 'flood' }, () => String(written++));
    }
    expect(written).toBe(50);
  });

  it('may have one id, and are told the newest first then', () => {
    const store = storeOf(100);
    for (let number = 0; number < 30; number++) {
      store.keep({ correlationId: 'same', rank: 'failed', group: `g${number}` }, () => String(number));
    }
    expect(store.find('same')).toEqual(['29', '28', '27', '26', '25', '24', '23', '22', '21', '20']);
    expect(store.find('another')).toEqual([]);
  });

  it('take no more memory than they may, whatever comes', () => {
    const request = fc.record({
      correlationId: fc.integer({ min: 0, max: 40 }).map((number) => `id-${number}`),
      rank: fc.constantFrom(...TRACE_RANKS),
      group: fc.integer({ min: 0, max: 8 }).map((number) => `group-${number}`),
      characters: fc.integer({ min: 0, max: 20_000 }),
    });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 200 }), fc.integer({ min: 1, max: 60 }), (requests, maxRequests) => {
        const maxBytes = 50_000;
        const store = storeOf(maxRequests, maxBytes);
        for (const { characters, ...key } of requests) store.keep(key, () => 'é'.repeat(characters));
        const ids = [...new Set(requests.map(({ correlationId }) => correlationId))];
        const texts = ids.flatMap((id) => store.find(id));
        const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text) + OVERHEAD, 0);
        expect(store.size).toEqual({ requests: texts.length, bytes });
        expect(texts.length).toBeLessThanOrEqual(maxRequests);
        expect(bytes).toBeLessThanOrEqual(maxBytes);
      }),
    );
  });
});
