import { metadataEntry } from './apple-xml';
import { type Random, randomFor } from './random';
import { type RecordGroup, type Sample, type SampleContext } from './record-group';
import { HOUR, type Instant, instantAt, MINUTE, type Span } from './sample-calendar';
import { isWorn, type LifeDay, type Night } from './sample-life';

type Stage = 'InBed' | 'Asleep' | 'AsleepUnspecified' | 'AsleepCore' | 'AsleepDeep' | 'AsleepREM' | 'Awake';

const TYPE = 'HKCategoryTypeIdentifierSleepAnalysis';

/**
 * Sleep in both formats: up to the middle of the span time in bed from the phone and plain "asleep" from the
 * watch (`Asleep`, later `AsleepUnspecified`), then stages from the watch, some nights without time in bed.
 * Also naps, and now and then a night in two halves.
 */
export function sleepGroups({ seed, timeZone }: SampleContext): RecordGroup[] {
  const children = metadataEntry('HKTimeZone', timeZone);
  const inZone = (samples: Sample[]): Sample[] => samples.map((sample) => ({ ...sample, children }));
  return [
    { type: TYPE, source: 'phoneWithoutDevice', samples: (life) => inZone(inBed(life, seed)) },
    {
      type: TYPE,
      source: 'watch',
      repeats: true,
      samples: (life) => inZone([...asleep(life, seed), ...nap(life, seed)]),
    },
    { type: 'HKDataTypeSleepDurationGoal', source: 'phoneWithoutDevice', unit: 'hr', samples: sleepGoal },
    { type: 'HKCategoryTypeIdentifierMindfulSession', source: 'watch', samples: (life) => inZone(mindful(life, seed)) },
  ];
}

function stage(value: Stage, { start, end }: Span): Sample {
  return { start, end, value: `HKCategoryValueSleepAnalysis${value}` };
}

function inBed({ night, day }: LifeDay, seed: number): Sample[] {
  if (night?.phone !== true) return [];
  const random = randomFor(seed, 'in bed', day.epochDay);
  return [stage('InBed', { start: night.start - random.int(60, 900), end: night.end + random.int(20, 420) })];
}

function asleep(life: LifeDay, seed: number): Sample[] {
  const { night } = life;
  if (night?.watch !== true) return [];
  const random = randomFor(seed, 'sleep stages', life.day.epochDay);
  const halves = parts(night, random);
  if (life.modern) return halves.flatMap((half) => cycles(half, random));
  const value = life.era === 0 ? 'Asleep' : 'AsleepUnspecified';
  return halves.flatMap((half) => stretches(half, random)).map((span) => stage(value, span));
}

/** Sleep begins a while after lights out; a broken night has two parts. */
function parts({ start, end, brokenAt }: Night, random: Random): Span[] {
  const asleepFrom = start + random.int(5 * MINUTE, 18 * MINUTE);
  const asleepTo = end - random.int(1 * MINUTE, 9 * MINUTE);
  if (brokenAt === undefined) return [{ start: asleepFrom, end: asleepTo }];
  return [
    { start: asleepFrom, end: brokenAt.start },
    { start: brokenAt.end, end: asleepTo },
  ].filter((part) => part.end - part.start >= 20 * MINUTE);
}

/** What older watches tell: asleep, with the short times awake left out. */
function stretches({ start, end }: Span, random: Random): Span[] {
  const spans: Span[] = [];
  let from = start;
  while (end - from > 20 * MINUTE) {
    const to = Math.min(end, from + random.int(70 * MINUTE, 190 * MINUTE));
    spans.push({ start: from, end: to });
    from = to + random.int(3 * MINUTE, 12 * MINUTE);
  }
  return spans;
}

/** Cycles of about 95 minutes: deep sleep mostly in the first two, REM growing towards the morning. */
function cycles({ start, end }: Span, random: Random): Sample[] {
  const samples: Sample[] = [];
  let at = start;
  const add = (value: Stage, minutes: number): void => {
    const to: Instant = Math.min(end, at + Math.max(1, Math.round(minutes * 2)) * 30);
    if (to > at) samples.push(stage(value, { start: at, end: to }));
    at = to;
  };
  for (let cycle = 0; at < end; cycle += 1) {
    const deep = cycle < 3;
    add('AsleepCore', random.between(12, 26) + (deep ? 0 : 24));
    if (deep) {
      add('AsleepDeep', Math.max(2, random.bell(26 - cycle * 9, 4)));
      add('AsleepCore', random.between(18, 34));
    }
    add('AsleepREM', Math.max(4, random.bell(12 + cycle * 6, 4)));
    if (random.chance(0.8)) add('Awake', random.between(1, 9));
  }
  return samples;
}

/** Now and then on the sofa at the weekend, and when ill. */
function nap(life: LifeDay, seed: number): Sample[] {
  const random = randomFor(seed, 'nap', life.day.epochDay);
  if (!random.chance(life.sick ? 0.7 : life.day.weekday === 7 ? 0.2 : 0.01)) return [];
  const start = instantAt(life.day, random.bell(13.6 * HOUR, 10 * MINUTE));
  const span = { start, end: start + random.int(20 * MINUTE, 55 * MINUTE) };
  return isWorn(life, span) ? [stage(life.modern ? 'AsleepCore' : 'AsleepUnspecified', span)] : [];
}

/** Set once, on the first day; its type has no "TypeIdentifier" in its name. */
function sleepGoal(life: LifeDay): Sample[] {
  const at = life.wake + 3 * HOUR;
  return life.first ? [{ start: at, end: at, value: 8 }] : [];
}

function mindful(life: LifeDay, seed: number): Sample[] {
  const random = randomFor(seed, 'mindful', life.day.epochDay);
  const start = life.wake + random.int(12, 40) * MINUTE;
  const span = { start, end: start + random.int(3, 10) * MINUTE };
  return random.chance(0.3) && isWorn(life, span) ? [{ ...span, value: 'HKCategoryValueNotApplicable' }] : [];
}
