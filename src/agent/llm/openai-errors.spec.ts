import { faultOfStatus, retryAfterOf } from './openai-errors';

describe('a status of the model', () => {
  it.each([
    [undefined, 'failed'],
    [302, 'garbled'],
    [400, 'refused'],
    [401, 'misconfigured'],
    [403, 'misconfigured'],
    [404, 'misconfigured'],
    [408, 'failed'],
    [409, 'failed'],
    [413, 'refused'],
    [422, 'refused'],
    [429, 'rate_limited'],
    [500, 'failed'],
    [529, 'failed'],
  ])('%s means %s', (status, fault) => {
    expect(faultOfStatus(status)).toBe(fault);
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2025-10-21T10:00:00Z');

  it.each([
    ['7', 7_000],
    ['0.5', 500],
    ['Tue, 21 Oct 2025 10:00:30 GMT', 30_000],
    ['Tue, 21 Oct 2025 09:00:00 GMT', 0],
    ['soon', undefined],
    ['', undefined],
  ])('%p is %p ms', (written, ms) => {
    expect(retryAfterOf(new Headers({ 'retry-after': written }), now)).toBe(ms);
  });

  it('may be missing', () => {
    expect([retryAfterOf(new Headers()), retryAfterOf(undefined)]).toEqual([undefined, undefined]);
  });
});
