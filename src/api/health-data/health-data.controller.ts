import { ApiAnswer, ApiErrors, CurrentUser, Scopes, type User } from '@app/common';
import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Idempotent } from '../idempotency/idempotent.decorator';
import { AggregatesAnswer, HeldMetricsAnswer, PushAnswer, RecordsAnswer } from './health-data.answers';
import { AggregatesQueryDto, PushRecordsDto, PushRecordsQueryDto, RecordsQueryDto } from './health-data.dto';
import { HealthDataPushes } from './health-data.pushes';
import { HealthDataQueries } from './health-data.queries';

@ApiTags('health-data')
@Controller({ path: 'health-data', version: '1' })
export class HealthDataController {
  constructor(
    private readonly queries: HealthDataQueries,
    private readonly pushes: HealthDataPushes,
  ) {}

  @Get('metrics')
  @ApiOperation({ summary: 'What this user has: metrics, how many records, since when, from which sources' })
  @ApiAnswer(HeldMetricsAnswer, { description: 'The metrics held, in order of identifier; empty for a new user' })
  @ApiErrors('HEALTH_DATA_UNAVAILABLE')
  @Scopes('health:read')
  metrics(@CurrentUser() user: User): Promise<HeldMetricsAnswer> {
    return this.queries.metrics(user);
  }

  @Get('records')
  @ApiOperation({ summary: 'Single records, exactly as they were given' })
  @ApiAnswer(RecordsAnswer, { description: 'One page of the records that start in the period' })
  @ApiErrors('HEALTH_DATA_NOT_FOUND', 'HEALTH_METRIC_NOT_SUPPORTED', 'HEALTH_DATA_UNAVAILABLE')
  @Scopes('health:read')
  records(@CurrentUser() user: User, @Query() query: RecordsQueryDto): Promise<RecordsAnswer> {
    return this.queries.records(user, query);
  }

  @Get('aggregates')
  @ApiOperation({ summary: 'Statistics over calendar buckets' })
  @ApiAnswer(AggregatesAnswer, { description: 'Per metric, every bucket of the period; gaps have count 0' })
  @ApiErrors('HEALTH_DATA_NOT_FOUND', 'HEALTH_METRIC_NOT_SUPPORTED', 'HEALTH_DATA_UNAVAILABLE')
  @Scopes('health:read')
  aggregates(@CurrentUser() user: User, @Query() query: AggregatesQueryDto): Promise<AggregatesAnswer> {
    return this.queries.aggregates(user, query);
  }

  @Post('records')
  @ApiOperation({ summary: 'Store up to 5,000 records; the same records again store nothing twice' })
  @ApiAnswer(PushAnswer, { description: 'How many were stored, and what was wrong with the others' })
  @ApiErrors('HEALTH_DATA_INVALID_FORMAT', 'REDIS_STORAGE_FULL', 'REDIS_WRITE_REFUSED')
  @HttpCode(200)
  @Idempotent()
  @Scopes('health:write')
  push(
    @CurrentUser() user: User,
    @Query() query: PushRecordsQueryDto,
    @Body() body: PushRecordsDto,
  ): Promise<PushAnswer> {
    return this.pushes.push(user, query, body);
  }
}
