import { Secrets } from './secrets';

/** A net with holes would let every test pass that is made with it. */
describe('the search for secrets', () => {
  const secrets = new Secrets();
  const marker = secrets.mark('a password');
  const value = secrets.number('a weight');

  it.each([
    ['as it is', marker],
    ['in capitals', marker.toUpperCase()],
    ['within a word', `x${marker}y`],
    ['in a URL', encodeURIComponent(`?p=${marker}`)],
    ['in base64', Buffer.from(marker).toString('base64')],
    ['in base64, after something', Buffer.from(`a:${marker}`).toString('base64url')],
    ['in base64, between other things', `Basic ${Buffer.from(`user:${marker}:more`).toString('base64')}; q=1`],
    ['in JSON', JSON.stringify({ deep: [{ text: `"${marker}"` }] })],
  ])('finds a text %s', (_how, text) => {
    expect(secrets.foundIn(`something before ${text} and after`)).toEqual([expect.stringContaining('a password')]);
  });

  it('finds a number', () => {
    expect(secrets.foundIn(JSON.stringify({ value }))).toEqual([expect.stringContaining('a weight')]);
  });

  it('finds nothing where nothing is', () => {
    expect(secrets.foundIn(`${new Secrets().mark('of others')} 73519 ${'A'.repeat(100)}`)).toEqual([]);
  });
});
