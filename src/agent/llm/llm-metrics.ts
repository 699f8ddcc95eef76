import { EventLogger, METRICS, Metrics } from '@app/common';
import { Injectable } from '@nestjs/common';
import type { ModelFault } from './model-error';

const SECOND_MS = 1_000;

/** What the model is asked for, how long it takes, and how it fails. */
@Injectable()
export class LlmMetrics {
  constructor(metrics: Metrics, events: EventLogger) {
    const completions = metrics.counter(METRICS.llmCompletions);
    const tokens = metrics.counter(METRICS.llmTokens);
    const firstToken = metrics.histogram(METRICS.llmFirstToken).with({});
    const durations = metrics.histogram(METRICS.llmDuration);
    events.on('llm_completed', ({ duration_ms, first_token_ms, prompt_tokens, completion_tokens }) => {
      completions.with({ outcome: 'answered' }).inc();
      durations.with({ outcome: 'answered' }).observe(duration_ms / SECOND_MS);
      firstToken.observe(first_token_ms / SECOND_MS);
      tokens.with({ kind: 'prompt' }).inc(countOf(prompt_tokens));
      tokens.with({ kind: 'completion' }).inc(countOf(completion_tokens));
    });
    events.on('llm_attempt_failed', ({ fault, duration_ms }) => {
      completions.with({ outcome: fault as ModelFault }).inc();
      durations.with({ outcome: 'failed' }).observe(duration_ms / SECOND_MS);
    });
  }
}

/** A model says of itself how much it used, and may say anything. */
function countOf(told: number): number {
  return Number.isFinite(told) ? Math.max(0, told) : 0;
}
