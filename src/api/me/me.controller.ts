import { ApiAnswer, ApiErrors, CurrentUser, Scopes, type User } from '@app/common';
import { Body, Controller, Delete, Get, Patch } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ErasureAnswer, MeAnswer } from './me.answers';
import { UpdateMeDto } from './me.dto';
import { MeRequests } from './me.requests';

@ApiTags('me')
@Controller({ path: 'me', version: '1' })
export class MeController {
  constructor(private readonly requests: MeRequests) {}

  @Get()
  @ApiOperation({ summary: 'How answers are given to this user, and what exports say of them' })
  @ApiAnswer(MeAnswer, { description: 'The profile' })
  @Scopes('health:read')
  read(@CurrentUser() user: User): Promise<MeAnswer> {
    return this.requests.read(user);
  }

  @Patch()
  @ApiOperation({ summary: 'Change time zone, units or the first day of the week' })
  @ApiAnswer(MeAnswer, { description: 'The profile as it is now' })
  @ApiErrors('REDIS_STORAGE_FULL', 'REDIS_WRITE_REFUSED')
  @Scopes('health:write')
  update(@CurrentUser() user: User, @Body() changes: UpdateMeDto): Promise<MeAnswer> {
    return this.requests.update(user, changes);
  }

  @Delete()
  @ApiOperation({ summary: 'Erase everything held about this user' })
  @ApiAnswer(ErasureAnswer, { description: 'What was erased; zeros when nothing was held' })
  @Scopes('health:write')
  erase(@CurrentUser() user: User): Promise<ErasureAnswer> {
    return this.requests.erase(user);
  }
}
