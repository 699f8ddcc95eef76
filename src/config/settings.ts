import {
  type AuthSettings,
  developmentSecret,
  type DiagnosticsSettings,
  type ErrorCode,
  type HealthSettings,
  type HttpSettings,
  type LastKnownGoodSettings,
  type LoggingSettings,
  type MetricsSettings,
  type RateLimitSettings,
  type RedisSettings,
} from '@app/common';
import type { Config } from './config.schema';
import { PACKAGE_VERSION } from './package-version';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Root paths, outside of `/api`. */
export const UNPREFIXED = ['/', 'health', 'health/*path', 'metrics', 'errors', 'errors/:code'] as const;

export function httpSettings(config: Config): HttpSettings {
  return {
    deadlines: { default: config.REQUEST_TIMEOUT_MS, chat: config.CHAT_TIMEOUT_MS },
    receiveTimeoutMs: config.BODY_RECEIVE_TIMEOUT_MS,
    maxBodyBytes: config.BODY_MAX_BYTES,
    maxUploadBytes: config.IMPORT_MAX_BYTES,
    loadLimits: {
      eventLoopDelayMs: config.SHED_EVENT_LOOP_DELAY_MS,
      heapPercent: config.SHED_HEAP_PERCENT,
      maxInFlight: config.SHED_MAX_IN_FLIGHT,
    },
    trustProxy: config.TRUST_PROXY,
  };
}

export function rateLimitSettings(config: Config): RateLimitSettings {
  return {
    user: { limit: config.RATE_LIMIT_USER_PER_MINUTE, windowMs: MINUTE_MS },
    address: { limit: config.RATE_LIMIT_ADDRESS_PER_MINUTE, windowMs: MINUTE_MS },
    errors: { limit: config.RATE_LIMIT_ERRORS_PER_MINUTE, windowMs: MINUTE_MS },
    routes: {
      chat: { limit: config.RATE_LIMIT_CHAT_PER_MINUTE, windowMs: MINUTE_MS },
      imports: { limit: config.RATE_LIMIT_IMPORTS_PER_HOUR, windowMs: HOUR_MS },
    },
    sharedWaitMs: config.RATE_LIMIT_SHARED_WAIT_MS,
  };
}

export function loggingSettings(config: Config): LoggingSettings {
  return {
    level: config.LOG_LEVEL,
    format: config.LOG_FORMAT,
    repeats: {
      every: config.LOG_REPEAT_EVERY,
      windowMs: config.LOG_REPEAT_WINDOW_MS,
      maxKinds: config.LOG_REPEAT_MAX_KINDS,
    },
  };
}

export function diagnosticsSettings(config: Config): DiagnosticsSettings {
  return {
    slowMs: config.DIAGNOSTICS_SLOW_MS,
    maxRequests: config.DIAGNOSTICS_MAX_REQUESTS,
    maxBytes: config.DIAGNOSTICS_MAX_BYTES,
  };
}

export function metricsSettings({ METRICS_PORT: port, HOST: host, ROLE: role }: Config): MetricsSettings {
  return { port, host, build: { version: PACKAGE_VERSION, role } };
}

/** @param url where Redis is: the configured one, or the private one that was started in its stead */
export function redisSettings(config: Config, url: string): RedisSettings {
  return {
    url,
    connectTimeoutMs: config.REDIS_CONNECT_TIMEOUT_MS,
    commandTimeoutMs: config.REDIS_COMMAND_TIMEOUT_MS,
    guard: {
      breaker: { threshold: config.REDIS_BREAKER_THRESHOLD, openMs: config.REDIS_BREAKER_OPEN_MS },
      retry: { max: config.REDIS_RETRY_MAX, baseMs: config.REDIS_RETRY_BASE_MS, capMs: config.REDIS_RETRY_CAP_MS },
      bulkhead: { limit: config.REDIS_BULKHEAD, queue: config.REDIS_BULKHEAD_QUEUE },
    },
  };
}

export function lastKnownGoodSettings(config: Config): LastKnownGoodSettings {
  return { maxBytes: config.STALE_CACHE_MAX_BYTES, maxAgeMs: config.STALE_CACHE_MAX_AGE_MS };
}

/** Without a secret or a key server, development gets a secret of its own; production never comes here without. */
export async function authSettings(config: Config): Promise<AuthSettings> {
  const isConfigured = config.AUTH_JWT_SECRET !== undefined || config.AUTH_JWKS_URL !== undefined;
  return {
    secret: isConfigured ? config.AUTH_JWT_SECRET : await developmentSecret(config.DATA_DIR),
    jwksUrl: config.AUTH_JWKS_URL,
    issuer: config.AUTH_ISSUER,
    audience: config.AUTH_AUDIENCE,
  };
}

export function healthSettings(config: Config, modelFault: () => ErrorCode | undefined): HealthSettings {
  const { LLM_BASE_URL: baseUrl, LLM_API_KEY: apiKey, LLM_MODEL: model } = config;
  return {
    readinessRedis: config.READINESS_REDIS,
    readinessGraceMs: config.READINESS_REDIS_GRACE_MS,
    llm: baseUrl === undefined || model === undefined ? undefined : { baseUrl, apiKey, model, fault: modelFault },
  };
}
