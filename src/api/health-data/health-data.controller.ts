import { CurrentUser, Scopes, type User } from '@app/common';
import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { PushService } from '../../services/records/push.service';
import type { AggregatesAnswer, HeldMetricsAnswer, PushAnswer, RecordsAnswer } from './health-data.answers';
import { AggregatesQueryDto, PushRecordsDto, RecordsQueryDto } from './health-data.dto';
import { HealthDataQueries } from './health-data.queries';

@Controller({ path: 'health-data', version: '1' })
export class HealthDataController {
  constructor(
    private readonly queries: HealthDataQueries,
    private readonly pushes: PushService,
  ) {}

  @Get('metrics')
  @Scopes('health:read')
  metrics(@CurrentUser() user: User): Promise<HeldMetricsAnswer> {
    return this.queries.metrics(user);
  }

  @Get('records')
  @Scopes('health:read')
  records(@CurrentUser() user: User, @Query() query: RecordsQueryDto): Promise<RecordsAnswer> {
    return this.queries.records(user, query);
  }

  @Get('aggregates')
  @Scopes('health:read')
  aggregates(@CurrentUser() user: User, @Query() query: AggregatesQueryDto): Promise<AggregatesAnswer> {
    return this.queries.aggregates(user, query);
  }

  @Post('records')
  @HttpCode(200)
  @Scopes('health:write')
  push(@CurrentUser() user: User, @Body() body: PushRecordsDto): Promise<PushAnswer> {
    return this.pushes.push(user.id, body.records, body.atomic);
  }
}
