import { ERROR_CODES } from '../errors/catalogue';
import { defineMetrics } from './metric-definition';

const IMPORT_SECONDS = [1, 5, 15, 60, 180, 600, 1_800, 3_600, 14_400];
const COMPLETION_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120];
const TOOL_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30];

const tool = { upTo: 50, meaning: 'name of the tool; `unknown` for one that is not there' } as const;

/** What the product itself does: imports, the model, tools, answers. */
export const PRODUCT_METRICS = defineMetrics({
  importsReceived: { type: 'counter', name: 'wellness_imports_received_total', help: 'Uploads that were taken in' },
  importRuns: {
    type: 'counter',
    name: 'wellness_import_runs_total',
    help: 'Runs of imports by how they ended; an interrupted one is run again',
    labels: { outcome: ['completed', 'failed', 'cancelled', 'interrupted'] },
  },
  importFailures: {
    type: 'counter',
    name: 'wellness_import_failures_total',
    help: 'Runs of imports that failed or were interrupted, by the code of what did it',
    labels: { code: ERROR_CODES },
  },
  importDuration: {
    type: 'histogram',
    name: 'wellness_import_duration_seconds',
    help: 'Runs of imports, from their start to their end',
    labels: { outcome: ['completed', 'failed', 'cancelled', 'interrupted'] },
    buckets: IMPORT_SECONDS,
  },
  importRecords: {
    type: 'counter',
    name: 'wellness_import_records_total',
    help: 'Records that imports have read, by what became of them, as they go on',
    labels: { result: ['stored', 'duplicate', 'skipped'] },
  },
  importBytes: {
    type: 'counter',
    name: 'wellness_import_read_bytes_total',
    help: 'Bytes of unzipped exports that imports have read, as they go on',
  },
  importQueue: {
    type: 'gauge',
    name: 'wellness_import_queue_jobs',
    help: 'Imports in the queue that all replicas share (take the maximum): waiting, waiting for their next try, running',
    labels: { state: ['waiting', 'delayed', 'running'] },
  },
  importOldest: {
    type: 'gauge',
    name: 'wellness_import_queue_oldest_age_seconds',
    help: 'How long ago the oldest import that has not begun, or waits for its next try, was queued; 0 when there is none',
  },
  importSpool: {
    type: 'gauge',
    name: 'wellness_import_spooled_uploads',
    help: 'Uploads on the disk of this replica whose import has not ended, queued or not',
  },
  llmCompletions: {
    type: 'counter',
    name: 'wellness_llm_completions_total',
    help: 'Attempts to get a completion of the model: what came of them, or what went wrong',
    labels: {
      outcome: [
        'answered',
        'unreachable',
        'timeout',
        'failed',
        'garbled',
        'rate_limited',
        'misconfigured',
        'refused',
        'filtered',
        'endless',
      ],
    },
  },
  llmFirstToken: {
    type: 'histogram',
    name: 'wellness_llm_first_token_seconds',
    help: 'From a request to the model to the first piece of its answer: words, a tool call, thoughts',
    buckets: COMPLETION_SECONDS,
  },
  llmDuration: {
    type: 'histogram',
    name: 'wellness_llm_completion_duration_seconds',
    help: 'From a request to the model to the end of its answer, or to its failure',
    labels: { outcome: ['answered', 'failed'] },
    buckets: COMPLETION_SECONDS,
  },
  llmTokens: {
    type: 'counter',
    name: 'wellness_llm_tokens_total',
    help: 'Tokens as the model counted them',
    labels: { kind: ['prompt', 'completion'] },
  },
  toolDuration: {
    type: 'histogram',
    name: 'wellness_tool_duration_seconds',
    help: 'Runs of tools',
    labels: { tool, outcome: ['success', 'failure'] },
    buckets: TOOL_SECONDS,
  },
  toolFailures: {
    type: 'counter',
    name: 'wellness_tool_failures_total',
    help: 'Runs of tools that failed, by code',
    labels: { tool, code: { among: ERROR_CODES, meaning: 'code of the error catalogue' } },
  },
  chatAnswers: {
    type: 'counter',
    name: 'wellness_chat_answers_total',
    help: 'Answers to messages: by whom, and whether they are lesser ones than usual',
    labels: { answered_by: ['model', 'builtin'], degraded: ['true', 'false'] },
  },
  chatFallbacks: {
    type: 'counter',
    name: 'wellness_chat_fallbacks_total',
    help: 'Messages that the built-in responder answered because the model could not, by the code of its failure',
    labels: { code: ERROR_CODES },
  },
  answerChecks: {
    type: 'counter',
    name: 'wellness_answer_checks_total',
    help: 'Answers whose numbers were looked up in the results of the tools: all found, some not, or no numbers in it',
    labels: { verdict: ['matched', 'unmatched', 'no_numbers'] },
  },
  answerNumbers: {
    type: 'counter',
    name: 'wellness_answer_numbers_total',
    help: 'Numbers in answers, by whether a tool said them',
    labels: { verdict: ['matched', 'unmatched'] },
  },
});
