import { type Random } from './random';
import { type CalendarDay, HOUR, type Instant, instantAt, MINUTE, type Span } from './sample-calendar';

export type Activity = 'Running' | 'Cycling' | 'Walking' | 'TraditionalStrengthTraining' | 'Yoga';

export interface SampleWorkout extends Span {
  readonly activity: Activity;
  readonly pause?: Span;
  /** Seconds without the pause: what Apple calls the duration. */
  readonly activeSeconds: number;
  readonly distanceKm?: number;
  readonly activeKcal: number;
  /** Of the air; none indoors. */
  readonly celsius?: number;
  readonly heartRate: { readonly average: number; readonly minimum: number; readonly maximum: number };
}

interface Habit {
  readonly weekday: number;
  readonly activity: Activity;
  /** At midwinter and at midsummer. */
  readonly likely: readonly [number, number];
  /** Hour of the local day. */
  readonly at: number;
  readonly minutes: readonly [number, number];
}

const HABITS: readonly Habit[] = [
  { weekday: 1, activity: 'Yoga', likely: [0.45, 0.25], at: 19.1, minutes: [25, 45] },
  { weekday: 2, activity: 'Running', likely: [0.6, 0.85], at: 18.4, minutes: [28, 42] },
  { weekday: 4, activity: 'TraditionalStrengthTraining', likely: [0.75, 0.6], at: 18.6, minutes: [38, 60] },
  { weekday: 5, activity: 'Walking', likely: [0.15, 0.4], at: 18.9, minutes: [30, 55] },
  { weekday: 6, activity: 'Running', likely: [0.6, 0.8], at: 9.6, minutes: [42, 68] },
  { weekday: 7, activity: 'Cycling', likely: [0.08, 0.6], at: 10.4, minutes: [60, 120] },
];

interface Effort {
  readonly kmPerHour?: number;
  readonly kcalPerMinute: number;
  /** Beats per minute over the whole workout. */
  readonly heartRate: number;
}

// kcal per minute for a person of ~77 kg, by the MET values of the Compendium of Physical Activities.
const EFFORTS: Record<Activity, Effort> = {
  Running: { kmPerHour: 10.3, kcalPerMinute: 12.2, heartRate: 153 },
  Cycling: { kmPerHour: 21, kcalPerMinute: 8.4, heartRate: 129 },
  Walking: { kmPerHour: 5.5, kcalPerMinute: 4.6, heartRate: 107 },
  TraditionalStrengthTraining: { kcalPerMinute: 5.4, heartRate: 113 },
  Yoga: { kcalPerMinute: 2.7, heartRate: 88 },
};

/** Steps per minute, where a workout has steps. */
export const CADENCE: Partial<Record<Activity, number>> = { Running: 162, Walking: 114 };

/** What the person of the sample does on such a day, if anything; `season` from −1 (winter) to 1 (summer). */
export function planWorkout(day: CalendarDay, season: number, random: Random): SampleWorkout | undefined {
  const habit = HABITS.find(({ weekday }) => weekday === day.weekday);
  if (habit === undefined) return undefined;
  const [winter, summer] = habit.likely;
  if (!random.chance(winter + ((summer - winter) * (season + 1)) / 2)) return undefined;
  const start = instantAt(day, random.bell(habit.at * HOUR, 10 * MINUTE));
  const activeSeconds = Math.round(random.between(...habit.minutes) * MINUTE);
  const workout = carryOut(habit.activity, start, activeSeconds, random);
  return { ...workout, celsius: isOutdoors(habit.activity) ? 10.5 + 9 * season + random.bell(0, 2.5) : undefined };
}

function isOutdoors(activity: Activity): boolean {
  return EFFORTS[activity].kmPerHour !== undefined;
}

function carryOut(activity: Activity, start: Instant, activeSeconds: number, random: Random): SampleWorkout {
  const effort = EFFORTS[activity];
  const form = random.bell(1, 0.045);
  const pauses = activity === 'Running' || activity === 'Cycling' ? random.chance(0.4) : false;
  const pauseStart = start + Math.round(activeSeconds * random.between(0.35, 0.65));
  const pause = pauses ? { start: pauseStart, end: pauseStart + random.int(45, 260) } : undefined;
  const average = Math.round(effort.heartRate * random.bell(1, 0.02));
  return {
    activity,
    start,
    end: start + activeSeconds + (pause === undefined ? 0 : pause.end - pause.start),
    pause,
    activeSeconds,
    distanceKm: effort.kmPerHour === undefined ? undefined : (effort.kmPerHour * form * activeSeconds) / HOUR,
    activeKcal: (effort.kcalPerMinute * form * activeSeconds) / MINUTE,
    heartRate: { average, minimum: average - random.int(18, 34), maximum: average + random.int(9, 21) },
  };
}

/** The parts of a workout between its pauses. */
export function activeParts(workout: SampleWorkout): Span[] {
  const { start, end, pause } = workout;
  if (pause === undefined) return [{ start, end }];
  return [
    { start, end: pause.start },
    { start: pause.end, end },
  ];
}
