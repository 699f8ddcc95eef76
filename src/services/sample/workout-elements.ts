import { type AppleClock, attributes, metadataEntry, rounded } from './apple-xml';
import { BASAL_KCAL_PER_HOUR } from './energy-records';
import { type SampleContext } from './record-group';
import { HOUR } from './sample-calendar';
import { type LifeDay } from './sample-life';
import { sourceAttributes } from './sample-sources';
import { CADENCE, type SampleWorkout } from './sample-workouts';

/**
 * A day's `Workout` element, in the format of its time: totals as attributes in the first half of the span
 * (before iOS 16), as `WorkoutStatistics` in the second; `routePath` adds a `WorkoutRoute`.
 */
export function workoutElement(
  life: LifeDay,
  workout: SampleWorkout,
  context: SampleContext,
  clock: AppleClock,
  routePath?: string,
): string {
  const head = attributes({
    workoutActivityType: `HKWorkoutActivityType${workout.activity}`,
    duration: workout.activeSeconds / 60,
    durationUnit: 'min',
    ...(life.modern ? {} : totals(workout, context)),
  });
  const times = timesOf(workout, clock);
  const children = [
    metadata(workout, context),
    events(workout, clock),
    life.modern ? statistics(workout, context, clock) : '',
    routePath === undefined ? '' : route(life, workout, clock, routePath),
  ];
  return ` <Workout${head}${sourceAttributes('watch', life.era)}${times}>\n${children.join('')} </Workout>\n`;
}

function timesOf({ start, end }: SampleWorkout, clock: AppleClock): string {
  return attributes({
    creationDate: clock.format(end + 3),
    startDate: clock.format(start),
    endDate: clock.format(end),
  });
}

function totals(
  { distanceKm = 0, activeKcal }: SampleWorkout,
  { units }: SampleContext,
): Record<string, string | number> {
  return {
    totalDistance: rounded(distanceKm * units.distance.perKm, 6),
    totalDistanceUnit: units.distance.unit,
    totalEnergyBurned: rounded(activeKcal * units.energy.perKcal, 3),
    totalEnergyBurnedUnit: units.energy.unit,
  };
}

function metadata({ celsius, activeKcal, activeSeconds }: SampleWorkout, { timeZone, units }: SampleContext): string {
  const mets = (activeKcal / (activeSeconds / HOUR) + BASAL_KCAL_PER_HOUR) / 77;
  const { of, unit } = units.temperature;
  return [
    metadataEntry('HKIndoorWorkout', celsius === undefined ? '1' : '0'),
    metadataEntry('HKTimeZone', timeZone),
    celsius === undefined ? '' : metadataEntry('HKWeatherTemperature', `${rounded(of(celsius), 1)} ${unit}`),
    metadataEntry('HKAverageMETs', `${rounded(mets, 5)} kcal/hr·kg`),
  ].join('');
}

function events({ pause }: SampleWorkout, clock: AppleClock): string {
  if (pause === undefined) return '';
  const event = (type: string, date: string): string =>
    `  <WorkoutEvent${attributes({ type: `HKWorkoutEventType${type}`, date })}/>\n`;
  return event('Pause', clock.format(pause.start)) + event('Resume', clock.format(pause.end));
}

function statistics(workout: SampleWorkout, { units }: SampleContext, clock: AppleClock): string {
  const span = { startDate: clock.format(workout.start), endDate: clock.format(workout.end) };
  const line = (type: string, values: Record<string, string | number>): string =>
    `  <WorkoutStatistics${attributes({ type: `HKQuantityTypeIdentifier${type}`, ...span, ...values })}/>\n`;
  const { perKcal, unit } = units.energy;
  const hours = workout.activeSeconds / HOUR;
  const cadence = CADENCE[workout.activity];
  const distanceType = workout.activity === 'Cycling' ? 'DistanceCycling' : 'DistanceWalkingRunning';
  return [
    line('ActiveEnergyBurned', { sum: rounded(workout.activeKcal * perKcal, 3), unit }),
    line('BasalEnergyBurned', { sum: rounded(hours * BASAL_KCAL_PER_HOUR * perKcal, 3), unit }),
    line('HeartRate', { ...workout.heartRate, unit: 'count/min' }),
    cadence === undefined ? '' : line('StepCount', { sum: Math.round(hours * 60 * cadence), unit: 'count' }),
    workout.distanceKm === undefined
      ? ''
      : line(distanceType, { sum: rounded(workout.distanceKm * units.distance.perKm, 5), unit: units.distance.unit }),
  ].join('');
}

function route(life: LifeDay, workout: SampleWorkout, clock: AppleClock, path: string): string {
  return [
    `  <WorkoutRoute${sourceAttributes('watch', life.era)}${timesOf(workout, clock)}>\n`,
    metadataEntry('HKMetadataKeySyncVersion', '2', 3),
    `   <FileReference${attributes({ path })}/>\n`,
    '  </WorkoutRoute>\n',
  ].join('');
}
