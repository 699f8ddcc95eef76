import { LatencyWindows, OTHERS, SPAN_MS } from './latency-windows';

describe('how long things took in the last minutes', () => {
  // At the beginning of a span.
  const NOW = Math.ceil(Date.parse('2025-10-21T20:00:00Z') / SPAN_MS) * SPAN_MS;
  let windows: LatencyWindows;

  beforeEach(() => {
    jest.useFakeTimers({ now: NOW });
    windows = new LatencyWindows(3);
  });
  afterEach(() => jest.useRealTimers());

  it('is told by percentiles to within a percent', () => {
    for (let ms = 1; ms <= 1_000; ms++) windows.note('a', ms);
    const [figures] = windows.slowest(10);
    expect(figures).toMatchObject({ name: 'a', count: 1_000 });
    for (const [told, is] of [
      [figures?.p50_ms, 500],
      [figures?.p95_ms, 950],
      [figures?.p99_ms, 990],
      [figures?.max_ms, 1_000],
    ] as const) {
      expect(Math.abs((told ?? 0) - is)).toBeLessThanOrEqual(is / 100);
    }
  });

  it('puts the slowest first', () => {
    windows.note('fast', 0.02);
    windows.note('slow', 90);
    windows.note('slower', 100_000_000);
    expect(windows.slowest(2).map(({ name }) => name)).toEqual(['slower', 'slow']);
    expect(windows.slowest(3)[2]).toMatchObject({ name: 'fast', max_ms: 0.02 });
  });

  it('forgets what is older than two spans, and nothing that is younger than one', () => {
    windows.note('a', 10);
    jest.advanceTimersByTime(SPAN_MS);
    windows.note('a', 20);
    expect(windows.slowest(1)).toMatchObject([{ count: 2 }]);
    jest.advanceTimersByTime(SPAN_MS);
    expect(windows.slowest(1)).toMatchObject([{ count: 1, p50_ms: expect.closeTo(20, 0) as number }]);
    windows.note('a', 30);
    jest.advanceTimersByTime(5 * SPAN_MS);
    expect(windows.slowest(1)).toEqual([]);
    windows.note('a', 40);
    expect(windows.slowest(1)).toMatchObject([{ count: 1 }]);
  });

  it('knows so many names, and tells of the rest as one', () => {
    for (let name = 0; name < 10_000; name++) windows.note(`name-${name}`, 1);
    const figures = windows.slowest(100);
    expect(figures.map(({ name }) => name).sort()).toEqual(['name-0', 'name-1', 'name-2', OTHERS]);
    expect(figures.find(({ name }) => name === OTHERS)).toMatchObject({ count: 9_997 });
  });
});
