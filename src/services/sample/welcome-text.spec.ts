import { baseUrlOf, welcomeText } from './welcome-text';

describe('the welcome', () => {
  const text = welcomeText({ baseUrl: 'http://127.0.0.1:3000', token: 'a.b.c' });
  const commands = text.split('\n').filter((line) => line.startsWith('curl '));

  it('has three commands of one line each that carry the token', () => {
    expect(commands).toHaveLength(3);
    for (const command of commands) expect(command).toContain("-H 'Authorization: Bearer a.b.c'");
  });

  it('quotes everything that a shell would read otherwise', () => {
    for (const command of commands) expect(command.replace(/'[^']*'/g, '')).toMatch(/^[\w\s-]+$/);
  });

  it('names the documentation', () => {
    expect(text).toContain('http://127.0.0.1:3000/docs');
  });
});

describe('the address of the server', () => {
  it.each([
    ['127.0.0.1', 'http://127.0.0.1:80'],
    ['0.0.0.0', 'http://localhost:80'],
    ['::', 'http://localhost:80'],
    ['::1', 'http://[::1]:80'],
    ['example.org', 'http://example.org:80'],
  ])('can be reached from here when it listens at %s', (host, expected) => {
    expect(baseUrlOf(host, 80)).toBe(expected);
    expect(URL.canParse(baseUrlOf(host, 80))).toBe(true);
  });
});
