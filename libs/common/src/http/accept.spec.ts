import fc from 'fast-check';
import { acceptQuality, prefersOverJson } from './accept';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

describe('what a client accepts', () => {
  it.each([
    [undefined, 'application/json', 1],
    ['', 'application/json', 1],
    ['*/*', 'application/json', 1],
    ['application/*;q=0.4, application/json;q=0.7', 'application/json', 0.7],
    ['application/json;q=0', 'application/json', 0],
    ['text/html', 'application/json', 0],
    ['text/html;level=1;q=0.3', 'text/html', 0.3],
    ['application/json;q=two', 'application/json', 0],
    ['APPLICATION/JSON', 'application/json', 1],
    [BROWSER, 'text/html', 1],
  ])('%p wants %s at %d', (accept, type, quality) => {
    expect(acceptQuality(accept, type)).toBe(quality);
  });

  it.each([
    [undefined, 'text/html', false],
    ['*/*', 'text/html', false],
    [BROWSER, 'text/html', true],
    ['text/html', 'text/html', true],
    ['application/json, text/html;q=0.9', 'text/html', false],
    ['application/problem+json, application/json', 'application/problem+json', true],
    ['application/problem+json;q=0', 'application/problem+json', false],
  ])('%p: rather %s than JSON is %p', (accept, type, preferred) => {
    expect(prefersOverJson(accept, type)).toBe(preferred);
  });

  it('is between 0 and 1 for any header', () => {
    fc.assert(
      fc.property(fc.string(), (accept) => {
        const quality = acceptQuality(accept, 'application/json');
        return quality >= 0 && quality <= 1;
      }),
    );
  });
});
