import { quantileBy, rate } from './parts.mjs';

export const dependencies = {
  uid: 'dependencies',
  title: 'dependencies and breakers',
  about: 'What the service depends on, what guards it, and what Redis says about itself.',
  rows: [
    {
      title: 'Now',
      panels: [
        {
          title: 'Circuits that are not closed',
          about: 'Of all replicas, by state.',
          unit: 'short',
          stat: true,
          span: 8,
          steps: [
            [null, 'green'],
            [1, 'red'],
          ],
          runbook: 'circuits.md',
          queries: [['sum by (policy, state) (wellness_policy_state{@, state!="closed"})', '{{policy}} {{state}}']],
        },
        {
          title: 'Components of /health',
          about: '1: healthy, at all replicas.',
          unit: 'short',
          stat: true,
          span: 8,
          steps: [
            [null, 'red'],
            [1, 'green'],
          ],
          queries: [['min by (component) (wellness_health_component_up{@})', '{{component}}']],
        },
        {
          title: 'Age of the figures of Redis, queue, disk',
          about: 'How long ago each source last answered a scrape.',
          unit: 's',
          stat: true,
          span: 8,
          steps: [
            [null, 'green'],
            [60, 'orange'],
            [300, 'red'],
          ],
          runbook: 'monitoring.md#wellnessfiguresstale',
          queries: [['max by (source) (time() - wellness_metrics_sample_timestamp_seconds{@})', '{{source}}']],
        },
      ],
    },
    {
      title: 'Policies',
      panels: [
        {
          title: 'Calls by outcome',
          about: 'A call counts once, however often it was tried.',
          unit: 'ops',
          queries: [rate('wellness_policy_calls_total', ['policy', 'outcome'])],
        },
        {
          title: 'Duration of calls (p95)',
          about: 'With retries and the waits between them.',
          unit: 's',
          queries: [quantileBy(0.95, 'wellness_policy_call_duration_seconds', '@', ['policy', 'outcome'])],
        },
        {
          title: 'Failures, timeouts, retries',
          about:
            'Attempts that counted against the dependency, those of them that took too long, and those after the first.',
          unit: 'ops',
          queries: [
            rate('wellness_policy_failures_total', ['policy'], '{{policy}} failures'),
            rate('wellness_policy_timeouts_total', ['policy'], '{{policy}} timeouts'),
            rate('wellness_policy_retries_total', ['policy'], '{{policy}} retries'),
          ],
        },
        {
          title: 'Not let through',
          about: 'By the open circuit, the full bulkhead, the deadline, the retry budget.',
          unit: 'ops',
          runbook: 'circuits.md#wellnessbulkheadfull',
          queries: [rate('wellness_policy_rejections_total', ['policy', 'reason'])],
        },
        {
          title: 'Changes of circuits',
          about: 'By the state they changed to.',
          unit: 'short',
          runbook: 'circuits.md#wellnesscircuitflapping',
          queries: [
            ['sum by (policy, state) (increase(wellness_policy_state_changes_total{@}[5m]))', '{{policy}} {{state}}'],
          ],
        },
        {
          title: 'In flight and waiting',
          about: 'Calls under way, and those that wait in the bulkhead.',
          unit: 'short',
          queries: [
            ['sum by (policy) (wellness_policy_calls_in_flight{@})', '{{policy}} in flight'],
            ['sum by (policy) (wellness_policy_calls_queued{@})', '{{policy}} waiting'],
          ],
        },
        {
          title: 'Retries that could be made now',
          about: 'The least that any replica has left; 0: failures are not repeated.',
          unit: 'short',
          runbook: 'circuits.md#wellnessretrybudgetempty',
          queries: [['min by (policy) (wellness_policy_retry_budget_remaining{@})', '{{policy}}']],
        },
        {
          title: 'Answers from before',
          about: 'Reads whose source was away, by whether an answer was known; calls that a fallback answered.',
          unit: 'ops',
          runbook: 'errors.md#wellnessstalereads',
          queries: [
            rate('wellness_stale_cache_reads_total', ['result']),
            rate('wellness_policy_fallbacks_total', ['policy'], 'fallback of {{policy}}'),
          ],
        },
        {
          title: 'Age of those answers (p95)',
          about: 'How old the figures are that users get in an outage.',
          unit: 's',
          queries: [quantileBy(0.95, 'wellness_stale_cache_age_seconds', '@', ['instance'])],
        },
        {
          title: 'Size of the cache for outages',
          about: 'STALE_CACHE_MAX_BYTES bounds it.',
          unit: 'bytes',
          queries: [['wellness_stale_cache_bytes{@}', '{{instance}}']],
        },
        {
          title: 'Entries of the cache for outages',
          about: 'Answers that are kept.',
          unit: 'short',
          queries: [['wellness_stale_cache_entries{@}', '{{instance}}']],
        },
      ],
    },
    {
      title: 'Redis',
      panels: [
        {
          title: 'Memory',
          about: 'When it reaches its limit, writes are refused.',
          unit: 'bytes',
          runbook: 'redis.md',
          queries: [
            ['max by (job) (wellness_redis_memory_used_bytes{@})', 'used'],
            ['max by (job) (wellness_redis_memory_limit_bytes{@})', 'limit'],
          ],
        },
        {
          title: 'Memory in use',
          about: 'Of its limit.',
          unit: 'percentunit',
          max: 1,
          steps: [
            [null, 'green'],
            [0.8, 'orange'],
            [0.95, 'red'],
          ],
          runbook: 'redis.md#wellnessredismemoryhigh',
          queries: [
            ['max by (job) (wellness_redis_memory_used_bytes{@} / wellness_redis_memory_limit_bytes{@})', '{{job}}'],
          ],
        },
        {
          title: 'Evicted keys',
          about: 'Anything but 0 is lost data.',
          unit: 'short',
          steps: [
            [null, 'green'],
            [1, 'red'],
          ],
          runbook: 'redis.md#wellnessredisevicting',
          queries: [['max by (job) (increase(wellness_redis_evicted_keys_total{@}[1h]))', 'in the last hour']],
        },
        {
          title: 'Our connections',
          about: 'By what they are for and how they are.',
          unit: 'short',
          queries: [['sum by (purpose, state) (wellness_redis_connections{@})', '{{purpose}} {{state}}']],
        },
        {
          title: 'Connections made and lost',
          about: 'Each outage counts once.',
          unit: 'short',
          queries: [
            [
              'sum by (purpose, event) (increase(wellness_redis_connection_events_total{@}[5m]))',
              '{{purpose}} {{event}}',
            ],
          ],
        },
        {
          title: 'Clients of Redis',
          about: 'Of everybody, not only ours.',
          unit: 'short',
          queries: [['max by (job) (wellness_redis_connected_clients{@})', '{{job}}']],
        },
      ],
    },
  ],
};
