import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { AppleClock } from './apple-xml';
import { calendarDays, clockAt, DAY, exportMoment, HOUR, instantAt } from './sample-calendar';

const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC'];

function clockOf(instant: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(instant * 1000)
    .toZonedDateTimeISO(timeZone)
    .toPlainTime()
    .toString();
}

describe('the calendar of the sample', () => {
  it('has the days that end with the last one, each beginning where the one before ended', () => {
    const days = calendarDays('2025-04-02', 5, 'Europe/Berlin');
    expect(days.map(({ date }) => date)).toEqual([
      '2025-03-29',
      '2025-03-30',
      '2025-03-31',
      '2025-04-01',
      '2025-04-02',
    ]);
    expect(days.map(({ start, end }) => (end - start) / HOUR)).toEqual([24, 23, 24, 24, 24]);
    for (const [index, day] of days.slice(1).entries()) expect(day.start).toBe(days[index]?.end);
    expect(days[1]).toMatchObject({ weekday: 7, dayOfYear: 89, epochDay: Date.UTC(2025, 2, 30) / 86_400_000 });
  });

  it.each(['2025-03-30', '2025-10-26'])(
    'puts the hours after a clock change (%s) where the clock shows them',
    (date) => {
      const [day] = calendarDays(date, 1, 'Europe/Berlin');
      if (day === undefined) throw new Error('no day');
      expect(clockOf(instantAt(day, 1.5 * HOUR), 'Europe/Berlin')).toBe('01:30:00');
      expect(clockOf(instantAt(day, 3 * HOUR), 'Europe/Berlin')).toBe('03:00:00');
      expect(clockOf(instantAt(day, 18.25 * HOUR), 'Europe/Berlin')).toBe('18:15:00');
      expect(clockOf(instantAt(day, 24.5 * HOUR), 'Europe/Berlin')).toBe('00:30:00');
    },
  );

  it('keeps the order of times on every day, and reads the clock it has set', () => {
    const days = ZONES.flatMap((zone) => calendarDays('2025-12-31', 366, zone));
    fc.assert(
      fc.property(
        fc.constantFrom(...days),
        fc.integer({ min: 0, max: DAY + 4 * HOUR }),
        fc.nat(DAY),
        (day, second, later) => {
          expect(instantAt(day, second + later)).toBeGreaterThanOrEqual(instantAt(day, second));
          if (second >= 3 * HOUR) expect(clockAt(day, instantAt(day, second))).toBe(second);
        },
      ),
    );
  });

  it('refuses dates and zones that do not exist', () => {
    expect(() => calendarDays('2025-02-30', 1, 'UTC')).toThrow(RangeError);
    expect(() => calendarDays('2025-02-28', 1, 'Europe/Atlantis')).toThrow(RangeError);
    expect(() => exportMoment('2025-02-28', '25:00', 'UTC')).toThrow(RangeError);
  });
});

describe('the clock of an export', () => {
  it('writes every instant by one offset, on either side of a clock change', () => {
    const clock = new AppleClock(2 * HOUR);
    expect(clock.format(Date.UTC(2021, 10, 30, 6, 0, 0) / 1000)).toBe('2021-11-30 08:00:00 +0200');
    expect(clock.format(Date.UTC(2021, 6, 1, 21, 59, 59) / 1000)).toBe('2021-07-01 23:59:59 +0200');
    expect(clock.format(Date.UTC(2021, 6, 1, 22, 0, 0) / 1000)).toBe('2021-07-02 00:00:00 +0200');
  });

  it('writes what reads back as the same instant, in any order and with any offset', () => {
    const instants = fc.array(fc.integer({ min: 0, max: 4_000_000_000 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(instants, fc.integer({ min: -56, max: 56 }), (times, quarters) => {
        const clock = new AppleClock(quarters * 900);
        for (const time of times) {
          const text = clock.format(time);
          expect(text).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}$/);
          const iso = `${text.slice(0, 10)}T${text.slice(11, 19)}${text.slice(20, 23)}:${text.slice(23)}`;
          expect(Date.parse(iso)).toBe(time * 1000);
        }
      }),
    );
  });
});
