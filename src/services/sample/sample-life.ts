import { randomFor, type Random } from './random';
import { type CalendarDay, DAY, HOUR, type Instant, instantAt, MINUTE, type Span } from './sample-calendar';
import { ERAS } from './sample-sources';
import { planWorkout, type SampleWorkout } from './sample-workouts';

/** One night's sleep, from lights out to getting up; `brokenAt` is a long time awake in the middle. */
export interface Night extends Span {
  readonly brokenAt?: Span;
  /** Whether the phone wrote an `InBed` record, and whether the watch was worn. */
  readonly phone: boolean;
  readonly watch: boolean;
}

/** Everything the records of one day are made from, so that its steps, energy, heart rate and rings agree. */
export interface LifeDay {
  readonly day: CalendarDay;
  readonly first: boolean;
  /** Quarter of the span, 0 to 3: software versions. */
  readonly era: number;
  /** Second half of the span: sleep stages, `WorkoutStatistics`, energy estimates by the phone. */
  readonly modern: boolean;
  readonly sick: boolean;
  /** About 1: how much this person moves, by season, health and chance. */
  readonly vigour: number;
  readonly wake: Instant;
  /** Lights out in the evening, or after midnight (then it lies in the next day). */
  readonly bed: Instant;
  /** The night that ended this morning; none on the first day, when the phone was new. */
  readonly night?: Night;
  /** When the watch was on the wrist: not while charging, not on days it was left at home. */
  readonly worn: readonly Span[];
  readonly restingHeartRate: number;
  /** kg */
  readonly mass: number;
  readonly workout?: SampleWorkout;
}

const NEARLY_NEVER = 1 / 90;
/** Between −1 (midwinter) and 1 (midsummer) in the north. */
const MIDSUMMER = 196;

/** The life of the person of the sample, day by day; `exportedAt` ends what can have been recorded. */
export function liveThrough(calendar: readonly CalendarDay[], seed: number, exportedAt: Instant): LifeDay[] {
  const lives: LifeDay[] = [];
  for (const [index, day] of calendar.entries()) {
    const modern = index * 2 >= calendar.length;
    const era = Math.min(ERAS - 1, Math.floor((index * ERAS) / calendar.length));
    const age = calendar.length - 1 - index;
    lives.push(liveOneDay(day, { seed, exportedAt, modern, era, age, before: lives.at(-1) }));
  }
  return lives;
}

interface Circumstances {
  readonly seed: number;
  readonly exportedAt: Instant;
  readonly modern: boolean;
  readonly era: number;
  /** Days before the last one. */
  readonly age: number;
  readonly before: LifeDay | undefined;
}

function liveOneDay(day: CalendarDay, given: Circumstances): LifeDay {
  const random = randomFor(given.seed, 'life', day.epochDay);
  const sick = isSick(given.seed, day);
  const season = Math.cos((2 * Math.PI * (day.dayOfYear - MIDSUMMER)) / 365.25);
  const { wake, bed } = sleepTimes(day, random, sick);
  const worn = wornTimes(day, random, given.exportedAt);
  return {
    day,
    first: given.before === undefined,
    era: given.era,
    modern: given.modern,
    sick,
    vigour: (1 + 0.13 * season) * random.bell(1, 0.14) * (sick ? 0.35 : 1),
    wake,
    bed,
    night: given.before === undefined ? undefined : nightBefore(day, given.before, wake, worn.length > 0, given.seed),
    worn,
    // Fitter towards the end, a little higher in the cold months, clearly higher with a fever.
    restingHeartRate: random.bell(61.5, 1.3) + Math.min(4, given.age / 120) - season * 0.8 + (sick ? 9 : 0),
    mass: 76 + 4 * (1 - Math.exp(-given.age / 300)) - season * 0.4 + random.bell(0, 0.25),
    workout: sick ? undefined : planWorkout(day, season, randomFor(given.seed, 'workout', day.epochDay)),
  };
}

/** One week of illness in late winter of every year, so that any whole year has one. */
function isSick(seed: number, day: CalendarDay): boolean {
  const year = Number(day.date.slice(0, 4));
  const begins = randomFor(seed, 'sick week', year).int(28, 62);
  return day.dayOfYear >= begins && day.dayOfYear < begins + 7;
}

function sleepTimes(day: CalendarDay, random: Random, sick: boolean): { wake: Instant; bed: Instant } {
  const freeMorning = day.weekday >= 6 || sick;
  const lateEvening = day.weekday === 5 || day.weekday === 6;
  const wake = random.bell(freeMorning ? 8.2 * HOUR : 6.75 * HOUR, 14 * MINUTE);
  const bed = random.bell(lateEvening ? 23.9 * HOUR : 22.95 * HOUR, 22 * MINUTE) - (sick ? HOUR : 0);
  return { wake: instantAt(day, wake), bed: instantAt(day, bed) };
}

/** On all day and all night but for the evening charge; now and then left at home for a day. */
function wornTimes(day: CalendarDay, random: Random, exportedAt: Instant): Span[] {
  const leftAtHome = random.chance(NEARLY_NEVER);
  const chargeFrom = instantAt(day, random.bell(20.6 * HOUR, 12 * MINUTE));
  const chargeTo = chargeFrom + Math.round(random.between(25 * MINUTE, 60 * MINUTE));
  if (leftAtHome) return [];
  return [
    { start: day.start, end: chargeFrom },
    { start: chargeTo, end: day.end },
  ].flatMap(({ start, end }) => (start < exportedAt ? [{ start, end: Math.min(end, exportedAt) }] : []));
}

function nightBefore(day: CalendarDay, before: LifeDay, wake: Instant, wornToday: boolean, seed: number): Night {
  const random = randomFor(seed, 'night', day.epochDay);
  const start = before.bed;
  const wakefulFrom = start + Math.round(random.between(2.4, 3.2) * HOUR);
  const wakeful = { start: wakefulFrom, end: wakefulFrom + Math.round(random.between(70, 110) * MINUTE) };
  return {
    start,
    end: wake,
    brokenAt: isBroken(seed, day) ? wakeful : undefined,
    phone: !before.modern || random.chance(0.7),
    watch: wornToday && before.worn.length > 0,
  };
}

/** About one night in six weeks is broken, and none goes without one for longer. */
function isBroken(seed: number, day: CalendarDay): boolean {
  const every = 41;
  return (day.epochDay + randomFor(seed, 'broken nights', 0).int(0, every - 1)) % every === 0;
}

export function isWorn(life: LifeDay, span: Span): boolean {
  return life.worn.some(({ start, end }) => start <= span.start && span.end <= end);
}

/** Seconds the watch was worn on that day. */
export function wornSeconds(life: LifeDay): number {
  return life.worn.reduce((seconds, { start, end }) => seconds + end - start, 0);
}

/** Whether the person is asleep, by this day's night and the coming one. */
export function isAsleep(life: LifeDay, instant: Instant): boolean {
  const { night } = life;
  if (instant < life.wake) {
    const from = night?.start ?? life.wake - 8 * HOUR;
    const wakeful = night?.brokenAt !== undefined && instant >= night.brokenAt.start && instant < night.brokenAt.end;
    return instant >= from && !wakeful;
  }
  return instant >= life.bed && instant < life.bed + DAY;
}
