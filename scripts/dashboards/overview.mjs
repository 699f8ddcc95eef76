import { BUDGET_STEPS, quantiles, SLO_STEPS } from './parts.mjs';

const USERS = '@, route!~"/metrics|/health.*"';

export const overview = {
  uid: 'overview',
  title: 'overview',
  about: 'Whether users are served, and if not, where to look next.',
  rows: [
    {
      title: 'Objectives',
      panels: [
        {
          title: 'Requests that fail, last hour',
          about: 'Errors of our own making among the requests of users; 0.1 % is what the budget allows.',
          unit: 'percentunit',
          stat: true,
          steps: SLO_STEPS,
          runbook: 'slo.md',
          queries: [['job_slo:wellness_bad:ratio_rate1h{job=~"$job", slo="availability"}', '{{job}}']],
        },
        {
          title: 'Slow requests for data, last hour',
          about: 'Those that took longer than half a second.',
          unit: 'percentunit',
          stat: true,
          steps: SLO_STEPS,
          runbook: 'slo.md',
          queries: [['job_slo:wellness_bad:ratio_rate1h{job=~"$job", slo="latency"}', '{{job}}']],
        },
        {
          title: 'Slow chat answers, last hour',
          about: 'Those that took longer than 30 seconds.',
          unit: 'percentunit',
          stat: true,
          steps: [
            [null, 'green'],
            [0.01, 'orange'],
            [0.06, 'red'],
          ],
          runbook: 'slo.md',
          queries: [['job_slo:wellness_bad:ratio_rate1h{job=~"$job", slo="chat-latency"}', '{{job}}']],
        },
        {
          title: 'Error budgets left',
          about: 'Of the last 30 days; below 0 they are overdrawn.',
          unit: 'percentunit',
          stat: true,
          span: 6,
          steps: BUDGET_STEPS,
          runbook: 'slo.md#wellnesserrorbudgetlow',
          queries: [['job_slo:wellness_budget_left:ratio30d{job=~"$job"}', '{{slo}}']],
        },
        {
          title: 'Alerts',
          about: 'That fire now.',
          unit: 'short',
          stat: true,
          span: 3,
          steps: [
            [null, 'green'],
            [1, 'red'],
          ],
          queries: [['count(ALERTS{alertname=~"Wellness.+", alertstate="firing"}) or vector(0)', 'firing']],
        },
        {
          title: 'Replicas',
          about: 'That take traffic, and all that are scraped.',
          unit: 'short',
          stat: true,
          span: 3,
          runbook: 'replicas.md',
          queries: [
            ['sum(wellness_ready{job=~"$job"})', 'ready'],
            ['count(up{job=~"$job"})', 'all'],
          ],
        },
      ],
    },
    {
      title: 'Requests',
      panels: [
        {
          title: 'Requests by status',
          about: 'Of users, not of probes. 499: the client left.',
          unit: 'reqps',
          stack: true,
          queries: [[`sum by (status) (rate(wellness_http_requests_total{${USERS}}[$__rate_interval]))`, '{{status}}']],
        },
        {
          title: 'Busiest routes',
          about: 'Requests by the template of their route.',
          unit: 'reqps',
          queries: [
            [
              `topk(8, sum by (method, route) (rate(wellness_http_requests_total{${USERS}}[$__rate_interval])))`,
              '{{method}} {{route}}',
            ],
          ],
        },
        {
          title: 'Errors by category',
          about: 'infrastructure, critical and bug are ours; the others are what callers did.',
          unit: 'reqps',
          stack: true,
          runbook: 'errors.md',
          queries: [['sum by (category) (rate(wellness_errors_total{@}[$__rate_interval]))', '{{category}}']],
        },
        {
          title: 'Duration of requests for data',
          about: 'Without chat, imports and probes; exemplars lead to a request.',
          unit: 's',
          runbook: 'slo.md#wellnesslatencyburnfast',
          steps: [
            [null, 'green'],
            [0.5, 'red'],
          ],
          queries: quantiles(
            'wellness_http_request_duration_seconds',
            '@, route!~"unmatched|/metrics|/health.*|/api/v1/imports|/api/v1/chat/state.*"',
          ),
        },
        {
          title: 'Slowest routes (p99)',
          about: 'Event streams last as long as they are open.',
          unit: 's',
          queries: [
            [
              `topk(8, histogram_quantile(0.99, sum by (le, route) (rate(wellness_http_request_duration_seconds_bucket{${USERS}}[$__rate_interval]))))`,
              '{{route}}',
            ],
          ],
        },
        {
          title: 'Under way',
          about: 'Requests and event streams.',
          unit: 'short',
          runbook: 'load.md',
          queries: [['sum by (instance) (wellness_http_requests_in_flight{@})', '{{instance}}']],
        },
      ],
    },
    {
      title: 'Replicas',
      panels: [
        {
          title: 'Ready, draining, in maintenance',
          about: 'Draining: from the signal to stop on.',
          unit: 'bool_yes_no',
          runbook: 'replicas.md',
          queries: [
            ['wellness_ready{@}', '{{instance}} ready'],
            ['wellness_draining{@}', '{{instance}} draining'],
            ['wellness_maintenance_active{@}', '{{instance}} maintenance'],
          ],
        },
        {
          title: 'Delay of the event loop',
          about: 'Every answer is late by as much.',
          unit: 's',
          runbook: 'load.md#wellnesseventloopdelay',
          steps: [
            [null, 'green'],
            [0.1, 'orange'],
            [0.5, 'red'],
          ],
          queries: [['wellness_event_loop_delay_seconds{@}', '{{instance}}']],
        },
        {
          title: 'CPU',
          about: '1 is one core; JavaScript runs on one, imports on others.',
          unit: 'short',
          queries: [['rate(process_cpu_seconds_total{@}[$__rate_interval])', '{{instance}}']],
        },
        {
          title: 'Heap in use, of its limit',
          about: 'Beyond SHED_HEAP_PERCENT requests are turned away.',
          unit: 'percentunit',
          max: 1,
          runbook: 'load.md#wellnessheaphigh',
          steps: [
            [null, 'green'],
            [0.8, 'orange'],
            [0.9, 'red'],
          ],
          queries: [['wellness_heap_used_ratio{@}', '{{instance}}']],
        },
        {
          title: 'Memory of the process',
          about: 'What the container is killed for when it is too much.',
          unit: 'bytes',
          queries: [['process_resident_memory_bytes{@}', '{{instance}}']],
        },
        {
          title: 'Garbage collection',
          about: 'Share of time it takes.',
          unit: 'percentunit',
          queries: [
            [
              'sum by (instance, kind) (rate(nodejs_gc_duration_seconds_sum{@}[$__rate_interval]))',
              '{{instance}} {{kind}}',
            ],
          ],
        },
        {
          title: 'File descriptors in use',
          about: 'Of those that the process may have: connections and files.',
          unit: 'percentunit',
          max: 1,
          steps: [
            [null, 'green'],
            [0.8, 'red'],
          ],
          queries: [['process_open_fds{@} / process_max_fds{@}', '{{instance}}']],
        },
        {
          title: 'Turned away under load',
          about: 'By the measure that was beyond its limit; 1 in the second figure: it is.',
          unit: 'reqps',
          runbook: 'load.md#wellnessloadshedding',
          queries: [
            ['sum by (measure) (rate(wellness_load_shed_requests_total{@}[$__rate_interval]))', '{{measure}}'],
            ['max by (measure) (wellness_load_limit_exceeded{@})', '{{measure}} is beyond'],
          ],
        },
        {
          title: 'Rate limits',
          about: 'Decisions by limit, and those made without the counts in Redis.',
          unit: 'reqps',
          runbook: 'load.md#wellnessratelimitslocal',
          queries: [
            [
              'sum by (limit, decision) (rate(wellness_rate_limit_decisions_total{@}[$__rate_interval]))',
              '{{limit}} {{decision}}',
            ],
            [
              'sum by (event) (rate(wellness_rate_limit_shared_counts_total{@}[$__rate_interval]))',
              'counts: {{event}}',
            ],
          ],
        },
        {
          title: 'What runs, and since when',
          about: 'Version and role of each replica; its age in seconds.',
          unit: 's',
          runbook: 'replicas.md#wellnessreplicarestarting',
          queries: [
            [
              '(time() - process_start_time_seconds{@}) * on (job, instance) group_left (version, role, node_version) wellness_build_info{@}',
              '{{instance}} {{role}} {{version}} Node {{node_version}}',
            ],
          ],
        },
      ],
    },
  ],
};
