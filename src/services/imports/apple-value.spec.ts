import * as fc from 'fast-check';
import { parseAppleValue } from './apple-value';

describe('values as Apple writes them', () => {
  it.each([
    ['72', 72],
    ['47.8478', 47.8478],
    ['-0.5', -0.5],
    [' 72 ', 72],
    ['72.0', 72],
    ['0072', 72],
    ['-0', 0],
    ['1e-05', 0.00001],
    ['0.1234567890123450', 0.123456789012345],
    ['0.10000000000000000001', '0.10000000000000000001'],
    ['1.23456e-320', '1.23456e-320'],
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
    const texts = fc.oneof(fc.double({ noNaN: true, min: 1e-6, max: 1e20 }).map(String), fc.bigInt().map(String));
    fc.assert(fc.property(texts, (text) => expect(String(parseAppleValue(text))).toBe(text)));
  });

  it('do not depend on how a decimal is written', () => {
    const decimals = fc.tuple(fc.integer({ min: 1, max: 999_999_999 }), fc.nat({ max: 6 }), fc.nat({ max: 4 }));
    fc.assert(
      fc.property(decimals, ([digits, places, zeros]) => {
        const text = (digits / 10 ** places).toFixed(places);
        const longer = `00${text}${text.includes('.') ? '' : '.'}${'0'.repeat(zeros)}`;
        expect(parseAppleValue(longer)).toBe(parseAppleValue(text));
      }),
    );
  });
});
