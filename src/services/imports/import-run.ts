import type { RedisGateway } from '@app/common/core';
import { type ExportFile, openExport } from './export-file';
import type { FileKind } from './file-kind';
import { ImportSink } from './import-sink';
import type { ImportResult } from './import-state';
import { patiently } from './patiently';
import { HybridExportParser } from './hybrid-export.parser';
import { UnreadableExport, type UnreadableReason } from './unreadable-export';
import { Utf8Decoder } from './utf8-decoder';
import type { ImportLimits } from './zip-budget';

export interface ImportRunTask {
  readonly userId: string;
  readonly path: string;
  readonly kind: FileKind;
  readonly limits: ImportLimits;
}

/** What a run has done so far. */
export interface RunCounts {
  readonly bytesRead: number;
  readonly bytesTotal: number;
  readonly recordsSeen: number;
  readonly recordsStored: number;
  readonly duplicates: number;
  readonly skipped: Readonly<Record<string, number>>;
}

export interface RunControl {
  /** Asked between pieces of the file: whether to stop here. */
  readonly stopped: () => boolean;
  readonly report: (counts: RunCounts) => void;
}

/** How a run ended. All that was read before the end is stored, in each case. */
export type RunOutcome =
  | { readonly kind: 'completed'; readonly counts: RunCounts; readonly result: ImportResult }
  | { readonly kind: 'stopped'; readonly counts: RunCounts }
  | {
      readonly kind: 'unreadable';
      readonly counts: RunCounts;
      readonly reason: UnreadableReason;
      readonly byteOffset?: number;
      readonly result: ImportResult;
    };

const REPORT_EVERY_MS = 500;
/** What is stored and not reported when the process dies is counted as duplicates by the run that follows. */
const REPORT_STORED_EVERY_MS = 100;

/**
 * Reads a file and stores what is in it, in memory that does not grow with the file. Running it again, after whatever
 * interruption, leads to the same data.
 * @throws InfrastructureError when Redis or the disk fails for longer than a hiccup
 */
export async function runImport(task: ImportRunTask, redis: RedisGateway, control: RunControl): Promise<RunOutcome> {
  return new ImportRun(task, new ImportSink(redis, task.userId), control).run();
}

class ImportRun {
  private readonly decoder = new Utf8Decoder();
  private readonly parser: HybridExportParser;
  private bytesRead = 0;
  private bytesTotal = 0;
  private reportedAt = 0;

  constructor(
    private readonly task: ImportRunTask,
    private readonly sink: ImportSink,
    private readonly control: RunControl,
  ) {
    this.parser = new HybridExportParser(sink);
  }

  async run(): Promise<RunOutcome> {
    try {
      const stopped = await this.readAll();
      await this.finish();
      if (stopped) return { kind: 'stopped', counts: this.counts() };
      return { kind: 'completed', counts: this.counts(), result: await this.result() };
    } catch (error) {
      if (!(error instanceof UnreadableExport)) throw error;
      await this.finish();
      const { reason, byteOffset } = error;
      return { kind: 'unreadable', counts: this.counts(), reason, byteOffset, result: await this.result() };
    }
  }

  private async readAll(): Promise<boolean> {
    const file = await openExport(this.task.path, this.task.kind, this.task.limits);
    this.bytesTotal = file.bytes;
    for (const [kind, count] of Object.entries(file.passedOver)) this.sink.notes.skip(kind, count);
    try {
      return await this.readPieces(file);
    } finally {
      file.close();
    }
  }

  private async readPieces(file: ExportFile): Promise<boolean> {
    const pieces = file.read();
    try {
      for (let step = await pieces.next(); step.done !== true; step = await pieces.next()) {
        if (this.control.stopped()) return true;
        await this.take(step.value);
      }
      this.decoder.end();
      this.parser.end();
      return false;
    } catch (error) {
      throw error instanceof UnreadableExport ? await deeperFault(error, pieces) : error;
    }
  }

  private async take(piece: Buffer): Promise<void> {
    this.parser.write(this.decoder.decode(piece));
    this.bytesRead += piece.length;
    if (this.sink.full) await this.drain();
    else this.report(REPORT_EVERY_MS);
  }

  private async drain(): Promise<void> {
    await patiently(() => this.sink.drain(() => this.report(REPORT_STORED_EVERY_MS)));
    this.report(0);
  }

  private async finish(): Promise<void> {
    await this.drain();
    await patiently(() => this.sink.finish());
  }

  private report(everyMs: number): void {
    const now = performance.now();
    if (now - this.reportedAt < everyMs) return;
    this.reportedAt = now;
    this.control.report(this.counts());
  }

  private counts(): RunCounts {
    const { records, stored, duplicates } = this.sink.summary;
    const { skipped } = this.sink.notes;
    const { bytesRead, bytesTotal } = this;
    return { bytesRead, bytesTotal, recordsSeen: records, recordsStored: stored, duplicates, skipped };
  }

  private async result(): Promise<ImportResult> {
    const { records, metrics } = this.sink.summary;
    const { workouts, activitySummaries } = this.sink.notes;
    const timeZone = await patiently(() => this.sink.learntZone());
    const warnings = this.sink.notes.warnings(metrics.map(({ metric }) => metric));
    return { records, workouts, activitySummaries, metrics, timeZone, warnings };
  }
}

/**
 * Damaged XML out of a damaged zip is the zip's fault: its checksum, at the end, tells. What is left is read for that,
 * and no longer than a zip may be.
 */
async function deeperFault(fault: UnreadableExport, pieces: AsyncGenerator<Buffer>): Promise<Error> {
  try {
    for (let step = await pieces.next(); step.done !== true; step = await pieces.next());
    return fault;
  } catch (error) {
    return error instanceof UnreadableExport ? new UnreadableExport(error.reason, fault.byteOffset, fault) : fault;
  }
}
