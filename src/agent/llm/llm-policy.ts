import { INCONCLUSIVE, type PolicyDefinition } from '@app/common';
import type { Config } from '../../config/config.schema';
import { LlmError } from './llm-error';

export const LLM_POLICY = 'llm';

/** What guards the language model; a call lasts as long as its stream. */
export function llmPolicy(config: Config): PolicyDefinition {
  return {
    name: LLM_POLICY,
    breaker: { threshold: config.LLM_BREAKER_THRESHOLD, openMs: config.LLM_BREAKER_OPEN_MS },
    retry: { max: config.LLM_RETRY_MAX, baseMs: config.LLM_RETRY_BASE_MS, capMs: config.LLM_RETRY_CAP_MS },
    bulkhead: { limit: config.LLM_BULKHEAD, queue: config.LLM_BULKHEAD_QUEUE },
    timeoutMs: config.LLM_TIMEOUT_MS,
    classify: (error) => (error instanceof LlmError ? error.verdict : INCONCLUSIVE),
    errors: {
      circuitOpen: 'LLM_CIRCUIT_OPEN',
      capacityExhausted: 'LLM_CAPACITY_EXHAUSTED',
      timeout: 'LLM_SERVICE_FAILED',
      failed: 'LLM_SERVICE_FAILED',
    },
  };
}
