import type { ErrorCode } from '@app/common/core';
import type { FileKind } from './file-kind';

export const IMPORT_STATUSES = ['queued', 'running', 'waiting_for_redis', 'completed', 'failed', 'cancelled'] as const;
export type ImportStatus = (typeof IMPORT_STATUSES)[number];

export const FINAL_STATUSES: readonly ImportStatus[] = ['completed', 'failed', 'cancelled'];

export function isFinal(status: ImportStatus): boolean {
  return FINAL_STATUSES.includes(status);
}

/** How far an import is. Bytes are those of the XML, which is larger than a zip that was uploaded. */
export interface ImportProgress {
  readonly bytesRead: number;
  readonly bytesTotal: number;
  readonly recordsSeen: number;
  /** Records that were not held before. */
  readonly recordsStored: number;
  readonly duplicates: number;
  /** What was passed over, by reason or by the name of the element. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly recordsPerSecond: number;
  readonly etaSeconds: number | null;
}

export const NO_PROGRESS: ImportProgress = {
  bytesRead: 0,
  bytesTotal: 0,
  recordsSeen: 0,
  recordsStored: 0,
  duplicates: 0,
  skipped: {},
  recordsPerSecond: 0,
  etaSeconds: null,
};

/** One metric of an import; `first` and `last` are epoch milliseconds. */
export interface ImportedMetric {
  readonly metric: string;
  readonly count: number;
  readonly first: number;
  readonly last: number;
}

export interface ImportResult {
  readonly records: number;
  readonly workouts: number;
  readonly activitySummaries: number;
  readonly metrics: readonly ImportedMetric[];
  /** IANA name, or an offset such as `+02:00`, as this export tells it; null when it does not. */
  readonly timeZone: string | null;
  readonly warnings: readonly string[];
}

export interface ImportFailure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** An import as its owner sees it. Times are epoch milliseconds. */
export interface ImportState {
  readonly importId: string;
  readonly status: ImportStatus;
  readonly kind: FileKind;
  readonly fileBytes: number;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  readonly progress: ImportProgress;
  readonly result: ImportResult | null;
  readonly error: ImportFailure | null;
}
