import { Module } from '@nestjs/common';
import { ChatSessionsModule } from '../services/chat-sessions/chat-sessions.module';
import { ProfileModule } from '../services/profile/profile.module';
import { ToolsModule } from '../tools/tools.module';
import { AgentService } from './loop/agent.service';
import { ConversationMemory } from './loop/conversation-memory.service';
import { BuiltInResponder } from './responder/built-in-responder.service';
import { Responder } from './responder/responder';

@Module({
  imports: [ChatSessionsModule, ProfileModule, ToolsModule],
  providers: [{ provide: Responder, useClass: BuiltInResponder }, ConversationMemory, AgentService],
  exports: [AgentService],
})
export class AgentModule {}
