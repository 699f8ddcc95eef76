import * as fc from 'fast-check';
import { chunkOf, chunkRecord, EMPTY_CHUNK, mergeChunks } from './chunk';
import { decodeChunk, encodeChunk } from './chunk-codec';
import { type HealthRecord, SOURCE_KINDS } from './health-record';

const METRIC = 'HKQuantityTypeIdentifierHeartRate';

const recordArbitrary: fc.Arbitrary<HealthRecord> = fc
  .record({
    start: fc.oneof(
      fc.integer({ min: 0, max: 50 }).map((s) => s * 1000),
      fc.integer({ min: -1e12, max: 4e12 }),
    ),
    length: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1e9 })),
    value: fc.oneof(
      fc.integer({ min: 0, max: 5 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer({ min: 0, max: 1e9 }).map((n) => n / 1e4),
      fc.constantFrom(null, 'HKCategoryValueSleepAnalysisAsleepCore', '0.10000000000000000001', 'é😀'),
    ),
    unit: fc.constantFrom(null, 'count/min', 'kJ'),
    source: fc.constantFrom('Alex’s Watch', "Alex's Watch", 'Alex’s\u00a0Watch', 'iPhone'),
    kind: fc.constantFrom(...SOURCE_KINDS),
  })
  .map(({ length, ...rest }) => ({ ...rest, metric: METRIC, end: rest.start + length }));

const recordsArbitrary = fc.array(recordArbitrary, { maxLength: 60 });

function rows(chunk: ReturnType<typeof chunkOf>): HealthRecord[] {
  return Array.from({ length: chunk.length }, (_, row) => chunkRecord(chunk, row, METRIC));
}

function record(changes: Partial<HealthRecord>): HealthRecord {
  return { metric: METRIC, start: 0, end: 0, value: 60, unit: 'count/min', source: 'Watch', kind: 'watch', ...changes };
}

describe('a chunk', () => {
  it('gives back every value to the last bit after being packed', () => {
    fc.assert(
      fc.property(recordsArbitrary, (records) => {
        const chunk = chunkOf(records);
        expect(rows(decodeChunk(encodeChunk(chunk)))).toEqual(rows(chunk));
      }),
    );
  });

  it('is the same whatever the order and repetition of what went into it', () => {
    fc.assert(
      fc.property(recordsArbitrary, recordsArbitrary, (a, b) => {
        const whole = encodeChunk(chunkOf([...a, ...b]));
        const [first, second] = [chunkOf(a), chunkOf(b)];
        const merged = mergeChunks(first, second).chunk;
        expect(encodeChunk(merged)).toEqual(whole);
        expect(encodeChunk(mergeChunks(second, first).chunk)).toEqual(whole);
        expect(encodeChunk(mergeChunks(merged, second).chunk)).toEqual(whole);
      }),
    );
  });

  it('says what a merge added, and that nothing changed when it was all there', () => {
    fc.assert(
      fc.property(recordsArbitrary, recordsArbitrary, (a, b) => {
        const first = chunkOf(a);
        const { chunk, added } = mergeChunks(first, chunkOf(b));
        expect(added).toBe(chunk.length - first.length);
        expect(mergeChunks(chunk, chunkOf(b))).toMatchObject({ added: 0, changed: false });
      }),
    );
  });

  it('takes sources written with different spaces and apostrophes for one', () => {
    const chunk = chunkOf([record({ source: 'Alex’s\u00a0Watch' }), record({ source: "Alex's Watch " })]);
    expect(chunk.length).toBe(1);
  });

  it.each([
    ['value', { value: 61 }],
    ['unit', { unit: 'count/s' }],
    ['source', { source: 'Phone' }],
    ['start', { start: 1 }],
    ['end', { end: 5 }],
  ] satisfies [string, Partial<HealthRecord>][])('keeps records apart that differ in their %s', (_, change) => {
    expect(chunkOf([record({ end: 3 }), record({ end: 3, ...change })]).length).toBe(2);
  });

  it('counts a record that was also stated to come from a better kind of source as one, of the better kind', () => {
    const { chunk, added, changed } = mergeChunks(
      chunkOf([record({ kind: 'app' })]),
      chunkOf([record({ kind: 'watch' })]),
    );
    expect({ added, changed, rows: rows(chunk) }).toEqual({
      added: 0,
      changed: true,
      rows: [record({ kind: 'watch' })],
    });
  });

  it('packs a day of heart rate into a few bytes a record', () => {
    const records = Array.from({ length: 288 }, (_, i) =>
      record({ start: i * 300_000, end: i * 300_000, value: 60 + ((i * 7) % 25) }),
    );
    expect(encodeChunk(chunkOf(records)).length / records.length).toBeLessThan(4);
  });

  it('refuses bytes that are not a chunk', () => {
    expect(() => decodeChunk(Buffer.from('not a chunk'))).toThrow(RangeError);
    expect(() => decodeChunk(encodeChunk(chunkOf([record({})])).subarray(0, 10))).toThrow(RangeError);
    expect(decodeChunk(encodeChunk(EMPTY_CHUNK)).length).toBe(0);
  });
});
