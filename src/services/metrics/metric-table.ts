import { ACTIVITY_TYPES } from './activity.table';
import { BODY_TYPES } from './body.table';
import { HEARING_TYPES } from './hearing.table';
import { HEART_TYPES } from './heart.table';
import type { MetricType } from './metric-model';
import { MOBILITY_TYPES } from './mobility.table';
import { NUTRITION_TYPES } from './nutrition.table';
import { REPRODUCTIVE_TYPES } from './reproductive.table';
import { SYMPTOM_TYPES } from './symptoms.table';
import { VITALS_TYPES } from './vitals.table';

/**
 * Every quantity and category type of HealthKit up to iOS 26 that an export can hold, and the sleep goal.
 * Source: the SDK header HKTypeIdentifiers.h (identifiers, aggregation styles).
 */
export const METRIC_TYPES: readonly MetricType[] = [
  ...ACTIVITY_TYPES,
  ...BODY_TYPES,
  ...HEART_TYPES,
  ...HEARING_TYPES,
  ...MOBILITY_TYPES,
  ...NUTRITION_TYPES,
  ...VITALS_TYPES,
  ...SYMPTOM_TYPES,
  ...REPRODUCTIVE_TYPES,
];

/** Names the SDK gives to a type besides the one exports carry: the other name (lower case) → the type's own name. */
export const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['environmentalaudioexposureevent', 'AudioExposureEvent'],
]);

/** What people say for more than one type at once. */
export const SHARED_PHRASES: ReadonlyArray<{ readonly phrase: string; readonly names: readonly string[] }> = [
  { phrase: 'blood pressure', names: ['BloodPressureSystolic', 'BloodPressureDiastolic'] },
];
