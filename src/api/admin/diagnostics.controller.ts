import { ApiAnswer, ApiErrors, Operational, Scopes } from '@app/common';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ErrorsAnswer, PerformanceAnswer, RequestTraceAnswer } from './diagnostics.answers';
import { ListErrorsQueryDto, ListSlowestQueryDto } from './diagnostics.dto';
import { DiagnosticsRequests } from './diagnostics.requests';

const HERE = 'Of the replica that answers: each of them keeps its own';

@ApiTags('admin')
@Scopes('admin')
@Controller({ path: 'admin', version: '1' })
export class DiagnosticsController {
  constructor(private readonly requests: DiagnosticsRequests) {}

  @Get('errors')
  @Operational()
  @ApiOperation({
    summary: 'Errors of the last hour, by code and route',
    description:
      'Answers with an error, failures in spite of which a request was answered (`event` says which), and those of ' +
      'work that no request waits for. Counts begin anew after an hour without one.',
  })
  @ApiAnswer(ErrorsAnswer, { description: HERE })
  errors(@Query() { limit }: ListErrorsQueryDto): ErrorsAnswer {
    return this.requests.errors(limit);
  }

  @Get('errors/:correlation_id')
  @Operational()
  @ApiOperation({
    summary: 'What happened to a request',
    description:
      'Its events as they are in the log, those of levels that are not written included, its calls to dependencies with ' +
      'attempts and circuits, and where its time went. Kept are the latest requests that failed, were answered in spite ' +
      'of a failure, were refused or were slow, as far as there is memory for them, in this order.',
  })
  @ApiParam({ name: 'correlation_id', example: 'req_7f8a9b2c41d05e63' })
  @ApiAnswer(RequestTraceAnswer, { description: HERE })
  @ApiErrors('REQUEST_TRACE_NOT_FOUND')
  trace(@Param('correlation_id') correlationId: string): RequestTraceAnswer {
    return this.requests.trace(correlationId);
  }

  @Get('performance')
  @Operational()
  @ApiOperation({ summary: 'The slowest routes, tools and calls to dependencies of the last minutes' })
  @ApiAnswer(PerformanceAnswer, { description: HERE })
  performance(@Query() { limit }: ListSlowestQueryDto): PerformanceAnswer {
    return this.requests.slowest(limit);
  }
}
