import { rounded } from './apple-xml';
import { movementsOf, phoneSteps, type StepSample, watchSteps } from './movements';
import { bothDevices, type RecordGroup, type Sample, type SampleContext } from './record-group';
import { hoursOf, MINUTE, overlaps, partsOf } from './sample-calendar';
import { isWorn, type LifeDay } from './sample-life';
import { activeParts } from './sample-workouts';

const QUARTER = 15 * MINUTE;
const STAND_SLOT = 5 * MINUTE;

/** Steps, distance and flights as the phone and the watch each tell them; stand and cycling from the watch. */
export function activityGroups({ seed, units }: SampleContext): RecordGroup[] {
  const { unit, perKm } = units.distance;
  const kilometres = (samples: StepSample[]): Sample[] =>
    samples.map(({ start, end, km }) => ({ start, end, value: rounded(km * perKm, 5) }));
  const fromWatch = (type: string, samples: (life: LifeDay) => Sample[], of?: string): RecordGroup => ({
    type,
    unit: of,
    source: 'watch',
    samples,
  });
  return [
    ...bothDevices('StepCount', 'count', {
      phone: (life) => counts(phoneSteps(life, seed)),
      watch: (life) => counts(watchSteps(life, seed)),
    }).map((group) => ({ ...group, repeats: group.source === 'phone' })),
    ...bothDevices('DistanceWalkingRunning', unit, {
      phone: (life) => kilometres(phoneSteps(life, seed)),
      watch: (life) => kilometres(watchSteps(life, seed)),
    }),
    ...bothDevices('FlightsClimbed', 'count', {
      phone: (life) => phoneFlights(life, seed),
      watch: (life) => watchFlights(life, seed),
    }),
    fromWatch('HKQuantityTypeIdentifierAppleStandTime', (life) => standTime(life, seed), 'min'),
    fromWatch('HKCategoryTypeIdentifierAppleStandHour', (life) => standHours(life, seed)),
    fromWatch('HKQuantityTypeIdentifierDistanceCycling', (life) => cycling(life, perKm), unit),
  ];
}

function counts(samples: StepSample[]): Sample[] {
  return samples.filter(({ steps }) => steps > 0).map(({ start, end, steps }) => ({ start, end, value: steps }));
}

function watchFlights(life: LifeDay, seed: number): Sample[] {
  return movementsOf(life, seed)
    .filter((movement) => movement.flights > 0 && isWorn(life, movement))
    .map(({ start, end, flights }) => ({ start, end, value: flights }));
}

function phoneFlights(life: LifeDay, seed: number): Sample[] {
  return movementsOf(life, seed)
    .filter((movement) => movement.flights > 0 && movement.withPhone)
    .map(({ start, end, flights }) => ({ start: start + 3, end: end + 4, value: flights }));
}

function standTime(life: LifeDay, seed: number): Sample[] {
  const samples: Sample[] = [];
  let next = life.day.start;
  for (const step of watchSteps(life, seed)) {
    const first = Math.max(next, step.start - ((step.start - life.day.start) % STAND_SLOT));
    for (let start = first; start < step.end; start += STAND_SLOT) {
      const upright = Math.min(start + STAND_SLOT, step.end) - Math.max(start, step.start);
      samples.push({ start, end: start + STAND_SLOT, value: Math.min(5, 1 + Math.round(upright / MINUTE)) });
      next = start + STAND_SLOT;
    }
  }
  return samples;
}

/** One per hour that the watch was worn while awake: stood, when there was a minute of walking in it. */
export function standHours(life: LifeDay, seed: number): Sample[] {
  const steps = watchSteps(life, seed);
  const awake = { start: life.wake, end: life.bed };
  return hoursOf(life.day)
    .filter((hour) => overlaps(hour, awake) && life.worn.some((worn) => overlaps(worn, hour)))
    .map((hour) => {
      const begun = steps.filter(({ start }) => start >= hour.start && start < hour.end);
      const stood = begun.reduce((sum, sample) => sum + sample.steps, 0) >= 60;
      return { ...hour, value: `HKCategoryValueAppleStandHour${stood ? 'Stood' : 'Idle'}` };
    });
}

function cycling({ workout }: LifeDay, perKm: number): Sample[] {
  if (workout?.activity !== 'Cycling') return [];
  const kmPerSecond = (workout.distanceKm ?? 0) / workout.activeSeconds;
  return activeParts(workout)
    .flatMap((part) => partsOf(part, QUARTER, 1))
    .map(({ start, end }) => ({ start, end, value: rounded(kmPerSecond * (end - start) * perKm, 5) }));
}
