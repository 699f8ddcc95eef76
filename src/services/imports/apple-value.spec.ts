import * as fc from 'fast-check';
import { parseAppleValue } from './apple-value';

describe('values as Apple writes them', () => {
  it.each([
    ['72', 72],
    ['47.8478', 47.8478],
    ['-0.5', -0.5],
    [' 72 ', 72],
    ['72.0', '72.0'],
    ['0072', '0072'],
    ['-0', '-0'],
    ['123456789012345678901', '123456789012345678901'],
    ['0x10', '0x10'],
    ['Infinity', 'Infinity'],
    ['NaN', 'NaN'],
    ['HKCategoryValueSleepAnalysisAsleep', 'HKCategoryValueSleepAnalysisAsleep'],
    ['', null],
    [undefined, null],
  ])('%s is kept as %s', (text, value) => {
    expect(parseAppleValue(text)).toBe(value);
  });

  it('come out to the last digit, whatever they are', () => {
    const texts = fc.oneof(fc.double({ noNaN: true }).map(String), fc.string(), fc.bigInt().map(String));
    fc.assert(fc.property(texts, (text) => expect(String(parseAppleValue(text) ?? '')).toBe(text.trim())));
  });
});
