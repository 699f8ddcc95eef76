import * as fc from 'fast-check';
import { equivalentLevel, quantile, standardDeviation } from './statistic';

describe('quantile', () => {
  it.each([
    [[1, 2, 3, 4], 0.5, 2.5],
    [[1, 2, 3, 4, 5], 0.5, 3],
    [[10, 20], 0.95, 19.5],
    [[7], 0.95, 7],
  ])('interpolates between neighbours: %j at %d is %d', (values, q, expected) => {
    expect(quantile(values, q)).toBeCloseTo(expected, 12);
  });

  it('is null without values', () => {
    expect(quantile([], 0.5)).toBeNull();
  });

  it('lies between the extremes and grows with q', () => {
    const sorted = fc.array(fc.integer(), { minLength: 1 }).map((values) => values.sort((a, b) => a - b));
    const shares = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }));
    fc.assert(
      fc.property(sorted, shares, (values, [p, q]) => {
        const [low, high] = [quantile(values, Math.min(p, q)) as number, quantile(values, Math.max(p, q)) as number];
        expect(low).toBeGreaterThanOrEqual(values[0] as number);
        expect(high).toBeLessThanOrEqual(values.at(-1) as number);
        expect(high).toBeGreaterThanOrEqual(low - 1e-6 * Math.abs(low));
      }),
    );
  });
});

describe('standardDeviation', () => {
  it('is the one of a sample', () => {
    expect(standardDeviation([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(2.138089935, 9);
  });

  it('does not lose small differences between large values', () => {
    expect(standardDeviation([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16])).toBeCloseTo(5.477225575, 6);
  });

  it('is null with fewer than two values', () => {
    expect(standardDeviation([5])).toBeNull();
  });
});

describe('equivalentLevel', () => {
  it('averages energy, not decibels: one loud minute among nine quiet ones decides', () => {
    expect(equivalentLevel([90, 50], [60, 540])).toBeCloseTo(80.004, 3);
  });

  it('is the level itself when it never changes', () => {
    expect(equivalentLevel([65, 65, 65], [1, 100, 7])).toBeCloseTo(65, 12);
  });

  it('weighs samples without length alike, when there are no others', () => {
    expect(equivalentLevel([60, 60], [0, 0])).toBeCloseTo(60, 12);
    expect(equivalentLevel([60, 90], [10, 0])).toBeCloseTo(60, 12);
  });

  it('is null without samples', () => {
    expect(equivalentLevel([], [])).toBeNull();
  });
});
