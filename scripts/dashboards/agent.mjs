import { quantileBy, quantiles, rate } from './parts.mjs';

export const agent = {
  uid: 'agent',
  title: 'agent',
  about: 'Chat: who answers, how long it takes, what it costs, and whether what is said holds.',
  rows: [
    {
      title: 'Answers',
      panels: [
        {
          title: 'Answers by whom',
          about: 'Degraded: the built-in responder stood in for the model.',
          unit: 'ops',
          stack: true,
          queries: [
            rate('wellness_chat_answers_total', ['answered_by', 'degraded'], '{{answered_by}}, degraded: {{degraded}}'),
          ],
        },
        {
          title: 'Share of degraded answers',
          about: 'Over 15 minutes.',
          unit: 'percentunit',
          max: 1,
          steps: [
            [null, 'green'],
            [0.2, 'red'],
          ],
          runbook: 'model.md#wellnesschatfallbackshare',
          queries: [
            [
              'sum(increase(wellness_chat_answers_total{@, degraded="true"}[15m])) / sum(increase(wellness_chat_answers_total{@}[15m]))',
              'degraded',
            ],
          ],
        },
        {
          title: 'Why the model could not answer',
          about: 'By the code of its failure, in five minutes.',
          unit: 'short',
          queries: [['sum by (code) (increase(wellness_chat_fallbacks_total{@}[5m])) > 0', '{{code}}']],
        },
        {
          title: 'Answers by their numbers',
          about: 'Whether the tools said the numbers that the answer has.',
          unit: 'ops',
          runbook: 'model.md#wellnessanswersunfounded',
          queries: [rate('wellness_answer_checks_total', ['verdict'])],
        },
        {
          title: 'Numbers that no tool said',
          about: 'Of all numbers in answers, over an hour.',
          unit: 'percentunit',
          max: 1,
          queries: [
            [
              'sum(increase(wellness_answer_numbers_total{@, verdict="unmatched"}[1h])) / sum(increase(wellness_answer_numbers_total{@}[1h]))',
              'unmatched',
            ],
          ],
        },
        {
          title: 'Duration of chat requests',
          about: 'To the last word; exemplars lead to a request.',
          unit: 's',
          steps: [
            [null, 'green'],
            [30, 'red'],
          ],
          runbook: 'slo.md#wellnesschatlatencyburn',
          queries: quantiles('wellness_http_request_duration_seconds', '@, route=~"/api/v1/chat/state.*"'),
        },
      ],
    },
    {
      title: 'The model',
      panels: [
        {
          title: 'Completions by outcome',
          about: 'Attempts, retries among them.',
          unit: 'ops',
          runbook: 'model.md',
          queries: [rate('wellness_llm_completions_total', ['outcome'])],
        },
        {
          title: 'Time to the first token',
          about: 'Words, a tool call, thoughts.',
          unit: 's',
          queries: quantiles('wellness_llm_first_token_seconds', '@'),
        },
        {
          title: 'Duration of completions',
          about: 'To the end of the answer, or to the failure.',
          unit: 's',
          queries: quantiles('wellness_llm_completion_duration_seconds', '@', ['outcome']),
        },
        {
          title: 'Tokens',
          about: 'As the model counts them: what is paid for.',
          unit: 'ops',
          queries: [rate('wellness_llm_tokens_total', ['kind'])],
        },
        {
          title: 'Tokens in 24 hours',
          about: 'Of all replicas.',
          unit: 'short',
          queries: [['sum by (kind) (increase(wellness_llm_tokens_total{@}[24h]))', '{{kind}}']],
        },
      ],
    },
    {
      title: 'Tools',
      panels: [
        {
          title: 'Runs',
          about: 'unknown: the model asked for a tool that is not there.',
          unit: 'ops',
          queries: [rate('wellness_tool_duration_seconds_count', ['tool', 'outcome'])],
        },
        {
          title: 'Duration (p95)',
          about: 'Of runs, by tool.',
          unit: 's',
          queries: [quantileBy(0.95, 'wellness_tool_duration_seconds', '@', ['tool'])],
        },
        {
          title: 'Failures by code',
          about: 'In five minutes.',
          unit: 'short',
          queries: [['sum by (tool, code) (increase(wellness_tool_failures_total{@}[5m])) > 0', '{{tool}} {{code}}']],
        },
      ],
    },
  ],
};
