import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, FakeLlmServer, type LlmReply } from '@app/common/testing';
import { exportXml, manyRecords, recordXml } from '../fixtures/health-export';
import { startWellnessApp, type WellnessApp } from '../support/wellness-app';
import { call, type HttpAnswer } from './support/http';
import { ImportsClient } from './support/imports-app';
import { DURATIONS, ERRORS, expectFigures, type Figures, growthOf, REQUESTS, scrape } from './support/scrape';

let llm: FakeLlmServer;
let app: WellnessApp;
let strict: WellnessApp;

beforeAll(async () => {
  llm = await FakeLlmServer.start();
  const model = {
    LLM_BASE_URL: llm.url,
    LLM_MODEL: 'test-model',
    LLM_BREAKER_THRESHOLD: '1000',
    LLM_RETRY_MAX: '1',
    LLM_RETRY_BASE_MS: '5',
  };
  app = await startWellnessApp(model);
  strict = await startWellnessApp({ ...model, LLM_FALLBACK: 'none' });
});
afterAll(async () => {
  await app.close();
  await strict.close();
  await llm.stop();
});

async function send(path: string, body: object, headers: object = {}, port = app.port): Promise<HttpAnswer> {
  const bearer = await app.bearer('user-of-the-figures', ['chat']);
  return call(port, {
    method: 'POST',
    path: `/api/v1/${path}`,
    headers: { ...bearer, ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function chat(...replies: LlmReply[]): Promise<HttpAnswer> {
  llm.respond((_, number) => replies[number - 1] ?? (replies.at(-1) as LlmReply));
  return send('chat/stateless', { message: 'How many steps did I take?' });
}

const tool = (name: string, args: object): LlmReply => ({ kind: 'tools', calls: [{ name, arguments: args }] });
const text = (said: string): LlmReply => ({ kind: 'text', text: said });

/** Goes away when the model has been asked. */
async function leaveEarly(): Promise<void> {
  llm.respond({ kind: 'hang' });
  const headers = { ...(await app.bearer('who-leaves', ['chat'])), 'content-type': 'application/json' };
  const options = { host: '127.0.0.1', port: app.port, method: 'POST', path: '/api/v1/chat/stateless', headers };
  const outgoing = request(options);
  outgoing.on('error', () => undefined);
  outgoing.end(JSON.stringify({ message: 'hello?' }));
  await eventually(() => llm.completions.length === 1);
  outgoing.destroy();
  await eventually(async () => ((await scrape(app.port)).value(REQUESTS, { status: '499' }) ?? 0) > 0);
}

const importer = (): ImportsClient => new ImportsClient(app, `importer-${randomUUID()}`);

async function importTwice(): Promise<void> {
  const client = importer();
  const content = exportXml(manyRecords(1_000));
  await client.import(content);
  await client.import(content);
}

const CHAT: Figures[] = [
  {
    what: 'a client that goes away is no error',
    act: leaveEarly,
    grows: [
      [REQUESTS, { route: '/api/v1/chat/stateless', status: '499' }, 1],
      [DURATIONS, { route: '/api/v1/chat/stateless', status_class: '4xx' }, 1],
    ],
    stays: [ERRORS],
  },

  {
    what: 'an answer of the model, and what it took',
    act: () => chat(text('All is well.')),
    grows: [
      ['wellness_llm_completions_total', { outcome: 'answered' }, 1],
      ['wellness_llm_completion_duration_seconds_count', { outcome: 'answered' }, 1],
      ['wellness_llm_first_token_seconds_count', {}, 1],
      ['wellness_llm_tokens_total', { kind: 'prompt' }, 7],
      ['wellness_llm_tokens_total', { kind: 'completion' }, 3],
      ['wellness_chat_answers_total', { answered_by: 'model', degraded: 'false' }, 1],
      ['wellness_answer_checks_total', { verdict: 'no_numbers' }, 1],
      ['wellness_policy_calls_total', { policy: 'llm', outcome: 'success' }, 1],
    ],
    stays: ['wellness_tool_duration_seconds_count', 'wellness_answer_numbers_total'],
  },
  {
    what: 'an answer with a number that no tool said',
    act: () => chat(text('You took 12,345 steps.')),
    grows: [
      ['wellness_answer_checks_total', { verdict: 'unmatched' }, 1],
      ['wellness_answer_numbers_total', { verdict: 'unmatched' }, 1],
    ],
  },
  {
    what: 'a tool that works, and one that is given nonsense',
    act: () =>
      chat(tool('list_available_metrics', {}), tool('get_health_metrics', { metric_types: 7 }), text('Nothing there.')),
    grows: [
      ['wellness_tool_duration_seconds_count', { tool: 'list_available_metrics', outcome: 'success' }, 1],
      ['wellness_tool_duration_seconds_count', { tool: 'get_health_metrics', outcome: 'failure' }, 1],
      ['wellness_tool_failures_total', { tool: 'get_health_metrics', code: 'TOOL_INVALID_INPUT' }, 1],
      ['wellness_llm_completions_total', { outcome: 'answered' }, 3],
    ],
  },
  {
    what: 'a tool that the model made up',
    act: () => chat(tool(`tool_${randomUUID()}`, {}), text('There is no such tool.')),
    grows: [['wellness_tool_failures_total', { tool: 'unknown', code: 'TOOL_INVALID_INPUT' }, 1]],
  },
  {
    what: 'a model that fails once',
    act: () => chat({ kind: 'status', status: 500 }, text('Here I am again.')),
    grows: [
      ['wellness_llm_completions_total', { outcome: 'failed' }, 1],
      ['wellness_llm_completion_duration_seconds_count', { outcome: 'failed' }, 1],
      ['wellness_policy_retries_total', { policy: 'llm' }, 1],
      ['wellness_policy_failures_total', { policy: 'llm' }, 1],
      ['wellness_chat_answers_total', { answered_by: 'model', degraded: 'false' }, 1],
    ],
    stays: ['wellness_chat_fallbacks_total', ERRORS],
  },
  {
    what: 'a model that fails for good, and who answers then',
    act: () => chat({ kind: 'status', status: 500 }),
    grows: [
      ['wellness_chat_fallbacks_total', { code: 'LLM_SERVICE_FAILED' }, 1],
      ['wellness_chat_answers_total', { answered_by: 'builtin', degraded: 'true' }, 1],
      ['wellness_policy_calls_total', { policy: 'llm', outcome: 'error' }, 1],
    ],
  },
];

const IMPORTS: Figures[] = [
  {
    what: 'an import, and the same again',
    act: importTwice,
    grows: [
      ['wellness_imports_received_total', {}, 2],
      ['wellness_import_runs_total', { outcome: 'completed' }, 2],
      ['wellness_import_duration_seconds_count', { outcome: 'completed' }, 2],
      ['wellness_import_records_total', { result: 'stored' }, 1_000],
      ['wellness_import_records_total', { result: 'duplicate' }, 1_000],
      ['wellness_import_read_bytes_total', {}, 2 * Buffer.byteLength(exportXml(manyRecords(1_000)))],
    ],
  },
  {
    what: 'an import of something broken',
    act: () => importer().import(`${exportXml(recordXml()).slice(0, -20)}<<<`),
    grows: [
      ['wellness_import_runs_total', { outcome: 'failed' }, 1],
      ['wellness_import_failures_total', { code: 'IMPORT_FILE_UNREADABLE' }, 1],
      ['wellness_import_duration_seconds_count', { outcome: 'failed' }, 1],
    ],
  },
];

describe('metrics count', () => {
  it.each([...CHAT, ...IMPORTS])('$what', async (figures) => {
    await expectFigures(app.port, figures);
  });

  it('an error in the middle of an event stream, whose status is that of a success', async () => {
    llm.respond({ kind: 'reset', text: 'Once upon a' });
    const growth = await growthOf(strict.port, () =>
      send('chat/stateless/stream', { message: 'hello?' }, { accept: 'text/event-stream' }, strict.port),
    );
    expect(growth(ERRORS, { code: 'LLM_SERVICE_FAILED', category: 'infrastructure', stage: 'midway' })).toBe(1);
    expect(growth(ERRORS)).toBe(1);
    expect(growth(REQUESTS, { route: '/api/v1/chat/stateless/stream', status: '200' })).toBe(1);
  });

  it('what is under way, while it is', async () => {
    llm.respond({ kind: 'hang_midway', text: 'Well' });
    const asked = send('chat/stateless', { message: 'hello?' });
    await eventually(() => llm.completions.length === 1);
    await sleep(100);
    const during = await scrape(app.port);
    // Whoever scrapes is under way, too.
    expect(during.value('wellness_http_requests_in_flight')).toBe(2);
    expect(during.value('wellness_policy_calls_in_flight', { policy: 'llm' })).toBe(1);
    await llm.stop();
    await asked;
    await llm.listen();
    expect((await scrape(app.port)).value('wellness_policy_calls_in_flight', { policy: 'llm' })).toBe(0);
  });
});
