import type { ToolResult } from '../../tools/registry/tool-result';
import { ChatModel, type ChatModelEvent, type ChatRequest } from '../llm/chat-model';
import { ModelError } from '../llm/model-error';
import { FallbackResponder } from './fallback-responder.service';
import { MAX_ROUNDS, ModelResponder } from './model-responder.service';
import { Responder, type ResponderEvent, type ToolCall, type TurnInput } from './responder';

const TOKENS = { promptTokens: 10, completionTokens: 2 };
const RESULT: ToolResult = { success: true, data: { sum: 5 }, execution_time_ms: 1, correlation_id: 'req_1' };

interface Say {
  readonly text?: string;
  readonly tools?: ReadonlyArray<readonly [name: string, args: string]>;
  readonly fails?: Error;
}

/** Says one thing after the other, and the last one for ever; remembers what it was asked. */
class ScriptedModel extends ChatModel {
  readonly name = 'scripted';
  readonly asked: ChatRequest[] = [];
  constructor(private readonly script: readonly Say[]) {
    super();
  }
  override async *stream(request: ChatRequest): AsyncIterable<ChatModelEvent> {
    await Promise.resolve();
    const { text = '', tools = [], fails } = this.script[this.asked.length] ?? this.script.at(-1) ?? {};
    this.asked.push({ ...request, messages: [...request.messages] });
    for (const word of text.match(/\S+\s*/g) ?? []) yield { type: 'text', text: word };
    if (fails !== undefined) throw fails;
    const toolCalls = tools.map(([name, args], index) => ({ id: `call_${index}`, name, arguments: args }));
    yield { type: 'end', completion: { text, toolCalls, tokens: TOKENS } };
  }
}

class BuiltIn extends Responder {
  async *respond(): AsyncIterable<ResponderEvent> {
    yield { type: 'token', text: await Promise.resolve('built in') };
    yield { type: 'end', answeredBy: 'builtin', degraded: false, tokens: { promptTokens: 0, completionTokens: 0 } };
  }
}

function inputOf(changes: Partial<TurnInput> = {}): TurnInput & { readonly ran: unknown[] } {
  const ran: unknown[] = [];
  const tools = {
    definitions: [{ name: 'sum', description: 'Sums.', parameters: { type: 'object' as const } }],
    run: (name: string, args: unknown): Promise<ToolCall> => {
      ran.push([name, args]);
      return Promise.resolve({ name, arguments: {}, result: RESULT });
    },
  };
  return {
    message: 'How many steps?',
    history: [{ message: 'a', response: 'b' }],
    preferences: { timeZone: 'Europe/Paris', timeZoneSource: 'setting', units: 'metric', weekStart: 'monday' },
    now: Date.parse('2025-10-21T22:30:00Z'),
    tools,
    canTakeBack: false,
    isHistoryLost: false,
    signal: new AbortController().signal,
    ran,
    ...changes,
  };
}

interface Heard {
  readonly text: string;
  readonly types: string[];
  readonly end?: Extract<ResponderEvent, { type: 'end' }>;
  readonly error?: unknown;
}

async function hear(responder: Responder, input: TurnInput): Promise<Heard> {
  const events: ResponderEvent[] = [];
  let error: unknown;
  try {
    for await (const event of responder.respond(input)) events.push(event);
  } catch (thrown) {
    error = thrown;
  }
  const text = events.reduce((said, event) => {
    if (event.type === 'taken_back') return '';
    return event.type === 'token' ? said + event.text : said;
  }, '');
  const end = events.find((event) => event.type === 'end');
  return { text, types: events.map(({ type }) => type), ...(end && { end }), error };
}

describe('the model as responder', () => {
  it('knows the day, the time zone, the history and the tools', async () => {
    const model = new ScriptedModel([{ text: 'Fine.' }]);
    const input = inputOf();
    expect(await hear(new ModelResponder(model), input)).toMatchObject({
      text: 'Fine.',
      end: { answeredBy: 'scripted', degraded: false, tokens: TOKENS },
    });
    const [request] = model.asked;
    expect(request?.tools).toBe(input.tools.definitions);
    const [system, ...rest] = request?.messages ?? [];
    // Half past midnight in Paris: the day that counts is the user's.
    expect(system?.content).toContain('Today is Wednesday, 22 October 2025, 00:30, in the time zone Europe/Paris.');
    expect(rest).toEqual([
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
      { role: 'user', content: 'How many steps?' },
    ]);
  });

  it('runs the tools the model calls, and gives it what they say', async () => {
    const model = new ScriptedModel([{ text: 'Let me see.', tools: [['sum', '{"a":1}']] }, { text: 'It is 5.' }]);
    const input = inputOf();
    const { text, types, end } = await hear(new ModelResponder(model), input);
    expect(text).toBe('Let me see.\n\nIt is 5.');
    expect([types[0], types.at(-1), types.filter((type) => type === 'tool')]).toEqual(['token', 'end', ['tool']]);
    expect(input.ran).toEqual([['sum', { a: 1 }]]);
    expect(end?.tokens).toEqual({ promptTokens: 20, completionTokens: 4 });
    expect(model.asked[1]?.messages.slice(-2)).toEqual([
      {
        role: 'assistant',
        content: 'Let me see.',
        toolCalls: [{ id: 'call_0', name: 'sum', arguments: '{"a":1}' }],
      },
      { role: 'tool', toolCallId: 'call_0', content: JSON.stringify(RESULT) },
    ]);
  });

  it.each([
    ['{"a":', '{"a":'],
    ['[1]', '[1]'],
    ['"x"', '"x"'],
    ['', {}],
  ])('passes arguments that are no object on, to be refused: %p', async (written, given) => {
    const input = inputOf();
    await hear(new ModelResponder(new ScriptedModel([{ tools: [['sum', written]] }, { text: 'x' }])), input);
    expect(input.ran).toEqual([['sum', given]]);
  });

  it('ends a model that calls tools for ever', async () => {
    const model = new ScriptedModel([{ tools: [['sum', '{}']] }]);
    const input = inputOf();
    const { error } = await hear(new ModelResponder(model), input);
    expect(error).toMatchObject({ error_code: 'LLM_RESPONSE_INVALID' });
    expect([model.asked.length, input.ran.length]).toEqual([MAX_ROUNDS, MAX_ROUNDS - 1]);
  });
});

describe('falling back', () => {
  const FAILURE = new ModelError('failed');
  const set = (...script: Say[]): { responder: Responder; warn: jest.Mock } => {
    const warn = jest.fn();
    const first = new ModelResponder(new ScriptedModel(script));
    return { responder: new FallbackResponder(first, new BuiltIn() as never, { warn } as never), warn };
  };

  it('is not needed while the model answers', async () => {
    for (const canTakeBack of [true, false]) {
      const { responder, warn } = set({ text: 'It is 5.' });
      const { text, end } = await hear(responder, inputOf({ canTakeBack }));
      expect([text, end?.answeredBy, end?.degraded]).toEqual(['It is 5.', 'scripted', false]);
      expect(warn).not.toHaveBeenCalled();
    }
  });

  it('lets the other answer, and says that this is a lesser answer', async () => {
    const { responder, warn } = set({ fails: FAILURE });
    const { text, end } = await hear(responder, inputOf());
    expect([text, end?.answeredBy, end?.degraded]).toEqual(['built in', 'builtin', true]);
    const fields = { error_code: 'LLM_SERVICE_FAILED', fallback: 'builtin', err: FAILURE };
    expect(warn).toHaveBeenCalledWith('chat_model_failed', fields);
  });

  it('still can after tools were run', async () => {
    const { responder } = set({ tools: [['sum', '{}']] }, { fails: FAILURE });
    const { types, text } = await hear(responder, inputOf());
    expect([types, text]).toEqual([['tool', 'token', 'end'], 'built in']);
  });

  it('cannot once words were shown', async () => {
    const { responder, warn } = set({ text: 'It is', fails: FAILURE });
    const { text, error } = await hear(responder, inputOf());
    expect([text, error]).toEqual(['It is', FAILURE]);
    expect(warn).not.toHaveBeenCalled();
  });

  it('can after words that nobody was shown, and takes them back', async () => {
    const { responder } = set({ text: 'It is', fails: FAILURE });
    const { text, end } = await hear(responder, inputOf({ canTakeBack: true }));
    expect([text, end?.degraded]).toEqual(['built in', true]);
  });

  it.each([
    ['a bug', new TypeError('bug')],
    ['a deadline', Object.assign(new Error('late'), { error_code: 'REQUEST_DEADLINE_EXCEEDED' })],
  ])('is not for %s', async (_what, error) => {
    expect((await hear(set({ fails: error }).responder, inputOf())).error).toBe(error);
  });

  it('is not for somebody who has left', async () => {
    const caller = new AbortController();
    const gone = new Error('gone');
    caller.abort(gone);
    const { error } = await hear(set({ fails: FAILURE }).responder, inputOf({ signal: caller.signal }));
    expect(error).toBe(gone);
  });
});
