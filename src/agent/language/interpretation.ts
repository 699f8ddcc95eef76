import { z } from 'zod';

/** What can be asked of a metric. Without one, the answer is what suits the metric. */
export const ASKED_STATISTICS = [
  'sum', 'avg', 'median', 'p95', 'stddev', 'min', 'max', 'latest', 'count',
] as const; // prettier-ignore
export type AskedStatistic = (typeof ASKED_STATISTICS)[number];

export const GROUPINGS = ['hour', 'day', 'week', 'month', 'year'] as const;
export type Grouping = (typeof GROUPINGS)[number];

const UNITS = ['hour', 'day', 'week', 'month', 'quarter', 'year'] as const;

const periodSchema = z.object({
  from: z.number(),
  to: z.number(),
  timeZone: z.string(),
  label: z.string(),
  unbounded: z.literal(true).optional(),
  step: z.object({ unit: z.enum(UNITS), count: z.number(), part: z.literal(true).optional() }).optional(),
  /** How the period is told to a tool. */
  text: z.string(),
});

const interpretationSchema = z.object({
  /** HealthKit names: `StepCount`. */
  metrics: z.array(z.string()).min(1),
  periods: z.array(periodSchema).min(1),
  /** Nobody named the period. */
  periodAssumed: z.boolean(),
  statistics: z.array(z.enum(ASKED_STATISTICS)),
  grouping: z.enum(GROUPINGS).optional(),
  /** The question is which day (week, …) it was, rather than how much. */
  which: z.boolean(),
  /** Every part is asked for, not only what stands out. */
  listing: z.boolean(),
  /** Single records are asked for, at most this many. */
  records: z.number().int().positive().optional(),
  /** The periods are to be set against each other. */
  comparing: z.boolean(),
});

export type AskedPeriod = z.infer<typeof periodSchema>;

/** A data question as it was understood: what the next turn of the session can refer to. */
export type Interpretation = z.infer<typeof interpretationSchema>;

/** What an earlier turn kept, or undefined when it was no data question (or was kept by another version). */
export function readInterpretation(kept: unknown): Interpretation | undefined {
  const parsed = interpretationSchema.safeParse(kept);
  return parsed.success ? parsed.data : undefined;
}
