import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorCode, isErrorCode } from '@app/common';
import { expectErrorEnvelope, expectSuccessEnvelope, type LogLine } from '@app/common/testing';
import { call, type HttpAnswer } from '../../e2e/support/http';
import type { Fixtures, Outcome, RouteRow } from './fault-table';

/** One answer to one call, and everything that is wrong with it whatever the fault. */
export interface Asked {
  readonly row: RouteRow;
  readonly correlationId: string;
  readonly outcome: Outcome;
  readonly status: number;
  /** Epoch milliseconds. */
  readonly sentAt: number;
  readonly ms: number;
  readonly problems: readonly string[];
}

/** Above every deadline of the application under test: whoever is not answered by then never is. */
export const NO_ANSWER_MS = 30_000;
/** What must never be told to a caller: addresses, sockets, words of drivers. */
const PRIVATE = /127\.0\.0\.1|\.sock\b|ECONN|ioredis|bullmq|MaxRetries|Stream isn't|\bat \S+ \(/i;

interface Body {
  readonly success?: boolean;
  readonly data?: unknown;
  readonly error?: { readonly code?: string };
  readonly status?: string;
}

interface Told {
  readonly status?: string;
  readonly degraded?: boolean;
  readonly shared?: boolean;
  readonly memory_stats?: { readonly degraded?: boolean };
  readonly tools_used?: ReadonlyArray<{ readonly error_code?: string }>;
  readonly meta?: { readonly source?: string };
}

export async function ask(port: number, row: RouteRow, fixtures: Fixtures): Promise<Asked> {
  const correlationId = `fault-${randomUUID()}`;
  const { headers, ...request } = row.call(fixtures);
  const sentAt = Date.now();
  const startedAt = performance.now();
  const answer = await Promise.race([
    call(port, { ...request, headers: { ...headers, 'x-correlation-id': correlationId } }),
    sleep(NO_ANSWER_MS, undefined, { ref: false }),
  ]);
  const ms = Math.round(performance.now() - startedAt);
  if (answer === undefined) {
    return { row, correlationId, sentAt, ms, status: 0, outcome: 'no answer', problems: ['there was no answer'] };
  }
  const { outcome, problems } = read(answer, request.path ?? '', correlationId);
  return { row, correlationId, sentAt, ms, outcome, problems, status: answer.status };
}

/** What the log must say about an answer. */
export function logProblems({ status, outcome }: Asked, own: readonly LogLine[]): string[] {
  const completed = own.filter(({ event }) => event === 'request_completed');
  const failed = own.filter(({ event }) => event === 'request_failed');
  const code = codeIn(outcome);
  const isFailure = status >= 500 && code !== undefined;
  return [
    completed.length === 1 ? '' : `${completed.length} lines of request_completed`,
    completed.every((line) => line.status === status) ? '' : 'request_completed tells another status',
    !isFailure || (failed.length === 1 && failed[0]?.error_code === code && failed[0]?.level === 'error')
      ? ''
      : `request_failed is missing or tells another code than ${code}`,
    isFailure || failed.length === 0 ? '' : 'request_failed without a failure',
  ].filter((problem) => problem !== '');
}

function read(answer: HttpAnswer, path: string, correlationId: string): { outcome: Outcome; problems: string[] } {
  const problems = complaints(() => expect(answer.headers['x-correlation-id']).toBe(correlationId));
  if (PRIVATE.test(answer.body) && path.startsWith('/api/')) problems.push('the answer tells what is private');
  const type = String(answer.headers['content-type']);
  if (type.startsWith('text/event-stream')) return { outcome: streamOutcome(answer), problems };
  if (!type.startsWith('application/json')) return { outcome: String(answer.status), problems };
  const body = JSON.parse(answer.body) as Body;
  const code = body.error?.code;
  if (code !== undefined && isErrorCode(code)) {
    problems.push(...complaints(() => expectErrorEnvelope(answer, code satisfies ErrorCode)));
    return { outcome: `${answer.status} ${code}`, problems };
  }
  if (path.startsWith('/health')) return { outcome: phrase(answer.status, body.status), problems };
  if (!path.startsWith('/api/')) return { outcome: phrase(answer.status), problems };
  return success(answer, body.data ?? {}, problems);
}

function success(answer: HttpAnswer, told: Told, problems: string[]): { outcome: Outcome; problems: string[] } {
  problems.push(...complaints(() => expectSuccessEnvelope(answer, answer.status)));
  const isStale = answer.headers['x-data-source'] !== undefined;
  if (isStale !== (told.meta?.source !== undefined)) problems.push('meta and X-Data-Source differ');
  if (isStale !== (answer.headers.age !== undefined)) problems.push('Age and X-Data-Source differ');
  return { outcome: phrase(answer.status, answer.status === 202 ? told.status : undefined, ...tags(told)), problems };
}

/** A stream ends with `done` or `error`, whatever happens. */
function streamOutcome({ status, body }: HttpAnswer): Outcome {
  const events = body.split('\n\n').filter((event) => event.startsWith('event:'));
  const [, name = 'no end', data = '{}'] = /^event: ?(\S+)\ndata: ?(.*)/.exec(events.at(-1) ?? '') ?? [];
  if (name === 'error') return phrase(status, 'error', (JSON.parse(data) as { code: string }).code);
  return phrase(status, name, ...tags(JSON.parse(data) as Told));
}

function tags({ memory_stats, tools_used = [], meta, degraded, shared }: Told): string[] {
  return [
    ...(shared === false ? ['local'] : []),
    ...(meta?.source === undefined ? [] : [meta.source]),
    ...(degraded === true ? ['degraded'] : []),
    ...(memory_stats?.degraded === true ? ['no_memory'] : []),
    ...new Set(tools_used.flatMap(({ error_code }) => (error_code === undefined ? [] : [`tool:${error_code}`]))),
  ];
}

function phrase(...words: ReadonlyArray<number | string | undefined>): string {
  return words.filter((word) => word !== undefined).join(' ');
}

function codeIn(outcome: Outcome): string | undefined {
  return outcome.split(' ').find(isErrorCode);
}

/** What an expectation says when it does not hold, in one line. */
function complaints(expectation: () => unknown): string[] {
  try {
    expectation();
    return [];
  } catch (error) {
    // eslint-disable-next-line no-control-regex -- the colours of the matchers
    const text = String(error instanceof Error ? error.message : error).replace(/\u001b\[\d+m/g, '');
    return [text.replace(/\s+/g, ' ').slice(0, 200)];
  }
}
