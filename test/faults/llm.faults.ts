import type { LlmReply, TcpFault } from '@app/common/testing';
import type { FaultRow, Outcome } from './support/fault-table';
import { type LlmWorld, SAID } from './support/llm-world';

type LlmFaultRow = FaultRow<LlmWorld>;
type Expected = LlmFaultRow['expected'];

/** The built-in responder answers in the model's stead, and says so. */
const STAND_IN: readonly Outcome[] = ['200 degraded', '200 done degraded'];
const OPERATOR = { operator: ['200', '200 local'] };
const DEGRADED: Expected = { ...OPERATOR, chat: STAND_IN, chat_session: STAND_IN };
const AFTER_TOOLS = [...STAND_IN, ...STAND_IN.map((outcome) => `${outcome} tool:TOOL_INVALID_INPUT`)];
const MISLED: Expected = { ...OPERATOR, chat: AFTER_TOOLS, chat_session: AFTER_TOOLS };
const DOWN: Expected = { ...DEGRADED, report: ['503 unhealthy'] };

/** Part of the answer is out by then: a stream has nothing left but to say so. */
const brokenOff = (code: string): Expected => {
  const outcomes = [...STAND_IN, `200 error ${code}`];
  return { ...OPERATOR, chat: outcomes, chat_session: outcomes };
};

const SOMETIMES: readonly Outcome[] = [...STAND_IN, '200', '200 done', '200 error LLM_SERVICE_FAILED'];
const ON_AND_OFF: Expected = {
  ...OPERATOR,
  chat: SOMETIMES,
  chat_session: SOMETIMES,
  report: ['200 healthy', '503 unhealthy'],
};

async function heal({ llm, proxy }: LlmWorld): Promise<void> {
  llm.respond({ kind: 'text', text: SAID });
  llm.respondToModels(200);
  await proxy.heal();
}
const network = (name: string, description: string, fault: TcpFault, expected = DOWN): LlmFaultRow => ({
  name,
  description,
  inject: ({ proxy }) => proxy.inject(fault),
  heal,
  expected,
  opensCircuit: true,
});
const status = (code: number, opensCircuit: boolean, description: string, headers = {}, name = ''): LlmFaultRow => ({
  name: `${code}${name}`,
  description,
  inject: ({ llm }) => {
    llm.respond({ kind: 'status', status: code, headers });
    // Limits are on completions; everything else is wrong everywhere.
    llm.respondToModels(code === 429 ? 200 : code);
  },
  heal,
  expected: code === 429 ? DEGRADED : DOWN,
  opensCircuit,
});
const answer = (
  name: string,
  description: string,
  reply: LlmReply,
  opensCircuit: boolean,
  expected = DEGRADED,
): LlmFaultRow => ({
  name,
  description,
  inject: ({ llm }) => llm.respond(reply),
  heal,
  expected,
  opensCircuit,
});
const tool = (name: string, args: unknown): LlmReply => ({ kind: 'tools', calls: [{ name, arguments: args }] });

export const LLM_FAULTS: readonly LlmFaultRow[] = [
  network('refused', 'nobody listens', { kind: 'refuse' }),
  network('black-holed', 'the network swallows everything', { kind: 'black_hole' }),
  network('severed', 'the network swallows everything, and forgets the connections without a word', { kind: 'sever' }),
  network('slow', 'answers take longer than the time limit', { kind: 'latency', ms: 2_000 }),
  network('trickling', 'answers come a byte at a time', { kind: 'trickle', ms: 40 }),
  network(
    'reset',
    'connections are reset in mid-reply',
    { kind: 'reset' },
    { ...DOWN, ...brokenOff('LLM_SERVICE_FAILED') },
  ),
  network('garbage', 'answers are bytes that are not HTTP', { kind: 'garbage' }),
  network('flapping', 'it comes and goes five times a second', { kind: 'flap', downMs: 150, upMs: 50 }, ON_AND_OFF),
  status(401, false, 'it does not take the key'),
  status(429, false, 'it takes no more for an hour', { 'retry-after': '3600' }),
  status(429, false, 'it takes no more at the moment', { 'retry-after': '0' }, ' for now'),
  status(500, true, 'it fails'),
  answer(
    'reset in mid-answer',
    'it breaks off in the middle of an answer',
    { kind: 'reset', text: 'You walked' },
    true,
    brokenOff('LLM_SERVICE_FAILED'),
  ),
  answer(
    'silent in mid-answer',
    'it falls silent in the middle of an answer',
    { kind: 'hang_midway', text: 'You walked' },
    true,
    brokenOff('LLM_SERVICE_FAILED'),
  ),
  answer(
    'truncated',
    'its answer ends in the middle as if that were its end',
    { kind: 'truncated', text: 'You walked' },
    true,
    brokenOff('LLM_RESPONSE_INVALID'),
  ),
  answer('invalid JSON', 'its answer is broken JSON', { kind: 'raw', body: 'data: {"choices": [\n\n' }, true),
  answer('other JSON', 'its answer is JSON of another kind', { kind: 'raw', body: 'data: 42\n\ndata: null\n\n' }, true),
  answer('web page', 'its answer is a web page', { kind: 'raw', body: '<html>login</html>', type: 'text/html' }, true),
  answer('filtered', 'its answer is withheld by its content filter', { kind: 'content_filter' }, false),
  answer('empty', 'its answer is empty', { kind: 'empty' }, true),
  answer('unknown tool', 'it keeps calling a tool that does not exist', tool('launch_missiles', {}), false, MISLED),
  answer(
    'bad arguments',
    'it keeps calling a tool with what is no JSON',
    tool('get_health_metrics', '{"metric'),
    false,
    MISLED,
  ),
  answer('tool loop', 'it calls the same tool for ever', tool('list_available_metrics', {}), false),
];
