import type { ErrorCode } from '@app/common';
import type { LlmReply } from '@app/common/testing';

/** One way in which the model can fail, and what comes of it. */
export interface LlmFaultRow {
  readonly fault: string;
  readonly reply: LlmReply | 'refused';
  /** The code with which the model fails. */
  readonly code: ErrorCode;
  /** Attempts that reach the endpoint for the first question. */
  readonly attempts: number;
  /** Whether failing like this opens the circuit. */
  readonly opens: boolean;
  /** Whether part of an answer is out by then: a stream has nothing left but to say so. */
  readonly speaks?: boolean;
}

/** What a model that fails in mid-answer has said by then. */
export const WORDS = 'You walked very far, ';
const ENDLESS = { kind: 'tools', calls: [{ name: 'list_available_metrics', arguments: {} }] } as const;
/**
 * What the model says, and what its callers are told of it, fault by fault. The fault table, which asks every route, has
 * each of these except the statuses that differ from one of its own by their number alone.
 */
export const LLM_FAULTS: readonly LlmFaultRow[] = [
  { fault: 'refused', reply: 'refused', code: 'LLM_SERVICE_FAILED', attempts: 0, opens: true },
  { fault: 'black-holed', reply: { kind: 'hang' }, code: 'LLM_SERVICE_FAILED', attempts: 3, opens: true },
  { fault: 'reset at once', reply: { kind: 'reset', text: '' }, code: 'LLM_SERVICE_FAILED', attempts: 3, opens: true },
  { fault: 'reset in mid-stream', reply: { kind: 'reset', text: WORDS }, code: 'LLM_SERVICE_FAILED', attempts: 1, opens: true, speaks: true }, // prettier-ignore
  { fault: 'silent in mid-stream', reply: { kind: 'hang_midway', text: WORDS }, code: 'LLM_SERVICE_FAILED', attempts: 1, opens: true, speaks: true }, // prettier-ignore
  { fault: '408', reply: { kind: 'status', status: 408 }, code: 'LLM_SERVICE_FAILED', attempts: 3, opens: true },
  { fault: '409', reply: { kind: 'status', status: 409 }, code: 'LLM_SERVICE_FAILED', attempts: 3, opens: true },
  { fault: '500', reply: { kind: 'status', status: 500 }, code: 'LLM_SERVICE_FAILED', attempts: 3, opens: true },
  { fault: '503', reply: { kind: 'status', status: 503 }, code: 'LLM_SERVICE_FAILED', attempts: 3, opens: true },
  { fault: '400', reply: { kind: 'status', status: 400 }, code: 'LLM_SERVICE_FAILED', attempts: 1, opens: false },
  { fault: '401', reply: { kind: 'status', status: 401 }, code: 'LLM_SERVICE_FAILED', attempts: 1, opens: false },
  { fault: '403', reply: { kind: 'status', status: 403 }, code: 'LLM_SERVICE_FAILED', attempts: 1, opens: false },
  { fault: '404', reply: { kind: 'status', status: 404 }, code: 'LLM_SERVICE_FAILED', attempts: 1, opens: false },
  { fault: '422', reply: { kind: 'status', status: 422 }, code: 'LLM_SERVICE_FAILED', attempts: 1, opens: false },
  { fault: '429 for long', reply: { kind: 'status', status: 429, headers: { 'retry-after': '3600' } }, code: 'LLM_RATE_LIMITED', attempts: 1, opens: false }, // prettier-ignore
  { fault: '429 for now', reply: { kind: 'status', status: 429, headers: { 'retry-after': '0' } }, code: 'LLM_RATE_LIMITED', attempts: 3, opens: false }, // prettier-ignore
  { fault: 'cut off without an end', reply: { kind: 'truncated', text: '' }, code: 'LLM_RESPONSE_INVALID', attempts: 3, opens: true }, // prettier-ignore
  { fault: 'cut off in mid-answer', reply: { kind: 'truncated', text: WORDS }, code: 'LLM_RESPONSE_INVALID', attempts: 1, opens: true, speaks: true }, // prettier-ignore
  { fault: 'empty', reply: { kind: 'empty' }, code: 'LLM_RESPONSE_INVALID', attempts: 3, opens: true },
  { fault: 'filtered', reply: { kind: 'content_filter' }, code: 'LLM_RESPONSE_INVALID', attempts: 1, opens: false },
  { fault: 'invalid JSON', reply: { kind: 'raw', body: 'data: {"choices": [\n\n' }, code: 'LLM_RESPONSE_INVALID', attempts: 3, opens: true }, // prettier-ignore
  { fault: 'a web page', reply: { kind: 'raw', body: '<html>login</html>', type: 'text/html' }, code: 'LLM_RESPONSE_INVALID', attempts: 3, opens: true }, // prettier-ignore
  { fault: 'bytes of another kind', reply: { kind: 'raw', body: 'data: 42\n\ndata: null\n\n' }, code: 'LLM_RESPONSE_INVALID', attempts: 3, opens: true }, // prettier-ignore
  { fault: 'an endless tool loop', reply: ENDLESS, code: 'LLM_RESPONSE_INVALID', attempts: 8, opens: false },
];
