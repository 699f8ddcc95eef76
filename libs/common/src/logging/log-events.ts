import type { ErrorCode } from '../errors/catalogue';
import type { LoadMeasure } from '../load/load-settings';
import type { RedisPurpose } from '../redis/redis-options';
import type { BreakerState } from '../resilience/circuit-breaker';

/**
 * Every event the product logs, by name, with its fields. Correlation id, trace id and sanitised user are added to
 * each line by the logger; values of health records, prompts, tokens and host names never stand in a field.
 */
export interface LogEvents {
  application_started: { port: number; role: string; start_ms: number; replica: string };
  application_stopping: { signal: string };
  application_stop_failed: { err: unknown };
  application_stopped: { exit_code: number };
  request_completed: { method: string; route: string; status: number; duration_ms: number; error_code?: ErrorCode };
  request_failed: { method: string; route: string; status: number; error_code: ErrorCode; err: unknown };
  request_aborted: { method: string; route: string; status: 499; duration_ms: number };
  request_unparsable: { status: number; error_code: ErrorCode; reason: string };
  request_failed_late: { route: string; err: unknown };
  response_failed_midway: { route: string; error_code: ErrorCode; err: unknown };
  rate_limit_exceeded: { policy: string; caller: 'user' | 'address'; limit: number; window_seconds: number };
  rate_limits_unshared: { err: unknown };
  rate_limits_shared: Record<never, never>;
  promise_rejection_unhandled: { err: unknown };
  exception_uncaught: { err: unknown };
  load_shedding_began: { measure: LoadMeasure; value: number; limit: number };
  load_shedding_ended: { measure: LoadMeasure; shed: number; duration_ms: number };
  maintenance_began: { until: string | null; by: string | null };
  maintenance_ended: { by: string | null };
  maintenance_not_read: { err: unknown };
  maintenance_not_shared: { err: unknown };
  policy_isolated: { policy: string };
  policy_released: { policy: string };
  event_listener_failed: { of: string; err: unknown };
  metrics_listening: { port: number };
  metrics_not_printed: { err: unknown };
  metric_not_read: { metric: string; err: unknown };
  metric_sample_failed: { source: string; err: unknown };
  /** Errors that were left out of the log because they were the same as one that is in it. */
  errors_repeated: {
    of: string;
    error_code?: string;
    route?: string;
    operation?: string;
    /** How many there were in all, and how many of them have no line of their own. */
    count: number;
    left_out: number;
    first_at: string;
    last_at: string;
    sample_correlation_id?: string;
  };
  log_level_changed: { from: string; to: string; until: string | null; by: string | null };
  library_printed: { source: string; err: unknown };
  circuit_changed: { policy: string; state: BreakerState; error_code?: ErrorCode };
  call_retried: { policy: string; operation: string; attempt: number; delay_ms: number; error_code: ErrorCode };
  policy_listener_failed: { err: unknown };
  stale_data_served: { operation: string; age_s: number };
  erasure_not_announced: { err: unknown };
  erasures_not_seen: { err: unknown };
  redis_connected: { purpose: RedisPurpose };
  redis_connection_failed: { purpose: RedisPurpose; err: unknown };
  redis_private_started: { pid: number; reused: boolean };
  redis_private_restarted: { pid: number; restarts: number };
  redis_private_failed: { err: unknown };
  health_data_retrieved: { operation: string; metrics: number; records: number; duration_ms: number };
  health_data_pushed: { records: number; stored: number; duplicates: number };
  rollups_not_stored: { months: number; err: unknown };
  user_data_erased: { keys: number };
  import_received: { import_id: string; bytes: number; kind: string };
  import_started: { import_id: string; attempt: number };
  import_completed: { import_id: string; records: number; stored: number; duration_ms: number };
  import_failed: { import_id: string; error_code: ErrorCode; reason: string; duration_ms?: number; err?: unknown };
  import_cancelled: { import_id: string; duration_ms?: number };
  import_event_lost: { import_id: string; err: unknown };
  import_recovery_failed: { err: unknown };
  idempotency_answer_lost: { route: string; err: unknown };
  tool_executed: { tool: string; success: boolean; error_code?: ErrorCode; duration_ms: number; err?: unknown };
  chat_answered: {
    stateful: boolean;
    answered_by: string;
    tool_calls: number;
    degraded: boolean;
    duration_ms: number;
    /** How many numbers of the answer were looked up in the results of the tools, and how many are in none. */
    numbers_checked: number;
    numbers_unmatched: number;
  };
  chat_turn_kept_late: { late_ms: number };
  chat_turns_lost: { turns: number; reason: 'no_room' | 'refused' | 'shutdown'; err?: unknown };
  chat_model_failed: { error_code: ErrorCode; fallback: string; err: unknown };
  llm_completed: {
    duration_ms: number;
    first_token_ms: number;
    prompt_tokens: number;
    completion_tokens: number;
    tool_calls: number;
  };
  llm_attempt_failed: {
    error_code: ErrorCode;
    /** What went wrong, more finely than the code. */
    fault: string;
    attempt: number;
    /** Whether a part of the answer had been handed out. */
    midway: boolean;
    duration_ms: number;
    status?: number;
    err: unknown;
  };
  chat_memory_degraded: { operation: string; err: unknown };
  sample_loaded: { records: number; duration_ms: number };
  sample_failed: { err: unknown };
}

export type LogEventName = keyof LogEvents;
