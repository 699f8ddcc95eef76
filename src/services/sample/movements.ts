import { type Random, randomFor } from './random';
import { HOUR, instantAt, MINUTE, overlaps, type Span } from './sample-calendar';
import { isWorn, type LifeDay } from './sample-life';
import { activeParts, CADENCE } from './sample-workouts';

/** A stretch of walking or running. */
export interface Movement extends Span {
  readonly steps: number;
  readonly strideKm: number;
  readonly flights: number;
  /** Whether the phone was carried; the desk has seen much of it. */
  readonly withPhone: boolean;
  readonly running: boolean;
}

/** What one device counted of a movement, or of a part of a long one. */
export interface StepSample extends Span {
  readonly steps: number;
  readonly km: number;
  readonly running: boolean;
}

const WALKING_STRIDE_KM = 0.00074;

interface Block {
  /** Hour of the day around which it begins, and how far off it may be (minutes). */
  readonly at: number;
  readonly spread: number;
  readonly minutes: readonly [number, number];
  readonly likely: number;
}

const WORKDAY: readonly Block[] = [
  { at: 7.75, spread: 7, minutes: [11, 15], likely: 0.93 },
  { at: 12.4, spread: 12, minutes: [9, 17], likely: 0.6 },
  { at: 17.4, spread: 16, minutes: [11, 16], likely: 0.93 },
  { at: 21.3, spread: 15, minutes: [15, 28], likely: 0.22 },
];

const WEEKEND: readonly Block[] = [
  { at: 11.9, spread: 20, minutes: [8, 18], likely: 0.6 },
  { at: 15.2, spread: 35, minutes: [35, 85], likely: 0.7 },
  { at: 18.2, spread: 25, minutes: [8, 16], likely: 0.4 },
];

/** All movements of a day in order of time, none overlapping another. */
export function movementsOf(life: LifeDay, seed: number): Movement[] {
  const random = randomFor(seed, 'movements', life.day.epochDay);
  const taken: Movement[] = workoutMovements(life, random);
  const blocks = life.sick ? [] : life.day.weekday >= 6 ? WEEKEND : WORKDAY;
  for (const block of blocks) addIfFree(taken, life, blockMovement(block, life, random));
  const wakeHour = Math.ceil((life.wake - life.day.start) / HOUR);
  const bedHour = Math.floor((life.bed - life.day.start) / HOUR);
  for (let hour = wakeHour; hour < bedHour; hour += 1) {
    const bouts = random.int(1, 4);
    for (let bout = 0; bout < bouts; bout += 1) addIfFree(taken, life, briefMovement(hour, life, random));
  }
  return taken.sort((a, b) => a.start - b.start);
}

function workoutMovements(life: LifeDay, random: Random): Movement[] {
  const { workout } = life;
  const cadence = workout && CADENCE[workout.activity];
  if (workout === undefined || cadence === undefined) return [];
  const running = workout.activity === 'Running';
  const total = (workout.activeSeconds / MINUTE) * cadence;
  const strideKm = (workout.distanceKm ?? 0) / total;
  return activeParts(workout).map(({ start, end }) => {
    const steps = Math.round(((end - start) / workout.activeSeconds) * total);
    return { start, end, steps, strideKm, flights: random.int(0, 2), withPhone: random.chance(0.8), running };
  });
}

function blockMovement(block: Block, life: LifeDay, random: Random): Movement | undefined {
  const start = instantAt(life.day, random.bell(block.at * HOUR, block.spread * MINUTE));
  const seconds = Math.round(random.between(...block.minutes) * MINUTE);
  const steps = Math.round((seconds / MINUTE) * random.bell(106, 4) * Math.min(1.15, life.vigour));
  const flights = random.chance(0.5) ? random.int(1, 3) : 0;
  const withPhone = random.chance(0.94);
  if (!random.chance(block.likely * life.vigour)) return undefined;
  return { start, end: start + seconds, steps, strideKm: WALKING_STRIDE_KM, flights, withPhone, running: false };
}

function briefMovement(hour: number, life: LifeDay, random: Random): Movement {
  const start = life.day.start + hour * HOUR + random.int(0, HOUR - 200);
  const seconds = random.int(18, 150);
  const steps = Math.max(6, Math.round((seconds / MINUTE) * random.bell(76, 9) * life.vigour));
  const flights = random.chance(0.1) ? random.int(1, 2) : 0;
  const withPhone = random.chance(0.62);
  return { start, end: start + seconds, steps, strideKm: WALKING_STRIDE_KM, flights, withPhone, running: false };
}

/** A minute of rest around each, within the waking day: what would break that does not happen. */
function addIfFree(taken: Movement[], life: LifeDay, wanted: Movement | undefined): void {
  if (wanted === undefined || wanted.start < life.wake || wanted.end > Math.min(life.bed, life.day.end)) return;
  const room = { start: wanted.start - MINUTE, end: wanted.end + MINUTE };
  const workout = life.workout !== undefined && overlaps(room, life.workout);
  if (!workout && !taken.some((other) => overlaps(room, other))) taken.push(wanted);
}

/** The watch counts what happens while it is worn, in samples of up to about five minutes. */
export function watchSteps(life: LifeDay, seed: number): StepSample[] {
  return movementsOf(life, seed)
    .filter((movement) => isWorn(life, movement))
    .flatMap((movement) => inPieces(movement, 290, movement.steps));
}

/**
 * The phone counts the same walks again, from slightly other moments, in longer samples and with other
 * numbers; and alone while the watch is charging.
 */
export function phoneSteps(life: LifeDay, seed: number): StepSample[] {
  const random = randomFor(seed, 'phone steps', life.day.epochDay);
  return movementsOf(life, seed).flatMap((movement) => {
    const late = random.int(-15, 20);
    const longer = random.int(0, 18);
    const seen = random.between(0.88, 1.02);
    if (!movement.withPhone) return [];
    const span = { ...movement, start: movement.start + late, end: movement.end + late + longer };
    return inPieces(span, 560, Math.max(1, Math.round(movement.steps * seen)));
  });
}

function inPieces(movement: Movement, longest: number, steps: number): StepSample[] {
  const count = Math.max(1, Math.ceil((movement.end - movement.start) / longest));
  const samples: StepSample[] = [];
  let start = movement.start;
  let counted = 0;
  for (let piece = 1; piece <= count; piece += 1) {
    const end = Math.round(movement.start + ((movement.end - movement.start) * piece) / count);
    const upTo = Math.round((steps * piece) / count);
    samples.push({
      start,
      end,
      steps: upTo - counted,
      km: (upTo - counted) * movement.strideKm,
      running: movement.running,
    });
    start = end;
    counted = upTo;
  }
  return samples;
}
