import { ApiAnswer, ApiErrors, Operational, type PolicySnapshot, Scopes } from '@app/common';
import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { PolicyAnswer, ResilienceAnswer } from './admin.answers';
import { ResilienceRequests } from './resilience.requests';

const POLICY_NAME = { name: 'name', example: 'redis', description: 'Of the dependency' };

@ApiTags('admin')
@Scopes('admin')
@Controller({ path: 'admin/resilience', version: '1' })
export class ResilienceController {
  constructor(private readonly requests: ResilienceRequests) {}

  @Get()
  @Operational()
  @ApiOperation({ summary: 'How this replica guards its dependencies and itself, and what it has counted' })
  @ApiAnswer(ResilienceAnswer, { description: 'Counts are of this replica, since its start' })
  read(): ResilienceAnswer {
    return this.requests.read();
  }

  @Post(':name/isolate')
  @HttpCode(200)
  @Operational()
  @ApiOperation({
    summary: 'Turn away all calls to a dependency, until release',
    description: 'Of this replica alone, and until it is started again. Callers get what an open circuit gives them.',
  })
  @ApiParam(POLICY_NAME)
  @ApiAnswer(PolicyAnswer, { description: 'The policy as it is now; the same when it was isolated already' })
  @ApiErrors('RESILIENCE_POLICY_NOT_FOUND')
  isolate(@Param('name') name: string): PolicySnapshot {
    return this.requests.isolate(name);
  }

  @Post(':name/release')
  @HttpCode(200)
  @Operational()
  @ApiOperation({ summary: 'Take an isolation back' })
  @ApiParam(POLICY_NAME)
  @ApiAnswer(PolicyAnswer, { description: 'The policy as it is now; the same when it was not isolated' })
  @ApiErrors('RESILIENCE_POLICY_NOT_FOUND')
  release(@Param('name') name: string): PolicySnapshot {
    return this.requests.release(name);
  }
}
