import { type CounterOf, METRICS, type Metrics } from '@app/common';
import type { RunCounts } from './import-run';

/** Counts what runs of imports have done, while they do it. */
export class ImportRunCounter {
  private readonly records: CounterOf<typeof METRICS.importRecords>;
  private readonly bytes: CounterOf<typeof METRICS.importBytes>;

  constructor(metrics: Metrics) {
    this.records = metrics.counter(METRICS.importRecords);
    this.bytes = metrics.counter(METRICS.importBytes);
  }

  /** For one run, which tells what it has done since it began, again and again. */
  begin(): (counts: RunCounts) => void {
    const stored = growth((by) => this.records.with({ result: 'stored' }).inc(by));
    const duplicates = growth((by) => this.records.with({ result: 'duplicate' }).inc(by));
    const skipped = growth((by) => this.records.with({ result: 'skipped' }).inc(by));
    const bytes = growth((by) => this.bytes.with({}).inc(by));
    return (counts) => {
      stored(counts.recordsStored);
      duplicates(counts.duplicates);
      skipped(Object.values(counts.skipped).reduce((sum, count) => sum + count, 0));
      bytes(counts.bytesRead);
    };
  }
}

/** Tells `add` by how much a total has grown. A report that was overtaken by a later one says nothing new. */
function growth(add: (by: number) => void): (total: number) => void {
  let before = 0;
  return (total) => {
    if (total <= before) return;
    add(total - before);
    before = total;
  };
}
