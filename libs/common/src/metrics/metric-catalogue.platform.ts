import { STATUS_CODES } from 'node:http';
import { ERROR_CODES, errorDefinition } from '../errors/catalogue';
import type { ErrorCategory } from '../errors/error-definition';
import type { LoadMeasure } from '../load/load-settings';
import type { RedisPurpose } from '../redis/redis-options';
import type { BreakerState } from '../resilience/circuit-breaker';
import { defineMetrics, type UpTo } from './metric-definition';

/** Lists that a type declares elsewhere; the compiler says when one lacks a member or has one too many. */
const listOf =
  <T extends string>() =>
  <const L extends readonly T[]>(list: L & ([T] extends [L[number]] ? unknown : never)): L =>
    list;

export const BREAKER_STATES = listOf<BreakerState>()(['closed', 'open', 'half_open', 'isolated']);
export const REDIS_PURPOSES = listOf<RedisPurpose>()(['commands', 'health', 'queue', 'blocking']);
export const LOAD_MEASURES = listOf<LoadMeasure>()(['event_loop_delay_ms', 'heap_percent', 'in_flight']);
export const CONNECTION_STATES = ['ready', 'connecting', 'closed'] as const;
export const ERROR_STAGES = ['response', 'midway', 'connection'] as const;
const CATEGORIES: readonly ErrorCategory[] = [...new Set(ERROR_CODES.map((code) => errorDefinition(code).category))];
/** 499 stands for a client that went away. */
const STATUSES = [...Object.keys(STATUS_CODES), '499'];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

const method = { among: METHODS, meaning: 'HTTP method' };
const route: UpTo = { upTo: 250, meaning: 'template of the route; `unmatched` where there is none' };
const policy: UpTo = { upTo: 50, meaning: 'name of the dependency' };
const limit: UpTo = { upTo: 50, meaning: 'name of the limit' };
const source: UpTo = { upTo: 20, meaning: 'what was looked at' };

const REQUEST_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120];
const CALL_SECONDS = [0.0005, 0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10, 30, 120];
const AGE_SECONDS = [1, 10, 60, 300, 900, 3_600, 14_400, 86_400];

/** What every application on this library can tell about itself. */
export const PLATFORM_METRICS = defineMetrics({
  buildInfo: {
    type: 'gauge',
    name: 'wellness_build_info',
    help: 'Always 1; what runs is in the labels',
    labels: {
      version: { upTo: 1, meaning: 'version of the application' },
      node_version: { upTo: 1, meaning: 'version of Node.js' },
      role: { upTo: 1, meaning: 'what the process is for' },
    },
  },
  httpRequests: {
    type: 'counter',
    name: 'wellness_http_requests_total',
    help: 'Requests that ended, whoever answered them; 499: the client left',
    labels: { method, route, status: { among: STATUSES, meaning: 'HTTP status' } },
  },
  httpDuration: {
    type: 'histogram',
    name: 'wellness_http_request_duration_seconds',
    help: 'From the first byte of a request to the last of its answer; event streams last as long as they are open',
    labels: { method, route, status_class: ['1xx', '2xx', '3xx', '4xx', '5xx'] },
    buckets: REQUEST_SECONDS,
  },
  httpInFlight: {
    type: 'gauge',
    name: 'wellness_http_requests_in_flight',
    help: 'Requests and event streams under way',
  },
  errors: {
    type: 'counter',
    name: 'wellness_errors_total',
    help: 'Errors that callers were given: as the response, midway in one, or on a connection before any request was read',
    labels: { code: ERROR_CODES, category: CATEGORIES, stage: ERROR_STAGES },
  },
  policyCalls: {
    type: 'counter',
    name: 'wellness_policy_calls_total',
    help: 'Calls to a dependency by how they ended; a call may have had several attempts',
    labels: { policy, outcome: ['success', 'error', 'rejected', 'cancelled'] },
  },
  policyDuration: {
    type: 'histogram',
    name: 'wellness_policy_call_duration_seconds',
    help: 'Calls to a dependency, with their retries and the waits between them',
    labels: { policy, outcome: ['success', 'error', 'rejected', 'cancelled'] },
    buckets: CALL_SECONDS,
  },
  policyFailures: {
    type: 'counter',
    name: 'wellness_policy_failures_total',
    help: 'Attempts that counted against the dependency',
    labels: { policy },
  },
  policyTimeouts: {
    type: 'counter',
    name: 'wellness_policy_timeouts_total',
    help: 'Attempts that took longer than they may',
    labels: { policy },
  },
  policyRetries: {
    type: 'counter',
    name: 'wellness_policy_retries_total',
    help: 'Attempts after the first',
    labels: { policy },
  },
  policyRejections: {
    type: 'counter',
    name: 'wellness_policy_rejections_total',
    help: 'What was not let through: calls by the open circuit, by the full bulkhead, past their deadlines; retries beyond the budget',
    labels: { policy, reason: ['circuit_open', 'bulkhead_full', 'deadline', 'retry_budget'] },
  },
  policyFallbacks: {
    type: 'counter',
    name: 'wellness_policy_fallbacks_total',
    help: 'Calls that the fallback answered',
    labels: { policy },
  },
  policyState: {
    type: 'gauge',
    name: 'wellness_policy_state',
    help: '1 for the state the circuit is in, 0 for the others',
    labels: { policy, state: BREAKER_STATES },
  },
  policyStateChanges: {
    type: 'counter',
    name: 'wellness_policy_state_changes_total',
    help: 'Changes of the circuit, by the state it changed to',
    labels: { policy, state: BREAKER_STATES },
  },
  policyInFlight: {
    type: 'gauge',
    name: 'wellness_policy_calls_in_flight',
    help: 'Calls under way',
    labels: { policy },
  },
  policyQueued: {
    type: 'gauge',
    name: 'wellness_policy_calls_queued',
    help: 'Calls that wait in the bulkhead',
    labels: { policy },
  },
  policyBudget: {
    type: 'gauge',
    name: 'wellness_policy_retry_budget_remaining',
    help: 'Retries that could be made now',
    labels: { policy },
  },
  cacheReads: {
    type: 'counter',
    name: 'wellness_stale_cache_reads_total',
    help: 'Reads whose source was away, by whether an answer from before was known',
    labels: { result: ['hit', 'miss'] },
  },
  cacheAge: {
    type: 'histogram',
    name: 'wellness_stale_cache_age_seconds',
    help: 'Age of the answers from before that were given',
    buckets: AGE_SECONDS,
  },
  cacheBytes: { type: 'gauge', name: 'wellness_stale_cache_bytes', help: 'Size of the answers that are kept' },
  cacheEntries: { type: 'gauge', name: 'wellness_stale_cache_entries', help: 'Answers that are kept' },
  limitDecisions: {
    type: 'counter',
    name: 'wellness_rate_limit_decisions_total',
    help: 'Requests that were counted against a limit',
    labels: { limit, decision: ['admitted', 'rejected'] },
  },
  limitShared: {
    type: 'counter',
    name: 'wellness_rate_limit_shared_counts_total',
    help: 'Uses of the counts in Redis: leases taken, failures, decisions made without them',
    labels: { event: ['lease', 'failure', 'decided_alone'] },
  },
  loadShed: {
    type: 'counter',
    name: 'wellness_load_shed_requests_total',
    help: 'Requests turned away under load, by the measure that was beyond its limit',
    labels: { measure: LOAD_MEASURES },
  },
  loadExceeded: {
    type: 'gauge',
    name: 'wellness_load_limit_exceeded',
    help: '1 while the measure is beyond its limit',
    labels: { measure: LOAD_MEASURES },
  },
  eventLoopDelay: {
    type: 'gauge',
    name: 'wellness_event_loop_delay_seconds',
    help: 'How late the event loop was, on average over the last half second',
  },
  heapUsed: {
    type: 'gauge',
    name: 'wellness_heap_used_ratio',
    help: 'Share of the limit of the heap that is in use, from 0 to 1',
  },
  maintenance: {
    type: 'gauge',
    name: 'wellness_maintenance_active',
    help: '1 while requests are turned away for maintenance',
  },
  draining: {
    type: 'gauge',
    name: 'wellness_draining',
    help: '1 from the signal to stop on',
  },
  ready: { type: 'gauge', name: 'wellness_ready', help: '1 when /health/ready says 200' },
  componentUp: {
    type: 'gauge',
    name: 'wellness_health_component_up',
    help: '1 when /health calls the component healthy',
    labels: { component: { upTo: 50, meaning: 'name of the component' } },
  },
  redisConnections: {
    type: 'gauge',
    name: 'wellness_redis_connections',
    help: 'Connections to Redis by what they are for and how they are',
    labels: { purpose: REDIS_PURPOSES, state: CONNECTION_STATES },
  },
  redisConnectionEvents: {
    type: 'counter',
    name: 'wellness_redis_connection_events_total',
    help: 'Connections that became ready, and those that were lost or could not be made, once for each outage',
    labels: { purpose: REDIS_PURPOSES, event: ['connected', 'failed'] },
  },
  redisMemoryUsed: { type: 'gauge', name: 'wellness_redis_memory_used_bytes', help: 'Memory that Redis uses' },
  redisMemoryLimit: {
    type: 'gauge',
    name: 'wellness_redis_memory_limit_bytes',
    help: 'Memory that Redis may use: maxmemory, or without one all that its machine has',
  },
  redisClients: {
    type: 'gauge',
    name: 'wellness_redis_connected_clients',
    help: 'Connections that Redis has, of everybody',
  },
  redisEvicted: {
    type: 'counter',
    name: 'wellness_redis_evicted_keys_total',
    help: 'Keys that Redis dropped to make room, since its start; data is lost when this is not 0',
  },
  idempotency: {
    type: 'counter',
    name: 'wellness_idempotency_requests_total',
    help: 'Requests with an Idempotency-Key, by what became of them',
    labels: { result: ['first', 'replayed', 'running', 'reused'] },
  },
  processFaults: {
    type: 'counter',
    name: 'wellness_process_faults_total',
    help: 'Faults that no caller was left to hear of',
    labels: { kind: ['unhandled_rejection', 'uncaught_exception'] },
  },
  logEvents: {
    type: 'counter',
    name: 'wellness_log_events_total',
    help: 'Events that the code told of, also those below the level that is written',
    labels: {
      event: { upTo: 150, meaning: 'name of the event' },
      level: ['debug', 'info', 'warn', 'error'],
    },
  },
  sampledAt: {
    type: 'gauge',
    name: 'wellness_metrics_sample_timestamp_seconds',
    help: 'When figures that have to be asked for were last had, as Unix time; 0: never. They are shown as they were then',
    labels: { source },
  },
  sampleFailures: {
    type: 'counter',
    name: 'wellness_metrics_sample_failures_total',
    help: 'Times such figures could not be had',
    labels: { source },
  },
});
