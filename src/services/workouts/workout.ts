/** A figure of a workout with its unit, both as given: `{value: 5.21, unit: 'km'}`. */
export interface Quantity {
  readonly value: number | string;
  readonly unit: string | null;
}

/** What a workout says about one metric; which members are there depends on the metric's kind. */
export interface WorkoutStatistic {
  /** Full HealthKit identifier. */
  readonly metric: string;
  readonly unit: string | null;
  readonly sum?: number | string;
  readonly average?: number | string;
  readonly minimum?: number | string;
  readonly maximum?: number | string;
}

export interface WorkoutEvent {
  /** `HKWorkoutEventTypePause` */
  readonly type: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly duration?: Quantity;
}

/** A workout of an export. Times are epoch milliseconds. */
export interface ExportedWorkout {
  /** `HKWorkoutActivityTypeRunning` */
  readonly type: string;
  readonly source: string;
  readonly start: number;
  readonly end: number;
  /** As given: pauses are excluded. */
  readonly duration: Quantity | null;
  /** `WorkoutStatistics` of the workout itself; where the file has none, the `total…` attributes of older files. */
  readonly statistics: readonly WorkoutStatistic[];
  readonly events: readonly WorkoutEvent[];
  /** Paths of GPX files, as they stand in the export. */
  readonly routes: readonly string[];
  /** `Location`s that stand in the export itself. */
  readonly locations: number;
  /** Metadata by key: `HKIndoorWorkout`, `HKTimeZone`, … */
  readonly metadata: Readonly<Record<string, string>>;
}
