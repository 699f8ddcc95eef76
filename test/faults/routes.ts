import type { HttpCall } from '../e2e/support/http';
import { exportXml, recordXml } from '../fixtures/health-export';
import type { Fixtures, RouteRow } from './support/fault-table';

const NO_DATA = ['422 HEALTH_DATA_NOT_FOUND'];
const NO_SESSION = ['404 CHAT_SESSION_NOT_FOUND'];
const NO_IMPORT = ['404 IMPORT_JOB_NOT_FOUND'];
const QUESTION = 'How many steps did I take in 2024?';
export const UPLOAD = exportXml(recordXml());
const MINUTE_MS = 60_000;

/** Steps in a minute of their own of 2024: a record that is there already need not be written. */
export function anotherRecord(): object {
  const start = Date.UTC(2024, 5, 1) + Math.floor(Math.random() * 100_000) * MINUTE_MS;
  const [from, to] = [start, start + MINUTE_MS].map((at) => new Date(at).toISOString());
  return { metric_type: 'StepCount', value: 40, unit: 'count', start: from, end: to, source: 'Phone' };
}

const open = (path: string): (() => HttpCall) => {
  return () => ({ path });
};
const get = (path: string | ((fixtures: Fixtures) => string)): ((fixtures: Fixtures) => HttpCall) => {
  return (fixtures) => ({
    path: `/api/v1/${typeof path === 'string' ? path : path(fixtures)}`,
    headers: { authorization: fixtures.authorization },
  });
};
const send = (method: string, path: string, body: (fixtures: Fixtures) => object) => {
  return (fixtures: Fixtures): HttpCall => ({
    method,
    path: `/api/v1/${path}`,
    headers: { authorization: fixtures.authorization, 'content-type': 'application/json' },
    body: JSON.stringify(body(fixtures)),
  });
};
const inPeriod = 'metric_types=StepCount&time_period=2024';

const operate = (method: string, path: string, body?: object) => {
  return ({ admin }: Fixtures): HttpCall => ({
    method,
    path: `/api/v1/admin/${path}`,
    headers: { authorization: admin, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
};

/** Every route of the application, and what it is like when nothing is wrong. */
export const ROUTES: readonly RouteRow[] = [
  { route: 'GET /', role: 'local', call: open('/') },
  { route: 'GET /errors', role: 'local', call: open('/errors') },
  { route: 'GET /errors/{code}', role: 'local', call: open('/errors/REDIS_CIRCUIT_OPEN') },
  { route: 'GET /metrics', role: 'local', call: open('/metrics') },
  { route: 'GET /health', role: 'report', call: open('/health'), healthy: ['200 healthy'] },
  { route: 'GET /health/live', role: 'local', call: open('/health/live'), healthy: ['200 ok'] },
  { route: 'GET /health/ready', role: 'readiness', call: open('/health/ready'), healthy: ['200 ok'] },
  { route: 'GET /health/startup', role: 'local', call: open('/health/startup'), healthy: ['200 ok'] },
  { route: 'GET /api/v1/health-data/metrics', role: 'health_read', call: get('health-data/metrics') },
  {
    route: 'GET /api/v1/health-data/records',
    role: 'health_read',
    call: get(`health-data/records?${inPeriod}`),
    empty: NO_DATA,
  },
  {
    route: 'GET /api/v1/health-data/aggregates',
    role: 'health_read',
    call: get(`health-data/aggregates?${inPeriod}&bucket=month`),
    empty: NO_DATA,
  },
  {
    route: 'POST /api/v1/health-data/records',
    role: 'store_write',
    call: send('POST', 'health-data/records', () => ({ records: [anotherRecord()] })),
  },
  {
    route: 'POST /api/v1/imports',
    role: 'upload',
    call: ({ authorization }) => ({
      method: 'POST',
      path: '/api/v1/imports',
      headers: { authorization, 'content-type': 'application/xml' },
      body: UPLOAD,
    }),
    healthy: ['202 queued'],
  },
  { route: 'GET /api/v1/imports', role: 'store_read', call: get('imports') },
  {
    route: 'GET /api/v1/imports/{id}',
    role: 'store_read',
    call: get(({ importId }) => `imports/${importId}`),
    empty: NO_IMPORT,
  },
  {
    route: 'GET /api/v1/imports/{id}/events',
    role: 'store_read',
    call: get(({ importId }) => `imports/${importId}/events`),
    healthy: ['200 done'],
    empty: NO_IMPORT,
  },
  {
    route: 'DELETE /api/v1/imports/{id}',
    role: 'store_read',
    call: (fixtures) => ({ ...get(`imports/${fixtures.importId}`)(fixtures), method: 'DELETE' }),
    empty: NO_IMPORT,
  },
  { route: 'GET /api/v1/me', role: 'store_read', call: get('me') },
  {
    route: 'PATCH /api/v1/me',
    role: 'store_write',
    call: send('PATCH', 'me', () => ({ time_zone: 'Europe/Paris' })),
  },
  {
    route: 'DELETE /api/v1/me',
    role: 'erase',
    call: ({ forgettable }) => ({ method: 'DELETE', path: '/api/v1/me', headers: { authorization: forgettable } }),
  },
  {
    route: 'POST /api/v1/chat/stateless',
    role: 'chat',
    call: send('POST', 'chat/stateless', () => ({ message: QUESTION })),
    empty: ['200 tool:HEALTH_DATA_NOT_FOUND'],
  },
  {
    route: 'POST /api/v1/chat/stateless/stream',
    role: 'chat',
    call: send('POST', 'chat/stateless/stream', () => ({ message: QUESTION })),
    healthy: ['200 done'],
    empty: ['200 done tool:HEALTH_DATA_NOT_FOUND'],
  },
  {
    route: 'POST /api/v1/chat/stateful',
    role: 'chat_session',
    call: send('POST', 'chat/stateful', ({ sessionId }) => ({ message: QUESTION, session_id: sessionId })),
    empty: NO_SESSION,
  },
  {
    route: 'POST /api/v1/chat/stateful/stream',
    role: 'chat_session',
    call: send('POST', 'chat/stateful/stream', ({ sessionId }) => ({ message: QUESTION, session_id: sessionId })),
    healthy: ['200 done'],
    empty: NO_SESSION,
  },
  { route: 'GET /api/v1/admin/resilience', role: 'local', call: operate('GET', 'resilience') },
  {
    route: 'POST /api/v1/admin/resilience/{name}/isolate',
    role: 'local',
    // One of those that are under test must not be touched.
    call: operate('POST', 'resilience/nobody/isolate'),
    healthy: ['404 RESILIENCE_POLICY_NOT_FOUND'],
  },
  {
    route: 'POST /api/v1/admin/resilience/{name}/release',
    role: 'local',
    call: operate('POST', 'resilience/redis/release'),
  },
  { route: 'GET /api/v1/admin/maintenance', role: 'operator', call: operate('GET', 'maintenance') },
  {
    route: 'PUT /api/v1/admin/maintenance',
    role: 'operator',
    call: operate('PUT', 'maintenance', { active: false }),
  },
  { route: 'GET /api/v1/admin/log-level', role: 'local', call: operate('GET', 'log-level') },
  {
    route: 'PUT /api/v1/admin/log-level',
    role: 'local',
    call: operate('PUT', 'log-level', { level: 'debug', for_seconds: 60 }),
  },
  { route: 'GET /api/v1/admin/errors', role: 'local', call: operate('GET', 'errors') },
  {
    route: 'GET /api/v1/admin/errors/{correlation_id}',
    role: 'local',
    call: operate('GET', 'errors/never-heard-of'),
    healthy: ['404 REQUEST_TRACE_NOT_FOUND'],
  },
  { route: 'GET /api/v1/admin/performance', role: 'local', call: operate('GET', 'performance') },
  { route: 'GET /api/v1/chat/sessions', role: 'store_read', call: get('chat/sessions') },
  {
    route: 'GET /api/v1/chat/sessions/{id}/messages',
    role: 'store_read',
    call: get(({ sessionId }) => `chat/sessions/${sessionId}/messages`),
    empty: NO_SESSION,
  },
  {
    route: 'DELETE /api/v1/chat/sessions/{id}',
    role: 'store_delete',
    call: (fixtures) => ({ ...get(`chat/sessions/${fixtures.spareSessionId}`)(fixtures), method: 'DELETE' }),
    // It may have been deleted the first time, although nobody could say so.
    healthy: ['200', ...NO_SESSION],
    empty: NO_SESSION,
  },
];

/** What is not in the API document and must answer all the same. */
export const OTHER_ROUTES: readonly RouteRow[] = [
  { route: 'GET /openapi.json', role: 'local', call: open('/openapi.json') },
  { route: 'GET /docs', role: 'local', call: open('/docs') },
  { route: '(unknown route)', role: 'local', call: get('nothing-here'), healthy: ['404 ROUTE_PATH_NOT_FOUND'] },
  { route: '(no token)', role: 'local', call: open('/api/v1/me'), healthy: ['401 AUTH_TOKEN_MISSING'] },
];
