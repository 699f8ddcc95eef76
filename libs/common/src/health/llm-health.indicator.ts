import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { currentCorrelationId } from '../context/request-context';
import { type ComponentHealth, HEALTH_LIMIT_MS, HEALTH_TTL_MS } from './component-health';
import { HEALTH_SETTINGS, type HealthSettings, LLM_POLICY } from './health-settings';
import { PolicyRegistry } from '../resilience/policy-registry';
import { SingleFlight } from './single-flight';

export const BUILTIN_MODEL = 'builtin';

/** Whether the language model can be reached; it lists models and never pays for a completion. */
@Injectable()
export class LlmHealthIndicator {
  private readonly results = new SingleFlight(() => this.probe(), HEALTH_TTL_MS);

  constructor(
    @Inject(HEALTH_SETTINGS) private readonly settings: HealthSettings,
    private readonly indicators: HealthIndicatorService,
    private readonly policies: PolicyRegistry,
  ) {}

  async check(key: string): Promise<HealthIndicatorResult> {
    const { status, ...details } = await this.health();
    const session = this.indicators.check(key);
    // For information: whether the circuit is open says nothing about the model now. Without a model there is none.
    const breaker = this.settings.llm && this.policies.find(LLM_POLICY)?.state;
    const report = breaker === undefined ? details : { ...details, breaker };
    return status === 'healthy' ? session.up(report) : session.down(report);
  }

  health(): Promise<ComponentHealth> {
    return this.results.get();
  }

  private async probe(): Promise<ComponentHealth> {
    const { llm } = this.settings;
    if (llm === undefined) return { status: 'healthy', model: BUILTIN_MODEL };
    const startedAt = performance.now();
    const works = await listsModels(llm.baseUrl, llm.apiKey);
    const error = works ? llm.fault?.() : 'LLM_SERVICE_FAILED';
    if (error !== undefined) return { status: 'unhealthy', model: llm.model, error };
    return { status: 'healthy', model: llm.model, latency_ms: Math.round((performance.now() - startedAt) * 100) / 100 };
  }
}

/** Every way to fail is the same answer: this is a question with yes and no. */
async function listsModels(baseUrl: string, apiKey: string | undefined): Promise<boolean> {
  const correlationId = currentCorrelationId();
  try {
    const response = await fetch(`${baseUrl.replace(/\/+$/, '')}/models`, {
      headers: {
        ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
        ...(correlationId !== undefined && { 'x-correlation-id': correlationId }),
      },
      // A redirect leads to somebody nobody has configured.
      redirect: 'manual',
      signal: AbortSignal.timeout(HEALTH_LIMIT_MS),
    });
    const answer: unknown = await response.json();
    return response.ok && typeof answer === 'object' && answer !== null;
  } catch {
    return false;
  }
}
