import * as fc from 'fast-check';
import { Hysteresis } from './hysteresis';

const after = (limit: number, samples: readonly number[]): boolean => {
  const hysteresis = new Hysteresis(limit);
  samples.forEach((sample) => hysteresis.note(sample));
  return hysteresis.isOver;
};

describe('a measure with a limit', () => {
  it('is beyond it from the second sample in a row', () => {
    expect(after(100, [101])).toBe(false);
    expect(after(100, [101, 101])).toBe(true);
    expect(after(100, [101, 99, 101])).toBe(false);
  });

  it('stays beyond it until two samples in a row are well below', () => {
    expect(after(100, [101, 101, 90, 90, 90])).toBe(true);
    expect(after(100, [101, 101, 79, 81, 79])).toBe(true);
    expect(after(100, [101, 101, 80, 80])).toBe(false);
  });

  it('tells of changes alone', () => {
    const hysteresis = new Hysteresis(100);
    expect([101, 101, 101, 50, 50, 50].map((value) => hysteresis.note(value))).toEqual([
      false,
      true,
      false,
      false,
      true,
      false,
    ]);
  });

  it('is never beyond none', () => {
    expect(after(0, [Number.MAX_VALUE, Number.MAX_VALUE])).toBe(false);
  });

  it('does not flap, wherever it hovers between recovered and limit', () => {
    const hovering = fc.array(fc.double({ min: 80.001, max: 100, noNaN: true }), { maxLength: 50 });
    fc.assert(
      fc.property(hovering, (samples) => {
        expect(after(100, samples)).toBe(false);
        expect(after(100, [200, 200, ...samples])).toBe(true);
      }),
    );
  });
});
