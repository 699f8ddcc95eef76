import { BusinessLogicError, EventLogger, RedisGateway } from '@app/common';
import { Injectable } from '@nestjs/common';
import { nearestMetricNames } from '../metrics/metric-type';
import { isRecord, type PushedRecord, readPushedRecord, type RecordProblem } from './pushed-record';
import { RecordWriter } from './record-writer';

export interface PushResult {
  readonly received: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly errors: readonly RecordProblem[];
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
    const errors = readings.flatMap((reading) => (isRecord(reading) ? [] : reading.problems)).map(suggest);
    if (errors.length > 0 && (atomic || good.length === 0)) {
      throw new BusinessLogicError('HEALTH_DATA_INVALID_FORMAT', {
        message: `${records.length - good.length} of ${records.length} records cannot be stored; nothing was stored`,
        details: { errors: errors.map((error) => ({ ...error })) },
      });
    }
    const writer = new RecordWriter(this.redis, userId);
    for (const { record } of good) writer.add(record);
    const { stored, duplicates } = await writer.finish();
    this.events.info('health_data_pushed', { records: records.length, stored, duplicates });
    return { received: records.length, stored, duplicates, rejected: records.length - good.length, errors };
  }
}

function suggest(problem: RecordProblem & { readonly metricType?: string }): RecordProblem {
  const { metricType, ...rest } = problem;
  return metricType === undefined ? rest : { ...rest, did_you_mean: nearestMetricNames(metricType) };
}
