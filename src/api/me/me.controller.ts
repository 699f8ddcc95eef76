import { CurrentUser, Scopes, type User } from '@app/common';
import { Body, Controller, Delete, Get, Patch } from '@nestjs/common';
import type { ErasureAnswer, MeAnswer } from './me.answers';
import { UpdateMeDto } from './me.dto';
import { MeRequests } from './me.requests';

@Controller({ path: 'me', version: '1' })
export class MeController {
  constructor(private readonly requests: MeRequests) {}

  @Get()
  @Scopes('health:read')
  read(@CurrentUser() user: User): Promise<MeAnswer> {
    return this.requests.read(user);
  }

  @Patch()
  @Scopes('health:write')
  update(@CurrentUser() user: User, @Body() changes: UpdateMeDto): Promise<MeAnswer> {
    return this.requests.update(user, changes);
  }

  @Delete()
  @Scopes('health:write')
  erase(@CurrentUser() user: User): Promise<ErasureAnswer> {
    return this.requests.erase(user);
  }
}
