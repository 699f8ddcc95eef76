import { parsePeriod } from '../periods/parse-period';
import { formatWithOffset } from '../periods/calendar';
import type { ChunkSummary } from './chunk-index';
import { resolveUnbounded } from './unbounded-period';

const timeZone = 'America/New_York';
const now = Date.parse('2025-11-05T12:00:00Z');
const summary = (first: string, maxEnd: string): ChunkSummary => ({
  month: '202501',
  version: 1,
  count: 1,
  first: Date.parse(first),
  last: Date.parse(first),
  maxEnd: Date.parse(maxEnd),
  units: [],
  sources: [],
});

describe('all there is', () => {
  const all = parsePeriod('all', { now, timeZone });

  it.each([
    ['the day of the first record to the end of today', '2025-03-09T04:30:00Z', '2025-03-08T00:00:00-05:00'],
    ['before the year that can be named', '1900-01-01T00:00:00Z', '1899-12-31T00:00:00-05:00'],
  ])('goes from %s', (_, first, from) => {
    const period = resolveUnbounded(all, [summary(first, first)]);
    expect(formatWithOffset(period.from, timeZone)).toBe(from);
    expect(formatWithOffset(period.to, timeZone)).toBe('2025-11-06T00:00:00-05:00');
    expect(period.unbounded).toBeUndefined();
  });

  it('goes on to the last record when that lies in the future', () => {
    const period = resolveUnbounded(all, [summary('2025-01-01T12:00:00Z', '2026-02-01T12:00:00Z')]);
    expect(formatWithOffset(period.to, timeZone)).toBe('2026-02-02T00:00:00-05:00');
  });

  it('begins a period without a named start at the first record', () => {
    const before = parsePeriod('before 2026', { now, timeZone });
    const period = resolveUnbounded(before, [summary('2025-03-09T04:30:00Z', '2025-03-09T04:30:00Z')]);
    expect(formatWithOffset(period.from, timeZone)).toBe('2025-03-08T00:00:00-05:00');
    expect(formatWithOffset(period.to, timeZone)).toBe('2026-01-01T00:00:00-05:00');
    expect(resolveUnbounded(before, [summary('2027-03-09T04:30:00Z', '2027-03-09T04:30:00Z')])).toEqual(before);
  });

  it('leaves every other period as it is', () => {
    const week = parsePeriod('last_7_days', { now, timeZone });
    expect(resolveUnbounded(week, [summary('2020-01-01T00:00:00Z', '2020-01-01T00:00:00Z')])).toBe(week);
  });
});
