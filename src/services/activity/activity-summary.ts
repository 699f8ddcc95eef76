import type { Quantity } from '../workouts/workout';

/** Goal and achievement of one ring. */
export interface Ring {
  readonly value: Quantity | null;
  readonly goal: Quantity | null;
}

/** The rings of one day of an export. People move by energy, or (newer exports) by time. */
export interface ExportedActivitySummary {
  /** `YYYY-MM-DD`, the day as the phone counted it. */
  readonly date: string;
  readonly energy: Ring;
  readonly moveTime: Ring;
  readonly exercise: Ring;
  readonly stand: Ring;
}
