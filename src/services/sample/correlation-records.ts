import { metadataEntry, rounded } from './apple-xml';
import { randomFor } from './random';
import { type RecordGroup, type SampleContext } from './record-group';
import { HOUR, type Instant, instantAt, MINUTE } from './sample-calendar';
import { type LifeDay } from './sample-life';
import { type SourceId } from './sample-sources';

/** One value of a correlation: a record that stands inside it, and once more at top level. */
export interface Part {
  readonly type: string;
  readonly unit: string;
  readonly value: number;
}

export interface SampleCorrelation {
  readonly type: string;
  readonly source: SourceId;
  readonly at: Instant;
  readonly parts: readonly Part[];
  readonly children?: string;
}

const SYSTOLIC = 'HKQuantityTypeIdentifierBloodPressureSystolic';
const DIASTOLIC = 'HKQuantityTypeIdentifierBloodPressureDiastolic';
const ENERGY = 'HKQuantityTypeIdentifierDietaryEnergyConsumed';
const CARBOHYDRATES = 'HKQuantityTypeIdentifierDietaryCarbohydrates';
const PROTEIN = 'HKQuantityTypeIdentifierDietaryProtein';
const FAT = 'HKQuantityTypeIdentifierDietaryFatTotal';

/** Grams of carbohydrates, protein and fat in a usual helping. */
const MEALS: readonly {
  readonly hour: number;
  readonly dishes: readonly (readonly [string, number, number, number])[];
}[] = [
  {
    hour: 7.4,
    dishes: [
      ['Oatmeal & berries', 58, 14, 9],
      ['Rye bread with cheese', 42, 19, 16],
      ['Yoghurt "plain"', 22, 15, 7],
    ],
  },
  {
    hour: 12.6,
    dishes: [
      ['Lentil soup', 52, 22, 11],
      ['Chicken salad', 24, 38, 22],
      ['Pasta al pomodoro', 88, 17, 14],
    ],
  },
  {
    hour: 19.7,
    dishes: [
      ['Rice with vegetables', 76, 14, 13],
      ['Baked salmon', 31, 41, 27],
      ['Potato gratin', 62, 18, 31],
    ],
  },
];

/** The day's blood pressure readings and meals. */
export function correlationsOf(life: LifeDay, { seed, units }: SampleContext): SampleCorrelation[] {
  return [...bloodPressure(life, seed), ...meals(life, seed, units.energy)];
}

/** The same values as records at top level. */
export function correlatedGroups(context: SampleContext): RecordGroup[] {
  const { energy } = context.units;
  const group = (type: string, source: SourceId, unit: string): RecordGroup => ({
    type,
    source,
    unit,
    samples: (life) =>
      correlationsOf(life, context).flatMap(({ at, parts }) =>
        parts.filter((part) => part.type === type).map(({ value }) => ({ start: at, end: at, value })),
      ),
  });
  return [
    group(SYSTOLIC, 'cuff', 'mmHg'),
    group(DIASTOLIC, 'cuff', 'mmHg'),
    group(ENERGY, 'food', energy.unit),
    group(CARBOHYDRATES, 'food', 'g'),
    group(PROTEIN, 'food', 'g'),
    group(FAT, 'food', 'g'),
  ];
}

/** Sunday mornings, and some other days. */
function bloodPressure(life: LifeDay, seed: number): SampleCorrelation[] {
  const random = randomFor(seed, 'blood pressure', life.day.epochDay);
  if (!random.chance(life.day.weekday === 7 ? 0.9 : 0.08)) return [];
  const systolic = Math.round(random.bell(122, 4) + (life.mass - 76) * 0.8);
  const parts = [
    { type: SYSTOLIC, unit: 'mmHg', value: systolic },
    { type: DIASTOLIC, unit: 'mmHg', value: Math.round(systolic * 0.42 + random.bell(27, 2.5)) },
  ];
  const at = life.wake + random.int(18, 35) * MINUTE;
  return [{ type: 'HKCorrelationTypeIdentifierBloodPressure', source: 'cuff', at, parts }];
}

/** Written down on about every third day, by resolution rather than by habit. */
function meals(life: LifeDay, seed: number, energy: SampleContext['units']['energy']): SampleCorrelation[] {
  const random = randomFor(seed, 'meals', life.day.epochDay);
  if (!random.chance(0.35)) return [];
  return MEALS.flatMap(({ hour, dishes }) => {
    const [name, carbohydrates, protein, fat] = dishes[random.int(0, dishes.length - 1)] ?? ['', 0, 0, 0];
    const helping = random.between(0.8, 1.25);
    const at = instantAt(life.day, random.bell(hour * HOUR, 14 * MINUTE));
    if (!random.chance(0.85)) return [];
    const kcal = (carbohydrates * 4 + protein * 4 + fat * 9) * helping;
    const parts = [
      { type: ENERGY, unit: energy.unit, value: rounded(kcal * energy.perKcal, 3) },
      { type: CARBOHYDRATES, unit: 'g', value: rounded(carbohydrates * helping, 1) },
      { type: PROTEIN, unit: 'g', value: rounded(protein * helping, 1) },
      { type: FAT, unit: 'g', value: rounded(fat * helping, 1) },
    ];
    return [
      {
        type: 'HKCorrelationTypeIdentifierFood',
        source: 'food' as const,
        at,
        parts,
        children: metadataEntry('HKFoodType', name),
      },
    ];
  });
}
