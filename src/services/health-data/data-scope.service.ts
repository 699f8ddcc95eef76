import { BusinessLogicError, ValidationError } from '@app/common';
import { Injectable } from '@nestjs/common';
import { type MetricType, parseMetricTypes } from '../metrics/metric-type';
import { timeZoneName } from '../periods/calendar';
import { parsePeriod } from '../periods/parse-period';
import type { Period, WeekStart } from '../periods/period';
import { type Preferences, ProfileService } from '../profile/profile.service';
import { ChunkRepository } from '../records/chunk.repository';
import { readHealthData } from '../records/health-data-read';

/** What data somebody asks for, in their own words. */
export interface ScopeRequest {
  /** Names or identifiers, separated by commas. */
  readonly metricTypes: string | readonly string[];
  /** A token, a date, an interval or an English phrase; `recent` when omitted. */
  readonly timePeriod?: string;
  /** Overrides the user's zone. */
  readonly timeZone?: string;
  readonly weekStart?: WeekStart;
}

export interface DataScope {
  readonly metrics: readonly MetricType[];
  readonly period: Period;
  readonly preferences: Preferences;
}

/** Understands which metrics and which time a user means, by their own settings. */
@Injectable()
export class DataScopeService {
  constructor(
    private readonly profiles: ProfileService,
    private readonly chunks: ChunkRepository,
  ) {}

  /**
   * @throws BusinessLogicError HEALTH_METRIC_NOT_SUPPORTED, with the nearest names
   * @throws ValidationError when the period, the zone or the list cannot be understood
   * @throws InfrastructureError HEALTH_DATA_UNAVAILABLE
   */
  async resolve(userId: string, request: ScopeRequest): Promise<DataScope> {
    const asked = request.timeZone === undefined ? undefined : knownTimeZone(request.timeZone);
    const metrics = await this.metrics(userId, request.metricTypes);
    const saved = await readHealthData('read_preferences', () => this.profiles.preferences(userId));
    const preferences = {
      ...saved,
      timeZone: asked ?? saved.timeZone,
      weekStart: request.weekStart ?? saved.weekStart,
    };
    const { timeZone, weekStart } = preferences;
    return { metrics, period: parsePeriod(request.timePeriod, { now: Date.now(), timeZone, weekStart }), preferences };
  }

  /** Types that are not in the table can be asked for by users who have some. */
  private async metrics(userId: string, list: ScopeRequest['metricTypes']): Promise<MetricType[]> {
    try {
      return parseMetricTypes(list);
    } catch (error) {
      if (!(error instanceof BusinessLogicError)) throw error;
      const held = await readHealthData('list_metrics', () => this.chunks.metrics(userId));
      return parseMetricTypes(list, held);
    }
  }
}

/** The name of a zone as it is written. @throws ValidationError when there is no such zone */
export function knownTimeZone(timeZone: string): string {
  const name = timeZoneName(timeZone);
  if (name !== undefined) return name;
  const value = timeZone.slice(0, 100);
  throw new ValidationError('VALIDATION_INVALID_INPUT', {
    message: 'time_zone is not a known time zone; use an IANA name such as Europe/Paris, or an offset such as +05:30',
    details: {
      field: 'time_zone',
      value,
      errors: [{ field: 'time_zone', value, constraints: ['is not a known time zone'] }],
    },
  });
}
