import type { PolicyDefinition } from '@app/common';
import type { Config } from '../../config/config.schema';

export interface LlmSettings {
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  readonly model: string;
  /** Longest wait for the next piece of an answer, the first included. */
  readonly silenceMs: number;
  readonly timeoutMs: number;
}

/** Undefined: no model is configured, and the built-in responder answers. */
export function llmSettings(config: Config): LlmSettings | undefined {
  const { LLM_BASE_URL: baseUrl, LLM_MODEL: model, LLM_API_KEY: apiKey } = config;
  if (baseUrl === undefined || model === undefined) return undefined;
  const { LLM_FIRST_TOKEN_TIMEOUT_MS: silenceMs, LLM_TIMEOUT_MS: timeoutMs } = config;
  return { baseUrl, apiKey, model, silenceMs, timeoutMs };
}

export type LlmGuard = Pick<PolicyDefinition, 'breaker' | 'retry' | 'bulkhead' | 'timeoutMs'>;

export function llmGuard(config: Config): LlmGuard {
  return {
    breaker: { threshold: config.LLM_BREAKER_THRESHOLD, openMs: config.LLM_BREAKER_OPEN_MS },
    retry: { max: config.LLM_RETRY_MAX, baseMs: config.LLM_RETRY_BASE_MS, capMs: config.LLM_RETRY_CAP_MS },
    bulkhead: { limit: config.LLM_BULKHEAD, queue: config.LLM_BULKHEAD_QUEUE },
    timeoutMs: config.LLM_TIMEOUT_MS,
  };
}
