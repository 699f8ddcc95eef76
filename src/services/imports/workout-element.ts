import type { ExportedWorkout, WorkoutEvent, WorkoutStatistic } from '../workouts/workout';
import { parseAppleDate } from './apple-date';
import { parseAppleValue, quantityOf } from './apple-value';
import type { Attributes, ExportSink } from './export-parser';
import type { Interner } from './interner';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Open extends Omit<Mutable<ExportedWorkout>, 'statistics'> {
  readonly attributes: Attributes;
  readonly statistics: WorkoutStatistic[];
  readonly events: WorkoutEvent[];
  readonly routes: string[];
  readonly metadata: Record<string, string>;
}

// No workout of the Health app comes near; a hostile one must not fill the memory.
const MOST_CHILDREN = 2_000;
const LONGEST_TEXT = 1_024;

const QUANTITY = 'HKQuantityTypeIdentifier';
const DISTANCES: readonly (readonly [RegExp, string])[] = [
  [/Cycling$/, 'DistanceCycling'],
  [/Swimming$/, 'DistanceSwimming'],
  [/Wheelchair/, 'DistanceWheelchair'],
  [/DownhillSkiing$|Snowboarding$|SnowSports$/, 'DistanceDownhillSnowSports'],
];

/** Puts a workout together from its elements; `depth` is 0 for `Workout` itself. */
export class WorkoutElement {
  private workout: Open | null = null;
  /** Inside `WorkoutActivity` (the legs of a multisport workout): its figures are already in those of the workout. */
  private inActivity = false;

  constructor(
    private readonly sink: ExportSink,
    private readonly texts: Interner,
  ) {}

  open(name: string, attributes: Attributes, depth: number): void {
    if (depth === 0) this.begin(attributes);
    if (this.workout === null || depth === 0) return;
    if (depth === 1) this.child(this.workout, name, attributes);
    else if (!this.inActivity) this.grandchild(this.workout, name, attributes);
  }

  close(name: string, depth: number): void {
    if (depth === 1 && name === 'WorkoutActivity') this.inActivity = false;
    if (depth !== 0 || this.workout === null) return;
    const { attributes, ...workout } = this.workout;
    this.workout = null;
    this.sink.workout({ ...workout, statistics: withTotals(workout, attributes) });
    const zone = workout.metadata.HKTimeZone;
    if (zone) this.sink.zoneEvidence(workout.start, zone);
  }

  private begin(attributes: Attributes): void {
    const { workoutActivityType: type, sourceName: source } = attributes;
    const start = parseAppleDate(attributes.startDate ?? '');
    const end = parseAppleDate(attributes.endDate ?? '');
    this.inActivity = false;
    this.workout = null;
    if (type === undefined || type === '') return this.sink.skipped('missing_type');
    if (source === undefined) return this.sink.skipped('missing_source');
    if (Number.isNaN(start) || Number.isNaN(end)) return this.sink.skipped('invalid_date');
    if (type.length > LONGEST_TEXT || source.length > LONGEST_TEXT) return this.sink.skipped('value_too_long');
    const duration = quantityOf(attributes.duration, attributes.durationUnit);
    const children = { statistics: [], events: [], routes: [], locations: 0, metadata: {} };
    this.workout = {
      type: this.texts.of(type),
      source: this.texts.of(source),
      start,
      end,
      duration,
      ...children,
      attributes,
    };
  }

  private child(workout: Open, name: string, attributes: Attributes): void {
    if (name === 'WorkoutActivity') this.inActivity = true;
    else if (name === 'WorkoutStatistics') pushBounded(workout.statistics, statisticOf(attributes));
    else if (name === 'WorkoutEvent') pushBounded(workout.events, eventOf(attributes));
    else if (name === 'MetadataEntry') this.metadata(workout, attributes);
  }

  private grandchild(workout: Open, name: string, { path }: Attributes): void {
    if (name === 'FileReference' && path && path.length <= LONGEST_TEXT) pushBounded(workout.routes, path);
    else if (name === 'Location') workout.locations++;
  }

  private metadata(workout: Open, { key = '', value = '' }: Attributes): void {
    if (key === '' || key === '__proto__' || key.length > LONGEST_TEXT || value.length > LONGEST_TEXT) return;
    if (Object.keys(workout.metadata).length < MOST_CHILDREN) workout.metadata[this.texts.of(key)] = value;
  }
}

function pushBounded<T>(list: T[], item: T | undefined): void {
  if (item !== undefined && list.length < MOST_CHILDREN) list.push(item);
}

function statisticOf(attributes: Attributes): WorkoutStatistic | undefined {
  const { type, unit } = attributes;
  if (type === undefined || type === '') return undefined;
  const statistic: Mutable<WorkoutStatistic> = { metric: type, unit: unit ?? null };
  for (const name of ['sum', 'average', 'minimum', 'maximum'] as const) {
    const value = parseAppleValue(attributes[name]);
    if (value !== null) statistic[name] = value;
  }
  return statistic;
}

function eventOf(attributes: Attributes): WorkoutEvent | undefined {
  const at = parseAppleDate(attributes.date ?? '');
  if (!attributes.type || Number.isNaN(at)) return undefined;
  const duration = quantityOf(attributes.duration, attributes.durationUnit);
  return { type: attributes.type, at, ...(duration !== null && { duration }) };
}

/** The totals that older exports have as attributes, where no child says anything about the same figure. */
function withTotals(workout: Omit<Open, 'attributes'>, attributes: Attributes): WorkoutStatistic[] {
  const said = workout.statistics.map(({ metric }) => metric);
  const distance = DISTANCES.find(([pattern]) => pattern.test(workout.type))?.[1] ?? 'DistanceWalkingRunning';
  const totals = [
    { name: 'totalDistance', unit: attributes.totalDistanceUnit, metric: distance },
    { name: 'totalEnergyBurned', unit: attributes.totalEnergyBurnedUnit, metric: 'ActiveEnergyBurned' },
    { name: 'totalFlightsClimbed', unit: attributes.totalFlightsClimbedUnit ?? 'count', metric: 'FlightsClimbed' },
    {
      name: 'totalSwimmingStrokeCount',
      unit: attributes.totalSwimmingStrokeCountUnit ?? 'count',
      metric: 'SwimmingStrokeCount',
    },
  ];
  const missing = totals.flatMap(({ name, unit, metric }) => {
    const sum = parseAppleValue(attributes[name]);
    const known = name === 'totalDistance' ? `${QUANTITY}Distance` : `${QUANTITY}${metric}`;
    if (sum === null || said.some((said) => said.startsWith(known))) return [];
    return [{ metric: `${QUANTITY}${metric}`, unit: unit ?? null, sum }];
  });
  return [...workout.statistics, ...missing];
}
