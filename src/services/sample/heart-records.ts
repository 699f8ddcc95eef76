import { metadataEntry, rounded, twoDigits } from './apple-xml';
import { movementsOf } from './movements';
import { type Random, randomFor } from './random';
import { type RecordGroup, type Sample, type SampleContext } from './record-group';
import { clockAt, HOUR, type Instant, instantAt, MINUTE } from './sample-calendar';
import { isAsleep, isWorn, type LifeDay, wornSeconds } from './sample-life';

/** `HKMetadataKeyHeartRateMotionContext`: not known, at rest, moving. */
const MOTION = ['0', '1', '2'].map((value) => metadataEntry('HKMetadataKeyHeartRateMotionContext', value));

/** The vital signs the watch takes a few times a day; heart rate itself is `heartRateGroup`. */
export function heartGroups(context: SampleContext): RecordGroup[] {
  const { seed, units } = context;
  const perMinute = { unit: 'count/min', source: 'watch' } as const;
  return [
    { type: 'HKQuantityTypeIdentifierRestingHeartRate', ...perMinute, samples: restingHeartRate },
    {
      type: 'HKQuantityTypeIdentifierWalkingHeartRateAverage',
      ...perMinute,
      samples: (life) => walkingAverage(life, seed),
    },
    { type: 'HKQuantityTypeIdentifierRespiratoryRate', ...perMinute, samples: (life) => respiratoryRate(life, seed) },
    {
      type: 'HKQuantityTypeIdentifierOxygenSaturation',
      unit: '%',
      source: 'watch',
      samples: (life) => oxygen(life, seed),
    },
    {
      type: 'HKQuantityTypeIdentifierVO2Max',
      unit: 'mL/min·kg',
      source: 'watch',
      samples: (life) => vo2Max(life, seed),
    },
    {
      type: 'HKQuantityTypeIdentifierHeartRateVariabilitySDNN',
      unit: 'ms',
      source: 'watch',
      samples: (life) => variability(life, seed, units.twelveHourClock),
    },
  ];
}

function restingHeartRate(life: LifeDay): Sample[] {
  if (life.worn.length === 0) return [];
  const span = { start: life.day.start + 4 * MINUTE, end: instantAt(life.day, 19.5 * HOUR) };
  return [{ ...span, value: Math.round(life.restingHeartRate) }];
}

function walkingAverage(life: LifeDay, seed: number): Sample[] {
  if (life.worn.length === 0 || life.sick) return [];
  const value = rounded(
    life.restingHeartRate + randomFor(seed, 'walking heart rate', life.day.epochDay).bell(38, 3),
    0,
  );
  return [{ start: life.wake + 5 * MINUTE, end: instantAt(life.day, 20 * HOUR), value }];
}

function respiratoryRate(life: LifeDay, seed: number): Sample[] {
  const { night, day } = life;
  if (night?.watch !== true) return [];
  const random = randomFor(seed, 'respiration', day.epochDay);
  const usual = random.bell(14.6, 0.4) + (life.sick ? 2.2 : 0);
  const samples: Sample[] = [];
  for (let at = night.start + random.int(300, 900); at < night.end; at += random.int(1000, 1900)) {
    samples.push({ start: at, end: at, value: Math.round(random.bell(usual, 0.8) * 2) / 2 });
  }
  return samples;
}

/** A fraction, though its unit is `%`. */
function oxygen(life: LifeDay, seed: number): Sample[] {
  const random = randomFor(seed, 'oxygen', life.day.epochDay);
  const samples: Sample[] = [];
  for (let at = life.day.start + random.int(600, 5400); at < life.day.end; at += random.int(4500, 10_800)) {
    const span = { start: at, end: at + 15 };
    const value = Math.min(1, rounded(random.bell(life.sick ? 0.952 : 0.971, 0.008), 2));
    const pressure = `${rounded(random.bell(101.1, 0.6), 3)} kPa`;
    if (!isWorn(life, span)) continue;
    samples.push({ ...span, value, children: metadataEntry('HKMetadataKeyBarometricPressure', pressure) });
  }
  return samples;
}

function vo2Max(life: LifeDay, seed: number): Sample[] {
  const { workout } = life;
  if (workout === undefined || (workout.activity !== 'Running' && workout.activity !== 'Walking')) return [];
  const random = randomFor(seed, 'vo2max', life.day.epochDay);
  const value = rounded(43.5 - (life.restingHeartRate - 61) * 0.45 + random.bell(0, 0.4), 2);
  return [{ start: workout.end + 4, end: workout.end + 4, value, children: metadataEntry('HKVO2MaxTestType', '2') }];
}

function variability(life: LifeDay, seed: number, twelveHours: boolean): Sample[] {
  const random = randomFor(seed, 'variability', life.day.epochDay);
  const usual = random.bell(52, 6) - (life.sick ? 17 : 0);
  const samples: Sample[] = [];
  for (let at = life.day.start + random.int(1200, 9000); at < life.day.end; at += random.int(11_000, 19_000)) {
    const span = { start: at, end: at + random.int(59, 66) };
    const asleep = isAsleep(life, at);
    const value = rounded(Math.max(14, random.bell(usual + (asleep ? 9 : -4), 9)), 4);
    const interval = 60 / (life.restingHeartRate + (asleep ? -2 : 9));
    const children = beats(clockAt(life.day, at), interval, value, twelveHours, random);
    if (isWorn(life, span)) samples.push({ ...span, value, children });
  }
  return samples;
}

/** The beats behind one value: `from` the second of the local day, about `interval` seconds apart. */
function beats(from: number, interval: number, sdnn: number, twelveHours: boolean, random: Random): string {
  let lines = '  <HeartRateVariabilityMetadataList>\n';
  let at = from + random.between(0.5, 3);
  for (let beat = random.int(14, 34); beat > 0; beat -= 1) {
    const pause = Math.max(0.45, random.bell(interval, sdnn / 1000));
    at += pause;
    const bpm = Math.round(60 / pause);
    lines += `   <InstantaneousBeatsPerMinute bpm="${bpm}" time="${beatTime(at, twelveHours)}"/>\n`;
  }
  return `${lines}  </HeartRateVariabilityMetadataList>\n`;
}

/** The clock on the wall, without date or offset: `07:38:25,90` or `7:38:25.90 AM`. */
export function beatTime(secondOfDay: number, twelveHours: boolean): string {
  const hundredths = Math.floor(secondOfDay * 100) % 8_640_000;
  const hour = Math.floor(hundredths / 360_000);
  const minute = twoDigits(Math.floor(hundredths / 6000) % 60);
  const second = twoDigits(Math.floor(hundredths / 100) % 60);
  const rest = String(hundredths % 100).padStart(2, '0');
  if (!twelveHours) return `${twoDigits(hour)}:${minute}:${second},${rest}`;
  return `${hour % 12 === 0 ? 12 : hour % 12}:${minute}:${second}.${rest} ${hour < 12 ? 'AM' : 'PM'}`;
}

/**
 * Exactly `total` heart rate samples, spread evenly over the time the watch was worn in `lives`.
 * Being the most frequent type, it is also what brings an export to a wanted number of records.
 */
export function heartRateGroup(context: SampleContext, lives: readonly LifeDay[], total: number): RecordGroup {
  const quotas = new Map<LifeDay, number>();
  const seconds = lives.reduce((sum, life) => sum + wornSeconds(life), 0);
  let worn = 0;
  let given = 0;
  for (const life of lives) {
    worn += wornSeconds(life);
    const upTo = seconds === 0 ? 0 : Math.floor((total * worn) / seconds);
    quotas.set(life, upTo - given);
    given = upTo;
  }
  return {
    type: 'HKQuantityTypeIdentifierHeartRate',
    source: 'watch',
    unit: 'count/min',
    samples: (life) => heartRate(life, quotas.get(life) ?? 0, context.seed),
  };
}

function heartRate(life: LifeDay, count: number, seed: number): Sample[] {
  const random = randomFor(seed, 'heart rate', life.day.epochDay);
  const pulse = new Pulse(life, seed);
  const slot = wornSeconds(life) / count;
  const samples: Sample[] = [];
  let before = 0;
  for (const { start, end } of life.worn) {
    const last = Math.round((before + end - start) / slot);
    for (let index = samples.length; index < last; index += 1) {
      const at = Math.floor(start + (index + random.between(0.1, 0.8)) * slot - before);
      const instant = Math.min(Math.max(at, start), end - 1);
      const motion = pulse.at(instant, random);
      samples.push({ start: instant, end: instant, value: Math.round(pulse.rate), children: MOTION[motion] });
    }
    before += end - start;
  }
  return samples;
}

/** The heart over one day; asked in order of time. */
class Pulse {
  rate = 0;
  private readonly movements;
  private next = 0;

  constructor(
    private readonly life: LifeDay,
    seed: number,
  ) {
    this.movements = movementsOf(life, seed);
  }

  /** Sets `rate` and returns the motion context: asleep or unknown 0, at rest 1, moving 2. */
  at(instant: Instant, random: Random): 0 | 1 | 2 {
    const { life } = this;
    if (isAsleep(life, instant)) {
      this.rate = life.restingHeartRate - 4 + 3 * Math.sin(instant / 860) + random.bell(0, 1.6);
      return 0;
    }
    const { workout } = life;
    if (workout !== undefined && instant >= workout.start && instant < workout.end) {
      const { average, minimum, maximum } = workout.heartRate;
      const warm = Math.min(1, (instant - workout.start) / (7 * MINUTE));
      this.rate = Math.min(maximum, Math.max(minimum, random.bell(minimum + (average + 3 - minimum) * warm, 4)));
      return 2;
    }
    while ((this.movements[this.next]?.end ?? Infinity) < instant) this.next += 1;
    const movement = this.movements[this.next];
    const moving = movement !== undefined && movement.start <= instant;
    const alert = 11 + 4 * Math.sin(((clockAt(life.day, instant) - 9 * HOUR) / (12 * HOUR)) * Math.PI);
    const effort = moving ? (movement.end - movement.start > 4 * MINUTE ? 33 : 17) : 0;
    this.rate = life.restingHeartRate + alert + effort + random.bell(0, 4.5);
    return moving ? 2 : 1;
  }
}
