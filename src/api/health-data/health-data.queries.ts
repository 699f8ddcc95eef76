import type { User } from '@app/common';
import { Injectable } from '@nestjs/common';
import { AggregatesService } from '../../services/aggregates/aggregates.service';
import { DataScopeService } from '../../services/health-data/data-scope.service';
import { ProfileService } from '../../services/profile/profile.service';
import { RecordsService } from '../../services/records/records.service';
import type { AggregatesAnswer, HeldMetricsAnswer, RecordsAnswer } from './health-data.answers';
import type { AggregatesQueryDto, RecordsQueryDto, ScopeQuery } from './health-data.dto';
import { presentAggregate, presentHeldMetric, presentPeriod, presentRecord } from './health-data.presenter';

/** The read routes of health data: query in, answer out. */
@Injectable()
export class HealthDataQueries {
  constructor(
    private readonly scopes: DataScopeService,
    private readonly aggregatesService: AggregatesService,
    private readonly recordsService: RecordsService,
    private readonly profiles: ProfileService,
  ) {}

  async metrics(user: User): Promise<HeldMetricsAnswer> {
    const held = await this.recordsService.metrics(user.id);
    const { timeZone, units } = await this.profiles.preferences(user.id);
    return { metrics: held.map((metric) => presentHeldMetric(metric, timeZone, units)) };
  }

  async records(user: User, query: RecordsQueryDto): Promise<RecordsAnswer> {
    const { metrics, period } = await this.scopes.resolve(user.id, scopeOf(query));
    const { source, order, limit, cursor } = query;
    const page = await this.recordsService.list(user.id, { metrics, period, source, order, limit, cursor });
    return {
      period: presentPeriod(page.period),
      records: page.records.map((record) => presentRecord(record, period.timeZone)),
      next_cursor: page.nextCursor,
    };
  }

  async aggregates(user: User, query: AggregatesQueryDto): Promise<AggregatesAnswer> {
    const { metrics, period, preferences } = await this.scopes.resolve(user.id, scopeOf(query));
    const { bucket, stats, sources } = query;
    const { weekStart, units } = preferences;
    const answer = await this.aggregatesService.aggregate(user.id, {
      metrics,
      period,
      bucket,
      stats,
      sources,
      weekStart,
    });
    return {
      period: presentPeriod(answer.period),
      metrics: answer.metrics.map((aggregate) => presentAggregate(aggregate, period.timeZone, units)),
    };
  }
}

function scopeOf({ metric_types, time_period, time_zone, week_start }: ScopeQuery): {
  metricTypes: string;
  timePeriod?: string;
  timeZone?: string;
  weekStart?: ScopeQuery['week_start'];
} {
  return { metricTypes: metric_types, timePeriod: time_period, timeZone: time_zone, weekStart: week_start };
}
