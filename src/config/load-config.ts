import { type z } from 'zod';
import { type Config, configSchema } from './config.schema';

/** The configuration cannot be used; `problems` has one line for each variable that is wrong. */
export class ConfigurationError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The configuration has ${problems.length} problem(s):\n${problems.map((line) => `  ${line}`).join('\n')}`);
    this.name = 'ConfigurationError';
  }
}

/** sysexits.h EX_CONFIG: tells a supervisor that starting again will not help. */
export const EXIT_CONFIGURATION = 78;

/**
 * Reads and checks the whole configuration.
 * @throws ConfigurationError with every problem at once; values, which may be secrets, are never part of it
 */
export function loadConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = configSchema.safeParse(given);
  const problems = parsed.success ? contradictions(parsed.data) : parsed.error.issues.map(describeIssue);
  if (!parsed.success || problems.length > 0) throw new ConfigurationError(problems);
  return Object.freeze(parsed.data);
}

function describeIssue(issue: z.core.$ZodIssue): string {
  return `${issue.path.join('.')}: ${issue.message}`;
}

/** Values that are fine one by one and wrong together. */
function contradictions(config: Config): string[] {
  const problems: string[] = [];
  if (config.NODE_ENV === 'production' && !config.AUTH_JWT_SECRET && !config.AUTH_JWKS_URL) {
    problems.push('AUTH_JWT_SECRET: in production either this or AUTH_JWKS_URL must be set');
  }
  if (config.METRICS_PORT === config.PORT && config.PORT !== 0) {
    problems.push('METRICS_PORT: must not be that of PORT');
  }
  if (config.LLM_BASE_URL && !config.LLM_MODEL) problems.push('LLM_MODEL: must be set when LLM_BASE_URL is');
  return problems;
}
