import type { ImportProgress, ImportResult, ImportState } from '../../services/imports/import-state';
import type { ImportReceipt } from '../../services/imports/imports.service';
import { metricType } from '../../services/metrics/metric-type';
import type { ImportAnswer, ImportProgressAnswer, ImportReceiptAnswer, ImportResultAnswer } from './imports.answers';

const PATH = '/api/v1/imports';

export function presentReceipt({ importId, status }: ImportReceipt): ImportReceiptAnswer {
  const self = `${PATH}/${importId}`;
  return { import_id: importId, status, links: { self, events: `${self}/events` } };
}

export function presentImport(state: ImportState): ImportAnswer {
  return {
    import_id: state.importId,
    status: state.status,
    kind: state.kind,
    file_bytes: state.fileBytes,
    created_at: instant(state.createdAt),
    started_at: state.startedAt === null ? null : instant(state.startedAt),
    finished_at: state.finishedAt === null ? null : instant(state.finishedAt),
    progress: presentProgress(state.progress, state.status === 'completed'),
    result: state.result === null ? null : presentResult(state.result),
    error: state.error === null ? null : { ...state.error, details: { ...state.error.details } },
  };
}

function presentProgress(progress: ImportProgress, complete: boolean): ImportProgressAnswer {
  const { bytesRead, bytesTotal } = progress;
  // Rounded down: 100 is for what has ended.
  const percent = bytesTotal === 0 ? 0 : Math.floor((bytesRead / bytesTotal) * 1_000) / 10;
  return {
    bytes_read: bytesRead,
    bytes_total: bytesTotal,
    percent: complete ? 100 : Math.min(99.9, percent),
    records_seen: progress.recordsSeen,
    records_stored: progress.recordsStored,
    duplicates: progress.duplicates,
    skipped: { ...progress.skipped },
    records_per_second: progress.recordsPerSecond,
    eta_seconds: progress.etaSeconds,
  };
}

function presentResult(result: ImportResult): ImportResultAnswer {
  return {
    records: result.records,
    workouts: result.workouts,
    activity_summaries: result.activitySummaries,
    metrics: result.metrics.map(({ metric, count, first, last }) => ({
      metric_type: metricType(metric).name,
      count,
      first: instant(first),
      last: instant(last),
    })),
    time_zone: result.timeZone,
    warnings: [...result.warnings],
  };
}

function instant(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
