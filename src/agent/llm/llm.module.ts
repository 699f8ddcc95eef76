import { PolicyRegistry } from '@app/common';
import { Module } from '@nestjs/common';
import OpenAI from 'openai';
import { CONFIG } from '../../config/config.module';
import type { Config } from '../../config/config.schema';
import type { ChatModel } from './chat-model';
import { llmPolicy } from './llm-policy';
import { ModelStatus } from './model-status';
import { OpenAiChatModel } from './open-ai-chat.model';

/** Injection token of the configured `ChatModel`; undefined where none is configured. */
export const CONFIGURED_MODEL = Symbol('CONFIGURED_MODEL');

function configuredModel(config: Config, policies: PolicyRegistry, status: ModelStatus): ChatModel | undefined {
  const { LLM_BASE_URL: baseURL, LLM_MODEL: model, LLM_API_KEY: apiKey } = config;
  if (baseURL === undefined || model === undefined) return undefined;
  const client = new OpenAI({
    baseURL,
    // Endpoints on one's own machine need no key; the library insists on one.
    apiKey: apiKey ?? 'none',
    defaultHeaders: apiKey === undefined ? { Authorization: null } : {},
    // Retries, time limits and logs are ours.
    maxRetries: 0,
    timeout: config.LLM_TIMEOUT_MS,
    logLevel: 'off',
  });
  const settings = { model, silenceMs: config.LLM_FIRST_TOKEN_TIMEOUT_MS };
  return new OpenAiChatModel(client, policies.register(llmPolicy(config)), status, settings);
}

/** The language model, if one is configured. */
@Module({
  providers: [
    ModelStatus,
    { provide: CONFIGURED_MODEL, inject: [CONFIG, PolicyRegistry, ModelStatus], useFactory: configuredModel },
  ],
  exports: [CONFIGURED_MODEL, ModelStatus],
})
export class LlmModule {}
