import type { ErrorCode } from '../errors/catalogue';

/** Name of the policy that guards the calls to the language model. */
export const LLM_POLICY = 'llm';

export interface HealthSettings {
  /** `required`: without Redis the instance is not ready; `degrade`: it stays in service with what it can still do. */
  readonly readinessRedis: 'required' | 'degrade';
  /** How long Redis may be unusable before readiness fails. */
  readonly readinessGraceMs: number;
  /** The language model; none: the built-in responder answers. */
  readonly llm?: {
    readonly baseUrl: string;
    readonly apiKey?: string;
    readonly model: string;
    /** What the last completion was refused with, if only the configuration can mend it. */
    readonly fault?: () => ErrorCode | undefined;
  };
}

export const HEALTH_SETTINGS = Symbol('HEALTH_SETTINGS');
