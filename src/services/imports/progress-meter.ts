import type { RunCounts } from './import-run';
import type { ImportProgress } from './import-state';

/** Rates of one run, from the counts it reports. */
export class ProgressMeter {
  private readonly startedAt: number;

  /**
   * @param earlier records that earlier, interrupted runs of the same import have stored: this run meets them again,
   * as duplicates
   * @param now monotonic milliseconds
   */
  constructor(
    private readonly earlier: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.startedAt = now();
  }

  progress(counts: RunCounts): ImportProgress {
    const seconds = (this.now() - this.startedAt) / 1_000;
    const bytesLeft = Math.max(0, counts.bytesTotal - counts.bytesRead);
    const carried = Math.min(this.earlier, counts.duplicates);
    return {
      ...counts,
      // Never less than before: a run that ends early must not make the next one forget what was stored.
      recordsStored: Math.max(this.earlier, counts.recordsStored + carried),
      duplicates: counts.duplicates - carried,
      recordsPerSecond: seconds > 0 ? Math.round(counts.recordsSeen / seconds) : 0,
      etaSeconds: counts.bytesRead > 0 ? Math.ceil((bytesLeft / counts.bytesRead) * seconds) : null,
    };
  }
}
