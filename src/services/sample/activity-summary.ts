import { standHours } from './activity-records';
import { attributes, rounded } from './apple-xml';
import { watchActive, watchExercise } from './energy-records';
import { watchSteps } from './movements';
import { type SampleContext } from './record-group';
import { type Instant } from './sample-calendar';
import { type LifeDay } from './sample-life';

/** The rings of one day, from the very records the watch wrote up to `exportedAt`. */
export function activitySummaryElement(life: LifeDay, { seed, units }: SampleContext, exportedAt: Instant): string {
  const written = (span: { readonly end: Instant }): boolean => span.end <= exportedAt;
  const kcal = watchActive(life, seed)
    .filter(written)
    .reduce((sum, sample) => sum + sample.kcal, 0);
  const moving = watchSteps(life, seed)
    .filter(written)
    .reduce((sum, { start, end }) => sum + end - start, 0);
  const stood = standHours(life, seed).filter((hour) => written(hour) && String(hour.value).endsWith('Stood'));
  const { unit, perKcal } = units.energy;
  const values = attributes({
    dateComponents: life.day.date,
    activeEnergyBurned: rounded(kcal * perKcal, 3),
    activeEnergyBurnedGoal: rounded(500 * perKcal, 0),
    activeEnergyBurnedUnit: unit,
    appleMoveTime: life.modern ? Math.round(moving / 60) : undefined,
    appleMoveTimeGoal: life.modern ? 0 : undefined,
    appleExerciseTime: watchExercise(life, seed).filter(written).length,
    appleExerciseTimeGoal: 30,
    appleStandHours: stood.length,
    appleStandHoursGoal: 12,
  });
  return ` <ActivitySummary${values}/>\n`;
}
