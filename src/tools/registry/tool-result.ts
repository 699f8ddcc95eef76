import type { ErrorCode } from '@app/common';

/** A part of a result that was left out because the whole was too large. */
export interface Truncation {
  /** Where: `records`, `metrics[0].buckets`. */
  readonly path: string;
  readonly kept: number;
  readonly total: number;
}

interface ToolRun {
  readonly execution_time_ms: number;
  readonly correlation_id: string;
}

export interface ToolSuccess<Data = unknown> extends ToolRun {
  readonly success: true;
  readonly data: Data;
  /** Present when `data` does not hold all there was. */
  readonly truncated?: readonly Truncation[];
  /** Present when `data` is from before an outage: when it was read. */
  readonly stale_since?: string;
}

export interface ToolFailure extends ToolRun {
  readonly success: false;
  readonly error_code: ErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** What every run of a tool comes to, in the shape a model sees. */
export type ToolResult<Data = unknown> = ToolSuccess<Data> | ToolFailure;
