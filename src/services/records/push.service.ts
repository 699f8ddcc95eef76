import { BusinessLogicError, EventLogger, RedisGateway } from '@app/common';
import { Injectable } from '@nestjs/common';
import { isRecord, type PushedRecord, readPushedRecord, type RecordProblem } from './pushed-record';
import { type ProblemReport, reportProblems } from './push-problems';
import { RecordWriter } from './record-writer';

export interface PushResult {
  readonly received: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly rejected: number;
  /** The first problems, by index. */
  readonly errors: readonly RecordProblem[];
  /** How many problems there are besides. */
  readonly errorsOmitted: number;
}

/** Stores records that apps send, without a file. Sending the same records again stores nothing twice. */
@Injectable()
export class PushService {
  constructor(
    private readonly redis: RedisGateway,
    private readonly events: EventLogger,
  ) {}

  /**
   * Stores the records that are right and says by index what is wrong with the others.
   * @param atomic store nothing when one record is wrong
   * @throws BusinessLogicError HEALTH_DATA_INVALID_FORMAT when nothing can be stored for that reason;
   * and the errors of `RedisGateway`
   */
  async push(userId: string, records: readonly PushedRecord[], atomic: boolean): Promise<PushResult> {
    const readings = records.map((record, index) => readPushedRecord(record, index));
    const good = readings.filter(isRecord);
    const rejected = records.length - good.length;
    const report = reportProblems(readings.flatMap((reading) => (isRecord(reading) ? [] : [reading])));
    if (rejected > 0 && (atomic || good.length === 0)) throw nothingStored(rejected, records.length, report);
    const writer = new RecordWriter(this.redis, userId);
    for (const { record } of good) writer.add(record);
    const { stored, duplicates } = await writer.finish();
    this.events.info('health_data_pushed', { records: records.length, stored, duplicates });
    return { received: records.length, stored, duplicates, rejected, ...report };
  }
}

function nothingStored(rejected: number, received: number, { errors, errorsOmitted }: ProblemReport): Error {
  return new BusinessLogicError('HEALTH_DATA_INVALID_FORMAT', {
    message: `${rejected} of ${received} records cannot be stored; nothing was stored`,
    details: { errors: errors.map((error) => ({ ...error })), errors_omitted: errorsOmitted },
  });
}
