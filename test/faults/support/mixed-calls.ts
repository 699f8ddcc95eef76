import { type ErrorCode } from '@app/common';
import { anotherRecord, UPLOAD } from '../routes';
import type { Outcome } from './fault-table';
import type { GeneratedCall } from './generated-load';

/** Somebody who asks, and the session he talks in. */
export interface Asker {
  readonly authorization: string;
  readonly sessionId: string;
}

/** One sort of call of the mixture, and what may be answered. */
export interface CallKind {
  readonly kind: string;
  /** How many of 40 calls. */
  readonly share: number;
  readonly call: (asker: Asker) => Omit<GeneratedCall, 'kind'>;
  readonly usual: Outcome;
  /** While Redis is away. Omitted: as usual. */
  readonly away?: readonly Outcome[];
  /** As the caller hurries it; omitted: that of the application. */
  readonly deadlineMs?: number;
}

const QUESTION = 'How many steps did I take in 2024?';
const IN_PERIOD = 'metric_types=StepCount&time_period=2024';
const JSON_TYPE = { 'content-type': 'application/json' };
const HURRIED_MS = 600;

const unavailable = (...codes: ErrorCode[]): Outcome[] => codes.map((code) => `503 ${code}`);
const AWAY = unavailable('REDIS_CONNECTION_FAILED', 'REDIS_OPERATION_TIMEOUT', 'REDIS_CIRCUIT_OPEN');
const AWAY_OR_LATE = [...AWAY, '504 REQUEST_DEADLINE_EXCEEDED'];

const get = (path: string, more = {}) => {
  return ({ authorization }: Asker): Omit<GeneratedCall, 'kind'> => ({
    method: 'GET',
    path: `/api/v1/${path}`,
    headers: { authorization, ...more },
  });
};
const send = (method: string, path: string, body: (asker: Asker) => object, more = {}) => {
  return (asker: Asker): Omit<GeneratedCall, 'kind'> => ({
    method,
    path: `/api/v1/${path}`,
    headers: { authorization: asker.authorization, ...JSON_TYPE, ...more },
    body: JSON.stringify(body(asker)),
  });
};
const probe = (path: string) => (): Omit<GeneratedCall, 'kind'> => ({ method: 'GET', path, headers: {} });
const hurried = { 'x-request-timeout-ms': String(HURRIED_MS) };

/** What users and an orchestrator ask at the same time. */
export const MIXTURE: readonly CallKind[] = [
  { kind: 'metrics', share: 10, call: get('health-data/metrics'), usual: '200', away: ['200 cache'] },
  { kind: 'aggregates', share: 10, call: get(`health-data/aggregates?${IN_PERIOD}&bucket=month`), usual: '200', away: ['200 cache'] }, // prettier-ignore
  { kind: 'chat', share: 1, call: send('POST', 'chat/stateless', () => ({ message: QUESTION })), usual: '200', away: ['200 cache'] }, // prettier-ignore
  {
    kind: 'session',
    share: 2,
    call: send('POST', 'chat/stateful', ({ sessionId }) => ({ message: QUESTION, session_id: sessionId })),
    usual: '200',
    away: ['200 cache no_memory', '200 no_memory'],
  },
  {
    kind: 'profile',
    share: 3,
    call: send('PATCH', 'me', () => ({ time_zone: 'Europe/Paris' }), hurried),
    usual: '200',
    away: AWAY_OR_LATE,
    deadlineMs: HURRIED_MS,
  },
  {
    kind: 'push',
    share: 2,
    call: send('POST', 'health-data/records', () => ({ records: [anotherRecord()] }), { 'idempotency-key': 'key-{n}' }),
    usual: '200',
    away: AWAY,
  },
  {
    kind: 'imports',
    share: 4,
    call: get('imports', hurried),
    usual: '200',
    away: AWAY_OR_LATE,
    deadlineMs: HURRIED_MS,
  },
  { kind: 'unknown', share: 3, call: get('nothing-here'), usual: '404 ROUTE_PATH_NOT_FOUND' },
  { kind: 'live', share: 4, call: probe('/health/live'), usual: '200 ok' },
  { kind: 'ready', share: 1, call: probe('/health/ready'), usual: '200 ok', away: ['503 unavailable'] },
];

/** Not often: it writes to the disk, and is worked on in the background. */
export const RARE: CallKind = {
  kind: 'upload',
  share: 1,
  call: ({ authorization }) => ({
    method: 'POST',
    path: '/api/v1/imports',
    headers: { authorization, 'content-type': 'application/xml' },
    body: UPLOAD,
  }),
  usual: '202 queued',
  away: ['202 waiting_for_redis'],
};
/** One of so many rounds of the mixture has a rare call. */
const RARE_EVERY = 8;

/** The whole mixture for every asker, evenly spread, so that each second of it is like the others. */
export function mixedCalls(askers: readonly Asker[]): GeneratedCall[] {
  const round = MIXTURE.flatMap((each) =>
    Array.from({ length: each.share }, (_, index) => ({ each, place: (index + 0.5) / each.share })),
  ).sort((a, b) => a.place - b.place);
  return askers.flatMap((_, turn) => {
    const calls = turn % RARE_EVERY === 0 ? [...round, { each: RARE }] : round;
    // Each call of a round is somebody else's, and the next round begins with the next one.
    return calls.map(({ each }, index) => {
      const asker = askers[(turn + index * 7) % askers.length] as Asker;
      return { kind: each.kind, ...each.call(asker) };
    });
  });
}
