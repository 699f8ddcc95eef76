import type { RequestScope } from '../context/request-scope';

/** Time spent on something, and how often; what ran at the same time is counted for each. */
export interface Spent {
  readonly ms: number;
  readonly count: number;
}

/** Where the time of a request went, in milliseconds. */
export interface RequestTimings {
  readonly total_ms: number;
  /** Until it was let in: limits, and the token they look at. */
  readonly admission_ms: number;
  /** Until its body had arrived; none without a body. */
  readonly body_ms?: number;
  /** From there on: guards, validation, the handler, its answer. */
  readonly handler_ms: number;
  /** Of that, in calls to dependencies, by the name of their policies; and in tools of the agent. */
  readonly calls: Readonly<Record<string, Spent>>;
}

export const TOOLS = 'tools';

/** Where the time has gone so far. */
export function timingsOf(scope: RequestScope): RequestTimings {
  const { startedAt, admittedAt, receivedAt } = scope;
  const now = performance.now();
  const begunAt = receivedAt ?? admittedAt ?? now;
  return {
    total_ms: rounded(now - startedAt),
    admission_ms: rounded((admittedAt ?? now) - startedAt),
    ...(admittedAt !== undefined && receivedAt !== undefined && { body_ms: rounded(receivedAt - admittedAt) }),
    handler_ms: rounded(now - begunAt),
    calls: callsOf(scope),
  };
}

/** As the header `Server-Timing` has it (W3C). */
export function serverTiming(scope: RequestScope): string {
  const { total_ms, admission_ms, body_ms, handler_ms, calls } = timingsOf(scope);
  const parts: Array<readonly [name: string, ms: number | undefined, count?: number]> = [
    ['total', total_ms],
    ['admission', admission_ms],
    ['body', body_ms],
    ['handler', handler_ms],
    ...Object.entries(calls).map(([name, { ms, count }]) => [name, ms, count] as const),
  ];
  return parts
    .filter(([, ms]) => ms !== undefined)
    .map(([name, ms, count]) => `${name};dur=${ms}${count === undefined ? '' : `;desc="${count} calls"`}`)
    .join(', ');
}

function callsOf({ record }: RequestScope): Record<string, Spent> {
  const calls: Record<string, Spent> = {};
  const add = (name: string, ms: number): void => {
    const { ms: before, count } = calls[name] ?? { ms: 0, count: 0 };
    calls[name] = { ms: rounded(before + ms), count: count + 1 };
  };
  for (const entry of record.entries()) {
    if (entry.kind === 'call') add(entry.end.policy, entry.end.durationMs);
    else if (entry.event === 'tool_executed') add(TOOLS, (entry.fields as { duration_ms: number }).duration_ms);
  }
  return calls;
}

export function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}
