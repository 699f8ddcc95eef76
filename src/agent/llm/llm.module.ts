import { EventLogger, LLM_POLICY, type Policy, policyToken, ResilienceModule } from '@app/common';
import { Module } from '@nestjs/common';
import { CONFIG } from '../../config/config.module';
import type { Config } from '../../config/config.schema';
import { ChatModel } from './chat-model';
import { llmPolicy } from './llm-policy';
import { LlmMetrics } from './llm-metrics';
import { llmGuard, llmSettings } from './llm-settings';
import { ModelStatus } from './model-status';
import { OpenAiChatModel } from './openai-chat-model';

function configuredModel(
  config: Config,
  policy: Policy,
  status: ModelStatus,
  events: EventLogger,
): ChatModel | undefined {
  const settings = llmSettings(config);
  return settings === undefined ? undefined : new OpenAiChatModel(settings, policy, status, events);
}

/** The language model behind `ChatModel`, and the policy that guards it; without `LLM_BASE_URL` there is no model. */
@Module({
  imports: [
    ResilienceModule.forFeatureAsync(LLM_POLICY, {
      inject: [CONFIG],
      useFactory: (config: Config) => llmPolicy(llmGuard(config)),
    }),
  ],
  providers: [
    LlmMetrics,
    ModelStatus,
    {
      provide: ChatModel,
      inject: [CONFIG, policyToken(LLM_POLICY), ModelStatus, EventLogger],
      useFactory: configuredModel,
    },
  ],
  exports: [ChatModel, ModelStatus],
})
export class LlmModule {}
