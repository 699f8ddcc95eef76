import fc from 'fast-check';
import { limitResult } from './limit-result';

describe('limiting a result', () => {
  const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

  it('leaves what fits as it is', () => {
    const data = { records: [1, 2, 3] };
    expect(limitResult(data, 100)).toEqual({ data, truncated: [] });
  });

  it('never exceeds the limit, keeps the beginnings of lists, and tells how much is left', () => {
    const lists = fc.record({
      label: fc.string({ maxLength: 20 }),
      records: fc.array(fc.record({ value: fc.integer(), source: fc.string() }), { maxLength: 80 }),
      metrics: fc.array(fc.record({ buckets: fc.array(fc.integer(), { maxLength: 60 }) }), { maxLength: 5 }),
    });
    fc.assert(
      fc.property(lists, (data) => {
        const limited = limitResult(data, 600);
        if (limited === undefined) return;
        const kept = limited.data as typeof data;
        expect(bytes(kept)).toBeLessThanOrEqual(600);
        expect(kept.records).toEqual(data.records.slice(0, kept.records.length));
        expect(kept.label).toBe(data.label);
        const cut = limited.truncated.find(({ path }) => path === 'records');
        if (kept.records.length < data.records.length) {
          expect(cut).toEqual({ path: 'records', kept: kept.records.length, total: data.records.length });
        } else {
          expect(cut).toBeUndefined();
        }
      }),
    );
  });
});
