import { Injectable } from '@nestjs/common';
import { type MetricType, parseMetricTypes, resolveMetric } from '../../services/metrics/metric-type';
import { parsePeriod } from '../../services/periods/parse-period';
import type { Period } from '../../services/periods/period';
import { type Preferences, ProfileService } from '../../services/profile/profile.service';
import { RecordsService } from '../../services/records/records.service';

export interface HealthArguments {
  readonly metrics: MetricType[];
  readonly period: Period;
  readonly preferences: Preferences;
  /** Epoch ms: the "now" that the period was read with. */
  readonly now: number;
}

export const DEFAULT_PERIOD = 'recent';

/** Reads what tools are given by name: metrics (also ones only this user has) and periods (in the user's zone). */
@Injectable()
export class HealthArgumentsReader {
  constructor(
    private readonly profile: ProfileService,
    private readonly records: RecordsService,
  ) {}

  /**
   * @throws ValidationError for a period that is not understood
   * @throws BusinessLogicError HEALTH_METRIC_NOT_SUPPORTED
   */
  async read(userId: string, metricTypes: readonly string[], timePeriod = DEFAULT_PERIOD): Promise<HealthArguments> {
    const preferences = await this.profile.preferences(userId);
    const now = Date.now();
    const { timeZone, weekStart } = preferences;
    const period = parsePeriod(timePeriod, { now, timeZone, weekStart });
    return { metrics: await this.metrics(userId, metricTypes), period, preferences, now };
  }

  private async metrics(userId: string, names: readonly string[]): Promise<MetricType[]> {
    const held = names.every((name) => resolveMetric(name) !== undefined) ? [] : await this.records.metrics(userId);
    return parseMetricTypes(
      names,
      held.map(({ metric }) => metric.id),
    );
  }
}
