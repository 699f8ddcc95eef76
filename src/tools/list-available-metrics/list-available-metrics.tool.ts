import { Injectable } from '@nestjs/common';
import type { MetricKind } from '../../services/metrics/metric-type';
import { fromCanonical } from '../../services/metrics/units';
import { formatWithOffset } from '../../services/periods/calendar';
import { ProfileService } from '../../services/profile/profile.service';
import { RecordsService } from '../../services/records/records.service';
import { Tool, type ToolContext } from '../registry/tool';

export class ListAvailableMetricsArguments {}

export interface AvailableMetric {
  readonly metric_type: string;
  readonly name: string;
  readonly kind: MetricKind;
  readonly unit: string;
  readonly count: number;
  readonly first: string;
  readonly last: string;
  readonly sources: readonly string[];
}

export interface AvailableMetricsData {
  /** The metric with the most records first. */
  readonly metrics: readonly AvailableMetric[];
}

@Injectable()
export class ListAvailableMetricsTool extends Tool<ListAvailableMetricsArguments, AvailableMetricsData> {
  readonly name = 'list_available_metrics';
  readonly description =
    'Which health metrics this user has data for: unit, number of records, first and last record, sources.';
  readonly argumentsType = ListAvailableMetricsArguments;

  constructor(
    private readonly profile: ProfileService,
    private readonly records: RecordsService,
  ) {
    super();
  }

  async run(_args: ListAvailableMetricsArguments, { userId }: ToolContext): Promise<AvailableMetricsData> {
    const [{ timeZone, units }, held] = await Promise.all([
      this.profile.preferences(userId),
      this.records.metrics(userId),
    ]);
    const metrics = held
      .toSorted((a, b) => b.count - a.count || a.metric.name.localeCompare(b.metric.name, 'en'))
      .map(({ metric, count, first, last, sources }) => ({
        metric_type: metric.name,
        name: metric.displayName,
        kind: metric.kind,
        unit: fromCanonical(0, metric, units).unit,
        count,
        first: formatWithOffset(first, timeZone),
        last: formatWithOffset(last, timeZone),
        sources,
      }));
    return { metrics };
  }
}
