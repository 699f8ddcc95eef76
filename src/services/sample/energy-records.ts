import { rounded } from './apple-xml';
import { phoneSteps, watchSteps } from './movements';
import { randomFor } from './random';
import { bothDevices, type RecordGroup, type Sample, type SampleContext } from './record-group';
import { hoursOf, MINUTE, partsOf, type Span } from './sample-calendar';
import { isAsleep, isWorn, type LifeDay } from './sample-life';
import { activeParts, CADENCE } from './sample-workouts';

const QUARTER = 15 * MINUTE;
/** Of a person of 77 kg and 178 cm (Mifflin–St Jeor, about 1,720 kcal a day). */
export const BASAL_KCAL_PER_HOUR = 71.7;
const KCAL_PER_STEP = 0.042;
const KCAL_PER_KM_RUN = 72;

interface EnergySample extends Span {
  readonly kcal: number;
}

/** Basal and active energy and exercise: by the watch always, by the phone's estimate since it makes one. */
export function energyGroups({ seed, units }: SampleContext): RecordGroup[] {
  const { unit, perKcal } = units.energy;
  const inUnit = (samples: EnergySample[]): Sample[] =>
    samples.map(({ start, end, kcal }) => ({ start, end, value: rounded(kcal * perKcal, 5) }));
  const modern = <T>(life: LifeDay, samples: (life: LifeDay, seed: number) => T[]): T[] =>
    life.modern ? samples(life, seed) : [];
  return [
    ...bothDevices('BasalEnergyBurned', unit, {
      phone: (life) => inUnit(modern(life, phoneBasal)),
      watch: (life) => inUnit(watchBasal(life, seed)),
    }),
    ...bothDevices('ActiveEnergyBurned', unit, {
      phone: (life) => inUnit(modern(life, phoneActive)),
      watch: (life) => inUnit(watchActive(life, seed)),
    }),
    ...bothDevices('AppleExerciseTime', 'min', {
      phone: (life) => modern(life, phoneExercise),
      watch: (life) => watchExercise(life, seed),
    }),
  ];
}

/** What the watch says was burned: walking, workouts without steps, and the small change in between. */
export function watchActive(life: LifeDay, seed: number): EnergySample[] {
  const random = randomFor(seed, 'active energy', life.day.epochDay);
  const busy = [
    ...watchSteps(life, seed).map(({ start, end, steps, km, running }) => {
      const kcal = running ? km * KCAL_PER_KM_RUN : steps * KCAL_PER_STEP;
      return { start, end, kcal: kcal * random.between(0.93, 1.07) };
    }),
    ...stillWorkout(life).map(({ start, end, kcal }) => ({ start, end, kcal: kcal * random.between(0.8, 1.2) })),
  ].sort((a, b) => a.start - b.start);
  const fidgeting = (gap: Span): EnergySample[] =>
    partsOf(gap, QUARTER, 2 * MINUTE).map(({ start, end }) => {
      return { start, end, kcal: ((end - start) / QUARTER) * Math.max(0.15, random.bell(2.1, 0.7)) };
    });
  return life.worn.flatMap((worn) => {
    const samples: EnergySample[] = [];
    let from = Math.max(worn.start, life.wake);
    for (const sample of busy.filter(({ start, end }) => start >= worn.start && end <= worn.end)) {
      samples.push(...fidgeting({ start: from, end: sample.start }), sample);
      from = Math.max(from, sample.end);
    }
    return [...samples, ...fidgeting({ start: from, end: Math.min(worn.end, life.bed) })];
  });
}

/** A minute each of a workout in which no steps are counted. */
function stillWorkout({ workout }: LifeDay): EnergySample[] {
  if (workout === undefined || CADENCE[workout.activity] !== undefined) return [];
  const minutes = activeParts(workout).flatMap((part) => partsOf(part, MINUTE));
  return minutes.map((minute) => ({ ...minute, kcal: workout.activeKcal / minutes.length }));
}

function phoneActive(life: LifeDay, seed: number): EnergySample[] {
  return phoneSteps(life, seed).map(({ start, end, steps }) => ({
    start,
    end,
    kcal: Math.max(1, steps) * KCAL_PER_STEP * 0.91,
  }));
}

function watchBasal(life: LifeDay, seed: number): EnergySample[] {
  const random = randomFor(seed, 'basal energy', life.day.epochDay);
  const hourly = BASAL_KCAL_PER_HOUR * (life.mass / 77) * (life.sick ? 1.06 : 1) * random.between(0.99, 1.01);
  return hoursOf(life.day)
    .filter((hour) => isWorn(life, hour))
    .map((hour) => ({ ...hour, kcal: hourly * (isAsleep(life, hour.start) ? 0.93 : 1.035) }));
}

/** The phone's estimate for the waking hours, from another minute of the hour than the watch's. */
function phoneBasal(life: LifeDay, seed: number): EnergySample[] {
  const offset = randomFor(seed, 'phone basal', life.day.epochDay).int(2, 50) * MINUTE;
  return hoursOf(life.day)
    .filter((hour) => hour.end + offset <= life.day.end && !isAsleep(life, hour.start))
    .map(({ start, end }) => ({ start: start + offset, end: end + offset, kcal: BASAL_KCAL_PER_HOUR * 0.98 }));
}

/** Brisk minutes: all of running, most of a real walk, workouts without steps while the heart works. */
export function watchExercise(life: LifeDay, seed: number): Sample[] {
  const random = randomFor(seed, 'exercise', life.day.epochDay);
  const walked = watchSteps(life, seed)
    .filter(({ start, end }) => end - start >= 3 * MINUTE)
    .flatMap((sample) => partsOf(sample, MINUTE).filter(() => random.chance(sample.running ? 1 : 0.5)));
  const worked = stillWorkout(life).filter(() => random.chance(0.8));
  return [...walked, ...worked.filter((minute) => isWorn(life, minute))]
    .sort((a, b) => a.start - b.start)
    .map(({ start, end }) => ({ start, end, value: 1 }));
}

function phoneExercise(life: LifeDay, seed: number): Sample[] {
  const random = randomFor(seed, 'phone exercise', life.day.epochDay);
  return phoneSteps(life, seed)
    .filter(({ start, end }) => end - start >= 7 * MINUTE)
    .flatMap((sample) => partsOf(sample, MINUTE).filter(() => random.chance(0.45)))
    .map(({ start, end }) => ({ start, end, value: 1 }));
}
