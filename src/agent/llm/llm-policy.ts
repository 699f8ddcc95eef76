import { FAILURE, type PolicyDefinition, type Verdict } from '@app/common';
import type { LlmGuard } from './llm-settings';
import { ModelError } from './model-error';

/** What guards the calls to the language model. A call lasts until the last word of its answer. */
export function llmPolicy(guard: LlmGuard): Omit<PolicyDefinition, 'name'> {
  return {
    ...guard,
    classify: llmVerdict,
    errors: {
      circuitOpen: 'LLM_CIRCUIT_OPEN',
      capacityExhausted: 'LLM_CAPACITY_EXHAUSTED',
      timeout: 'LLM_SERVICE_FAILED',
      failed: 'LLM_SERVICE_FAILED',
    },
  };
}

export function llmVerdict(error: unknown): Verdict {
  return error instanceof ModelError ? error.verdict : FAILURE;
}
