import type { ExportedActivitySummary } from '../activity/activity-summary';
import type { HealthRecord } from '../records/health-record';
import type { ExportedWorkout } from '../workouts/workout';

/** Attributes of an element, entities resolved. */
export type Attributes = Readonly<Record<string, string | undefined>>;

/** What an export says about the person, as far as it says it. */
export interface ExportedPerson {
  /** `YYYY-MM-DD` */
  readonly birthDate?: string;
  /** HealthKit's own names: `HKBiologicalSexFemale`, `HKBloodTypeAPositive`. */
  readonly sex?: string;
  readonly bloodType?: string;
}

/** When the export was made (epoch milliseconds), and the offset of the phone at that time. */
export interface ExportMoment {
  readonly instant: number;
  readonly offsetMinutes: number;
}

/** Why something in an export is passed over; elements that are not stored are counted by their own name. */
export type SkipReason =
  | 'missing_type'
  | 'invalid_type'
  | 'missing_source'
  | 'invalid_date'
  | 'end_before_start'
  | 'implausible_duration'
  | 'value_too_long'
  | 'too_many_types';

/** Things that are mended or borne, and that a person should know of. */
export type ExportIssue = 'control_character' | 'unknown_entity';

/** Takes what a parser finds, in the order of the file. */
export interface ExportSink {
  record(record: HealthRecord): void;
  workout(workout: ExportedWorkout): void;
  activitySummary(summary: ExportedActivitySummary): void;
  exportDate(moment: ExportMoment): void;
  person(person: ExportedPerson): void;
  /** `start` of a record or workout, and the time zone it says it was in. */
  zoneEvidence(start: number, zone: string): void;
  skipped(reason: string): void;
  issue(kind: ExportIssue, count: number): void;
}

/**
 * Port: reads the XML of an export, in pieces of any size, and tells a sink what is in it. Everything before a fault
 * has been told when the fault is thrown.
 */
export abstract class ExportParser {
  /** @throws UnreadableExport */
  abstract write(text: string): void;

  /** Says that the text is complete. @throws UnreadableExport */
  abstract end(): void;
}
