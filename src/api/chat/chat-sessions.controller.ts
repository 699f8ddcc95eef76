import { ApiAnswer, ApiErrors, CurrentUser, Scopes, type User } from '@app/common';
import { Controller, Delete, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ChatMessagesAnswer, ChatSessionsAnswer } from './chat.answers';
import { ChatPageDto } from './chat.dto';
import { ChatRequests } from './chat.requests';

@ApiTags('chat')
@Controller({ path: 'chat/sessions', version: '1' })
export class ChatSessionsController {
  constructor(private readonly requests: ChatRequests) {}

  @Get()
  @ApiOperation({ summary: 'The sessions of this user, the last used first' })
  @ApiAnswer(ChatSessionsAnswer, { description: 'One page of the sessions' })
  @Scopes('chat')
  list(@CurrentUser() user: User, @Query() page: ChatPageDto): Promise<ChatSessionsAnswer> {
    return this.requests.list(user, page);
  }

  @Get(':id/messages')
  @ApiOperation({ summary: 'The messages of a session, the oldest first' })
  @ApiAnswer(ChatMessagesAnswer, { description: 'One page of the messages; questions come with their answers' })
  @ApiErrors('CHAT_SESSION_NOT_FOUND')
  @Scopes('chat')
  messages(
    @CurrentUser() user: User,
    @Param('id') id: string,
    @Query() page: ChatPageDto,
  ): Promise<ChatMessagesAnswer> {
    return this.requests.messages(user, id, page);
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Delete a session with all its messages' })
  @ApiAnswer(null, { description: 'The session is gone' })
  @ApiErrors('CHAT_SESSION_NOT_FOUND')
  @Scopes('chat')
  delete(@CurrentUser() user: User, @Param('id') id: string): Promise<void> {
    return this.requests.delete(user, id);
  }
}
