import fc from 'fast-check';
import { formatNumber, quantity } from '../answers/wording';
import type { ToolCall } from '../responder/responder';
import { checkAnswer } from './answer-check';

function said(data: unknown): ToolCall[] {
  const run = { execution_time_ms: 1, correlation_id: 'req_1' };
  return [{ name: 'get_health_metrics', arguments: {}, result: { success: true, data, ...run } }];
}

describe('checking the numbers of an answer', () => {
  it.each([
    ['a rounded value', 'It was 71.3 bpm.', { avg: 71.28 }, 1],
    ['thousands', 'You took 42,000 steps.', { sum: 42_000.4 }, 1],
    ['hours and minutes', 'That is 7 h 12 min.', { duration: 431.8 }, 2],
    ['a date', 'It was on 15 October 2025 at 07:12.', { at: '2025-10-15T07:12:00+02:00' }, 4],
    ['the length of a list', 'Here are 3 records.', { records: ['a', 'b', 'c'] }, 1],
    ['names with digits are no numbers', 'Your VO2 max and B12 are fine.', {}, 0],
  ])('knows %s', (_name, answer, data, checked) => {
    expect(checkAnswer(answer, said(data), '')).toEqual({ checked, unmatched: [] });
  });

  it.each([
    ['a wrong value', 'It was 72.3 bpm.', { avg: 71.28 }, ['72.3']],
    ['a value that was rounded wrongly', 'It was 71.2 bpm.', { avg: 71.28 }, ['71.2']],
    ['a sum nobody computed', 'Together 3,000 steps.', { a: 1000, b: 1999 }, ['3,000']],
    ['a number without any tool', 'You slept 8 hours.', {}, ['8']],
  ])('finds %s', (_name, answer, data, unmatched) => {
    expect(checkAnswer(answer, said(data), '').unmatched).toEqual(unmatched);
  });

  it('takes the user’s own numbers for known', () => {
    expect(checkAnswer('I cannot say for 500 days.', [], 'and in 500 days?')).toEqual({ checked: 1, unmatched: [] });
  });

  it('finds every quantity that is written as the answers write them', () => {
    const units = fc.constantFrom('', 'steps', 'bpm', 'km', '%', 'min', 'kg');
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e7, noNaN: true }), units, (value, unit) => {
        const answer = `It was ${quantity(value, unit)}.`;
        expect(checkAnswer(answer, said({ value }), '').unmatched).toEqual([]);
      }),
    );
  });

  it('finds every number that no tool said', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 1e7 }), fc.integer({ min: 1, max: 1000 }), (value, off) => {
        const wrong = formatNumber(value + off, 0);
        expect(checkAnswer(`It was ${wrong}.`, said({ value }), '').unmatched).toEqual([wrong]);
      }),
    );
  });
});
