import * as fc from 'fast-check';
import { appleOffsetMinutes, parseAppleDate } from './apple-date';

const two = (value: number): string => String(value).padStart(2, '0');

function written(epochSeconds: number, offset: number): string {
  const local = new Date((epochSeconds + offset * 60) * 1000).toISOString();
  const minutes = Math.abs(offset);
  return `${local.slice(0, 10)} ${local.slice(11, 19)} ${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${two(minutes % 60)}`;
}

describe('dates as Apple writes them', () => {
  it('come back as the instant that was written, at any offset', () => {
    const seconds = fc.integer({ min: Date.UTC(1901, 0) / 1000, max: Date.UTC(2199, 0) / 1000 });
    fc.assert(
      fc.property(seconds, fc.integer({ min: -12 * 60, max: 14 * 60 }), (instant, offset) => {
        const text = written(instant, offset);
        expect([parseAppleDate(text), appleOffsetMinutes(text) + 0]).toEqual([instant * 1000, offset + 0]);
      }),
    );
  });

  it.each([
    '2023-02-29 08:00:00 +0100',
    '2024-13-01 08:00:00 +0100',
    '2024-00-10 08:00:00 +0100',
    '2024-03-01 24:00:00 +0100',
    '2024-03-01 08:60:00 +0100',
    '2024-03-01T08:00:00 +0100',
    '2024-03-01 08:00:00 0100 ',
    '2024-03-01 08:00:00 +9900',
    '2024-03-01 08:00:00',
    '0001-01-01 00:00:00 +0000',
    '4001-01-01 00:00:00 +0000',
    '2O24-03-01 08:00:00 +0100',
    '',
  ])('are refused when they are none: %s', (text) => {
    expect(parseAppleDate(text)).toBeNaN();
  });
});
