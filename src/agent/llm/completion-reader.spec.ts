import fc from 'fast-check';
import { CompletionReader } from './completion-reader';

const chunk = (delta: object, finish_reason: string | null = null): object => ({
  choices: [{ index: 0, delta, finish_reason }],
});
const END = chunk({}, 'stop');

function read(...chunks: readonly unknown[]): { shown: string; reader: CompletionReader } {
  const reader = new CompletionReader();
  return { shown: chunks.map((each) => reader.take(each)).join(''), reader };
}

/** A text in pieces, cut anywhere. */
const pieces = fc.tuple(fc.string({ minLength: 1, unit: 'grapheme' }), fc.array(fc.nat(40))).map(([text, cuts]) => {
  const at = [...new Set([0, ...cuts.filter((cut) => cut < text.length), text.length])].sort((a, b) => a - b);
  return at.slice(1).map((end, index) => text.slice(at[index], end));
});

describe('reading a completion', () => {
  it('puts a text together however it is cut, and shows all but the blanks before it', () => {
    fc.assert(
      fc.property(pieces, (parts) => {
        const whole = parts.join('').trimStart();
        fc.pre(whole !== '');
        const { shown, reader } = read(...parts.map((content) => chunk({ content })), END);
        expect([shown, reader.end().text]).toEqual([whole, whole]);
      }),
    );
  });

  it('puts the arguments of tool calls together, also of several at once', () => {
    fc.assert(
      fc.property(fc.array(pieces, { minLength: 1, maxLength: 5 }), (calls) => {
        const longest = Math.max(...calls.map(({ length }) => length));
        const deltas = Array.from({ length: longest }, (_, turn) =>
          calls.flatMap((parts, index) => {
            const written = parts[turn];
            if (written === undefined) return [];
            const first = turn === 0 ? { id: `call_${index}`, type: 'function' } : {};
            return [{ index, ...first, function: { ...(turn === 0 && { name: 'tool' }), arguments: written } }];
          }),
        );
        const { reader } = read(...deltas.map((tool_calls) => chunk({ tool_calls })), chunk({}, 'tool_calls'));
        expect(reader.end().toolCalls).toEqual(
          calls.map((parts, index) => ({ id: `call_${index}`, name: 'tool', arguments: parts.join('') })),
        );
      }),
    );
  });

  it('makes up for ids and indexes that some servers leave out', () => {
    const call = { function: { name: 'tool', arguments: '{}' } };
    const { reader } = read(chunk({ tool_calls: [call, call] }), END);
    expect(reader.end().toolCalls.map(({ id }) => id)).toEqual(['call_0', 'call_1']);
  });

  it('takes usage from wherever it comes, and does without', () => {
    const usage = { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 };
    const { reader } = read(chunk({ content: 'x' }), END, { choices: [], usage });
    expect(reader.end().tokens).toEqual({ promptTokens: 12, completionTokens: 3 });
    expect(read(chunk({ content: 'x' }), { ...END, usage: null }).reader.end().tokens.promptTokens).toBe(0);
  });

  it.each([
    ['the announcement of a role', { role: 'assistant', content: '' }, false],
    ['nothing', {}, false],
    ['a word', { content: 'x' }, true],
    ['a thought', { reasoning_content: 'hm' }, true],
    ['a tool', { tool_calls: [{ index: 0, function: { name: 'x' } }] }, true],
  ])('knows whether the answer goes on: %s', (_what, delta, goesOn) => {
    expect(read(chunk(delta)).reader.hasProgressed).toBe(goesOn);
  });

  it.each([
    ['no object', ['text'], 'garbled'],
    ['no choices', [{ id: 'x' }], 'garbled'],
    ['a text that is none', [chunk({ content: 7 })], 'garbled'],
    ['a call out of order', [chunk({ tool_calls: [{ index: 3, function: { name: 'x' } }] })], 'garbled'],
    ['more calls than anybody needs', [chunk({ tool_calls: Array.from({ length: 17 }, () => ({})) })], 'garbled'],
    ['more text than anybody reads', [chunk({ content: 'x'.repeat(65_537) })], 'garbled'],
    ['no end', [chunk({ content: 'x' })], 'garbled'],
    ['nothing at all', [END], 'garbled'],
    ['nothing but blanks', [chunk({ content: ' \n' }), END], 'garbled'],
    ['a filter', [chunk({ content: 'x' }), chunk({}, 'content_filter')], 'filtered'],
    ['a refusal', [chunk({ refusal: 'I can’t' }), END], 'filtered'],
  ])('fails on %s', (_what, chunks, fault) => {
    const reading = (): unknown => read(...chunks).reader.end();
    expect(reading).toThrow(expect.objectContaining({ fault }));
  });
});
