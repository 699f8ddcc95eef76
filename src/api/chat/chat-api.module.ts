import { Module } from '@nestjs/common';
import { AgentModule } from '../../agent/agent.module';
import { ChatSessionsModule } from '../../services/chat-sessions/chat-sessions.module';
import { IdempotencyModule } from '../../services/idempotency/idempotency.module';
import { ChatSessionsController } from './chat-sessions.controller';
import { ChatController } from './chat.controller';
import { ChatRequests } from './chat.requests';

@Module({
  imports: [AgentModule, ChatSessionsModule, IdempotencyModule],
  controllers: [ChatController, ChatSessionsController],
  providers: [ChatRequests],
})
export class ChatApiModule {}
