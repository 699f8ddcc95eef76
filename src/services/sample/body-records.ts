import { metadataEntry, rounded } from './apple-xml';
import { randomFor } from './random';
import { type RecordGroup, type Sample, type SampleContext } from './record-group';
import { HOUR, instantAt, MINUTE } from './sample-calendar';
import { type LifeDay } from './sample-life';

const METRES_TALL = 1.78;
const BY_HAND = metadataEntry('HKWasUserEntered', '1');

/** Body measures from a scale of another maker, some entered by hand; and what the headphones played. */
export function bodyGroups({ seed, units }: SampleContext): RecordGroup[] {
  const { mass, height } = units;
  const weight = (life: LifeDay): number => rounded(life.mass * mass.perKg, 2);
  return [
    {
      type: 'HKQuantityTypeIdentifierHeight',
      source: 'manual',
      unit: height.unit,
      samples: (life) => tall(life, height.perMetre),
    },
    {
      type: 'HKQuantityTypeIdentifierBodyMass',
      source: 'scale',
      unit: mass.unit,
      samples: (life) => weighed(life, seed, weight(life)),
    },
    {
      type: 'HKQuantityTypeIdentifierBodyMass',
      source: 'manual',
      unit: mass.unit,
      samples: (life) => byHand(life, seed, weight(life)),
    },
    {
      type: 'HKQuantityTypeIdentifierBodyFatPercentage',
      source: 'scale',
      unit: '%',
      samples: (life) => bodyFat(life, seed),
    },
    {
      type: 'HKQuantityTypeIdentifierHeadphoneAudioExposure',
      source: 'headphones',
      unit: 'dBASPL',
      samples: (life) => headphones(life, seed),
    },
  ];
}

function tall(life: LifeDay, perMetre: number): Sample[] {
  const at = life.wake + 2 * HOUR;
  return life.first ? [{ start: at, end: at, value: rounded(METRES_TALL * perMetre, 4), children: BY_HAND }] : [];
}

function stepsOnScale(life: LifeDay, seed: number): number {
  return randomFor(seed, 'scale', life.day.epochDay).next();
}

function weighed(life: LifeDay, seed: number, value: number): Sample[] {
  if (stepsOnScale(life, seed) > 0.68) return [];
  const at = life.wake + 11 * MINUTE + Math.round(stepsOnScale(life, seed) * 600);
  return [{ start: at, end: at, value }];
}

/** On a few days without the scale, to the nearest tenth, as people type it. */
function byHand(life: LifeDay, seed: number, value: number): Sample[] {
  if (stepsOnScale(life, seed) < 0.95) return [];
  const at = instantAt(life.day, 20 * HOUR) + randomFor(seed, 'typed', life.day.epochDay).int(0, 45) * MINUTE;
  return [{ start: at, end: at, value: rounded(value, 1), children: BY_HAND }];
}

/** A fraction, though its unit is `%`. */
function bodyFat(life: LifeDay, seed: number): Sample[] {
  const noise = randomFor(seed, 'body fat', life.day.epochDay).bell(0, 0.003);
  return weighed(life, seed, rounded(0.206 + (life.mass - 76) * 0.006 + noise, 4));
}

function headphones(life: LifeDay, seed: number): Sample[] {
  const random = randomFor(seed, 'headphones', life.day.epochDay);
  const samples: Sample[] = [];
  let at = life.wake + random.int(40, 90) * MINUTE;
  for (let listens = random.int(0, life.sick ? 2 : 6); listens > 0; listens -= 1) {
    const end = at + random.int(4 * MINUTE, 38 * MINUTE);
    if (end > life.bed) break;
    samples.push({ start: at, end, value: rounded(random.bell(66.5, 5), 4) });
    at = end + random.int(10 * MINUTE, 210 * MINUTE);
  }
  return samples;
}
