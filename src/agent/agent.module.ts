import { EventLogger } from '@app/common';
import { Module } from '@nestjs/common';
import { CONFIG } from '../config/config.module';
import type { Config } from '../config/config.schema';
import { ChatSessionsModule } from '../services/chat-sessions/chat-sessions.module';
import { ProfileModule } from '../services/profile/profile.module';
import { ToolsModule } from '../tools/tools.module';
import { AgentService } from './loop/agent.service';
import { ChatMetrics } from './loop/chat-metrics';
import { ConversationMemory } from './loop/conversation-memory.service';
import { ChatModel } from './llm/chat-model';
import { LlmModule } from './llm/llm.module';
import { BuiltInResponder } from './responder/built-in-responder.service';
import { FallbackResponder } from './responder/fallback-responder.service';
import { ModelResponder } from './responder/model-responder.service';
import { Responder } from './responder/responder';

function responderOf(
  model: ChatModel | undefined,
  builtIn: BuiltInResponder,
  config: Config,
  events: EventLogger,
): Responder {
  if (model === undefined) return builtIn;
  const responder = new ModelResponder(model);
  return config.LLM_FALLBACK === 'none' ? responder : new FallbackResponder(responder, builtIn, events);
}

@Module({
  imports: [ChatSessionsModule, LlmModule, ProfileModule, ToolsModule],
  providers: [
    BuiltInResponder,
    {
      provide: Responder,
      inject: [ChatModel, BuiltInResponder, CONFIG, EventLogger],
      useFactory: responderOf,
    },
    ChatMetrics,
    ConversationMemory,
    AgentService,
  ],
  exports: [AgentService],
})
export class AgentModule {}
