export const errors = {
  uid: 'errors',
  title: 'errors by code',
  about: 'Which errors callers get, since when, and what the log tells of. GET /errors/CODE says what a code means.',
  rows: [
    {
      title: 'Of our own making',
      panels: [
        {
          title: 'By code',
          about: 'Infrastructure, critical, bug.',
          unit: 'reqps',
          span: 16,
          runbook: 'errors.md',
          queries: [
            [
              'sum by (code) (rate(wellness_errors_total{@, category=~"infrastructure|critical|bug"}[$__rate_interval])) > 0',
              '{{code}}',
            ],
          ],
        },
        {
          title: 'Bugs',
          about: 'Requests that ended with 500, and faults that reached nobody, in an hour. Each is to be looked at.',
          unit: 'short',
          steps: [
            [null, 'green'],
            [1, 'red'],
          ],
          runbook: 'errors.md#wellnessinternalerrors',
          queries: [
            ['sum(increase(wellness_errors_total{@, category="bug"}[1h]))', 'requests'],
            ['sum by (kind) (increase(wellness_process_faults_total{@}[1h]))', '{{kind}}'],
          ],
        },
        {
          title: 'Against the day before',
          about: 'How many times as frequent as on average over the day before; beyond 5 is a spike.',
          unit: 'short',
          span: 16,
          steps: [
            [null, 'green'],
            [5, 'red'],
          ],
          runbook: 'errors.md#wellnesserrorspike',
          queries: [
            [
              'job_code:wellness_errors:rate10m{job=~"$job"} / (avg_over_time(job_code:wellness_errors:rate10m{job=~"$job"}[1d] offset 10m) > 0)',
              '{{code}}',
            ],
          ],
        },
        {
          title: 'By where they came',
          about: 'As the answer, in the middle of one, before any request was read.',
          unit: 'reqps',
          queries: [['sum by (stage) (rate(wellness_errors_total{@}[$__rate_interval]))', '{{stage}}']],
        },
      ],
    },
    {
      title: 'Of callers',
      panels: [
        {
          title: 'By code',
          about: 'What callers did wrong, or too often.',
          unit: 'reqps',
          span: 16,
          runbook: 'errors.md#wellnessclienterrorspike',
          queries: [
            [
              'sum by (code) (rate(wellness_errors_total{@, category!~"infrastructure|critical|bug"}[$__rate_interval])) > 0',
              '{{code}}',
            ],
          ],
        },
        {
          title: 'Idempotency keys',
          about: 'Requests with one, by what became of them.',
          unit: 'reqps',
          queries: [['sum by (result) (rate(wellness_idempotency_requests_total{@}[$__rate_interval]))', '{{result}}']],
        },
        {
          title: 'Routes with errors',
          about: 'By status; 499 is a client that left.',
          unit: 'reqps',
          span: 24,
          queries: [
            [
              'topk(15, sum by (method, route, status) (rate(wellness_http_requests_total{@, status=~"[45].."}[$__rate_interval])) > 0)',
              '{{method}} {{route}} {{status}}',
            ],
          ],
        },
      ],
    },
    {
      title: 'The log',
      panels: [
        {
          title: 'Warnings and errors by event',
          about: 'Also those below the level that is written.',
          unit: 'ops',
          span: 16,
          runbook: 'monitoring.md#wellnesslogflood',
          queries: [
            [
              'topk(15, sum by (event, level) (rate(wellness_log_events_total{@, level=~"warn|error"}[$__rate_interval])) > 0)',
              '{{level}} {{event}}',
            ],
          ],
        },
        {
          title: 'Figures that could not be had',
          about: 'By whom they were asked for.',
          unit: 'ops',
          runbook: 'monitoring.md#wellnessfiguresstale',
          queries: [
            ['sum by (source) (rate(wellness_metrics_sample_failures_total{@}[$__rate_interval]))', '{{source}}'],
          ],
        },
      ],
    },
  ],
};
