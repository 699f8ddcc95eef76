import { ZipBudget } from './zip-budget';

const MIB = 1024 * 1024;
const limits = { maxBytes: 100 * MIB, maxRatio: 50, maxEntries: 10 };
const reasonOf = (work: () => void): unknown => {
  try {
    work();
    return 'accepted';
  } catch (error) {
    return (error as { reason: string }).reason;
  }
};

describe('how much may come out of a zip', () => {
  it.each([
    ['accepted', 8 * MIB, 10],
    ['suspicious_compression', 9 * MIB, 10],
    ['accepted', 9 * MIB, MIB],
    ['too_large_unzipped', 101 * MIB, 99 * MIB],
  ])('%s: %d bytes out of %d, said or found', (outcome, unpacked, packed) => {
    expect(reasonOf(() => new ZipBudget(limits, packed).checkEntry(unpacked, packed))).toBe(outcome);
    expect(reasonOf(() => new ZipBudget(limits, packed).count(unpacked, unpacked, packed))).toBe(outcome);
  });

  it('is counted over all entries together', () => {
    const budget = new ZipBudget(limits, 1_000);
    const read = (): void => budget.count(3 * MIB, 3 * MIB, 1_000_000);
    expect([read, read, read].map(reasonOf)).toEqual(['accepted', 'accepted', 'suspicious_compression']);
  });

  it('bounds the number of entries', () => {
    const budget = new ZipBudget(limits, 1);
    expect([10, 11].map((count) => reasonOf(() => budget.checkEntries(count)))).toEqual([
      'accepted',
      'too_many_entries',
    ]);
  });
});
