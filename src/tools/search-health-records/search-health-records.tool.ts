import { Injectable } from '@nestjs/common';
import { metricType } from '../../services/metrics/metric-type';
import { fromCanonical, toCanonical, type UnitSystem } from '../../services/metrics/units';
import { formatWithOffset } from '../../services/periods/calendar';
import type { HealthRecord } from '../../services/records/health-record';
import { RecordsService } from '../../services/records/records.service';
import { HealthArgumentsReader } from '../arguments/health-arguments.service';
import { type PeriodData, periodData } from '../arguments/period-data';
import { Tool, type ToolContext } from '../registry/tool';
import { DEFAULT_RECORDS, SearchHealthRecordsArguments } from './search-health-records.dto';

export interface RecordData {
  readonly metric_type: string;
  readonly name: string;
  /** A number in `unit`, the name of a category value, or null where the type carries none. */
  readonly value: number | string | null;
  readonly unit: string | null;
  readonly start: string;
  readonly end: string;
  readonly source: string;
}

export interface HealthRecordsData {
  readonly period: PeriodData;
  readonly records: readonly RecordData[];
  /** Whether the period has more records than these. */
  readonly more: boolean;
}

@Injectable()
export class SearchHealthRecordsTool extends Tool<SearchHealthRecordsArguments, HealthRecordsData> {
  readonly name = 'search_health_records';
  readonly description =
    'Single health records of a time period, each with its value, unit, times and source. For totals, averages and ' +
    'extremes use get_health_metrics: it knows which records are counted twice.';
  readonly argumentsType = SearchHealthRecordsArguments;

  constructor(
    private readonly read: HealthArgumentsReader,
    private readonly records: RecordsService,
  ) {
    super();
  }

  async run(args: SearchHealthRecordsArguments, { userId, signal }: ToolContext): Promise<HealthRecordsData> {
    const { metrics, period, preferences } = await this.read.read(userId, args.metric_types, args.time_period);
    signal.throwIfAborted();
    const found = await this.records.list(userId, {
      metrics,
      period,
      order: args.order === 'oldest' ? 'asc' : 'desc',
      limit: args.limit ?? DEFAULT_RECORDS,
    });
    return {
      period: periodData(found.period),
      records: found.records.map((record) => recordData(record, found.period.timeZone, preferences.units)),
      more: found.nextCursor !== null,
    };
  }
}

function recordData(record: HealthRecord, timeZone: string, units: UnitSystem): RecordData {
  const type = metricType(record.metric, record.unit);
  return {
    metric_type: type.name,
    name: type.displayName,
    ...valueData(record, units),
    start: formatWithOffset(record.start, timeZone),
    end: formatWithOffset(record.end, timeZone),
    source: record.source,
  };
}

function valueData({ metric, value, unit }: HealthRecord, units: UnitSystem): Pick<RecordData, 'value' | 'unit'> {
  if (typeof value !== 'number') return { value, unit };
  const type = metricType(metric, unit);
  return fromCanonical(toCanonical(value, unit, type).value, type, units);
}
