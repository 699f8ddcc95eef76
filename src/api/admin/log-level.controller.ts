import { ApiAnswer, CurrentUser, Operational, Scopes, type User } from '@app/common';
import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DiagnosticsRequests } from './diagnostics.requests';
import { ChangeLogLevelDto, LogLevelAnswer } from './log-level.dto';

@ApiTags('admin')
@Scopes('admin')
@Controller({ path: 'admin/log-level', version: '1' })
export class LogLevelController {
  constructor(private readonly requests: DiagnosticsRequests) {}

  @Get()
  @Operational()
  @ApiOperation({ summary: 'How much this replica logs, and until when' })
  @ApiAnswer(LogLevelAnswer, { description: 'Of the replica that answers' })
  read(): LogLevelAnswer {
    return this.requests.logLevel();
  }

  @Put()
  @Operational()
  @ApiOperation({
    summary: 'Log more, or less, for a while',
    description:
      'The level goes back by itself when the time is over, and when the process is started again; asking for the ' +
      'configured level takes the change back at once. It holds in the replica that answers alone.',
  })
  @ApiAnswer(LogLevelAnswer, { description: 'What holds now' })
  change(@CurrentUser() user: User, @Body() { level, for_seconds }: ChangeLogLevelDto): LogLevelAnswer {
    return this.requests.changeLogLevel(level, for_seconds, user.id);
  }
}
