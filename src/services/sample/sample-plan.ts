import { type SampleContext } from './record-group';
import { calendarDays, DAY, exportMoment, type ExportMoment } from './sample-calendar';
import { type LifeDay, liveThrough, wornSeconds } from './sample-life';
import { localeOf, unitsOf } from './sample-units';
import { type SampleWorkout } from './sample-workouts';

export interface SampleOptions {
  /** Any integer; another seed is another life. */
  readonly seed: number;
  /** The last local day, inclusive, `YYYY-MM-DD`. */
  readonly endDate: string;
  readonly days: number;
  /** IANA name, such as `Europe/Berlin`; one with daylight saving shows more. */
  readonly timeZone: string;
  /** Local time on `endDate` at which the phone exported, `HH:MM[:SS]`: nothing ends later. Default `23:00`. */
  readonly exportTime?: string;
  /** Default 300, at least 5. */
  readonly heartRateIntervalSeconds?: number;
  /** Such as `en_US`; decides the units. Default: one that fits the zone. */
  readonly locale?: string;
  /**
   * Exactly this many top-level records instead of a given number of `days`: the sample reaches back as far as
   * that takes. (A few hundred at least: the records of one day.)
   */
  readonly targetRecords?: number;
}

/** Everything decided before the first line is written. */
export interface SamplePlan {
  readonly context: SampleContext;
  readonly locale: string;
  readonly moment: ExportMoment;
  readonly lives: readonly LifeDay[];
  /** The workouts that were over when the phone exported. */
  readonly workouts: readonly PlannedWorkout[];
  /** The newest run in the new format: the one with a route. */
  readonly routed?: PlannedWorkout;
  /** How many heart rate records to write after `others` records of other types. */
  heartRateRecords(others: number): number;
}

export interface PlannedWorkout {
  readonly life: LifeDay;
  readonly workout: SampleWorkout;
}

const MOST_DAYS = 40_000;
const DEFAULT_INTERVAL = 300;
/** Measured over many seeds; only decides how far back a wanted number of records reaches. */
const OTHER_RECORDS_PER_DAY = 470;
const WORN_SHARE = 0.96;

/** @throws RangeError when an option is out of range or the date, time or zone does not exist */
export function planSample(options: SampleOptions): SamplePlan {
  const { seed, endDate, timeZone, locale = localeOf(timeZone), exportTime = '23:00', targetRecords } = options;
  const interval = requireInteger(
    'heartRateIntervalSeconds',
    options.heartRateIntervalSeconds ?? DEFAULT_INTERVAL,
    5,
    DAY,
  );
  const days = targetRecords === undefined ? options.days : daysFor(targetRecords, interval);
  requireInteger('days', days, 1, MOST_DAYS);
  const moment = exportMoment(endDate, exportTime, timeZone);
  const lives = liveThrough(calendarDays(endDate, days, timeZone), seed, moment.instant);
  const workouts = lives.flatMap((life) => {
    const { workout } = life;
    return workout !== undefined && workout.end <= moment.instant ? [{ life, workout }] : [];
  });
  return {
    context: { seed, timeZone, units: unitsOf(locale) },
    locale,
    moment,
    lives,
    workouts,
    routed: workouts.findLast(({ life, workout }) => life.modern && workout.activity === 'Running'),
    heartRateRecords: (others) =>
      targetRecords === undefined
        ? Math.round(lives.reduce((sum, life) => sum + wornSeconds(life), 0) / interval)
        : Math.max(0, targetRecords - others),
  };
}

function daysFor(targetRecords: number, interval: number): number {
  requireInteger('targetRecords', targetRecords, 1, Number.MAX_SAFE_INTEGER);
  return Math.max(1, Math.round(targetRecords / (OTHER_RECORDS_PER_DAY + (DAY * WORN_SHARE) / interval)));
}

function requireInteger(name: string, value: number, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${name} must be a whole number from ${least} to ${most}, not ${value}`);
  }
  return value;
}
