import type { ExportedActivitySummary, Ring } from '../activity/activity-summary';
import { quantityOf } from './apple-value';
import type { Attributes } from './export-parser';

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/** An `ActivitySummary` as it is kept; undefined when it does not say which day it is about. */
export function activitySummaryOf(attributes: Attributes): ExportedActivitySummary | undefined {
  const date = attributes.dateComponents ?? '';
  const [, year = '', month = '', day = ''] = DAY.exec(date) ?? [];
  if (!isDay(Number(year), Number(month), Number(day))) return undefined;
  return {
    date,
    energy: ring(attributes, 'activeEnergyBurned', attributes.activeEnergyBurnedUnit ?? null),
    moveTime: ring(attributes, 'appleMoveTime', 'min'),
    exercise: ring(attributes, 'appleExerciseTime', 'min'),
    stand: ring(attributes, 'appleStandHours', 'h'),
  };
}

function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function ring(attributes: Attributes, name: string, unit: string | null): Ring {
  return { value: quantityOf(attributes[name], unit), goal: quantityOf(attributes[`${name}Goal`], unit) };
}
