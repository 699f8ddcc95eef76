/** Limits beyond which new requests are turned away; 0 leaves a measure out. */
export interface LoadLimits {
  /** How late the event loop may run, in milliseconds, on average over a sample. */
  readonly eventLoopDelayMs: number;
  /** Share of the heap's limit that may be in use after garbage was collected, in percent. */
  readonly heapPercent: number;
  /** Requests that may be in flight, event streams among them. */
  readonly maxInFlight: number;
}

export type LoadMeasure = 'event_loop_delay_ms' | 'heap_percent' | 'in_flight';

/** Injection token of the limits. */
export const LOAD_LIMITS = Symbol('LOAD_LIMITS');

/** How often the event loop and the heap are looked at. */
export const SAMPLE_MS = 500;
