import { summarize } from './summarize';

const HOUR = 3_600_000;
const CALENDAR = { bucket: 'hour', timeZone: 'UTC', now: 10 * HOUR, addsUp: true } as const;

function hours(
  ...parts: ReadonlyArray<readonly [count: number, value: number | null]>
): Parameters<typeof summarize>[0] {
  return parts.map(([count, value], at) => ({ from: at * HOUR, to: (at + 1) * HOUR, count, value }));
}

describe('summarizing the parts of a period', () => {
  it('adds up what a sample left in a part it did not begin in', () => {
    expect(summarize(hours([1, 100], [0, 500], [0, 0], [0, null]), CALENDAR)).toMatchObject({
      total: 600,
      mean: 300,
      mean_over: 2,
      highest: { value: 500 },
    });
  });

  it('takes a value without records for none where parts do not add up', () => {
    expect(summarize(hours([0, 5], [1, 70]), { ...CALENDAR, addsUp: false })).toMatchObject({ mean: 70, mean_over: 1 });
  });

  it('takes no amount for the lowest that is still growing, unless there is no other', () => {
    const now = 1.5 * HOUR;
    expect(summarize(hours([9, 900], [1, 10]), { ...CALENDAR, now })?.lowest.value).toBe(900);
    expect(summarize(hours([0, 0], [1, 10]), { ...CALENDAR, now })?.lowest.value).toBe(10);
    expect(summarize(hours([9, 70], [1, 50]), { ...CALENDAR, now, addsUp: false })?.lowest.value).toBe(50);
  });

  it('has nothing to tell of sums beyond what a number holds', () => {
    expect(summarize(hours([1, 1e308], [1, 1e308]), CALENDAR)).toBeUndefined();
  });
});
