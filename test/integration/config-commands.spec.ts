import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { developmentSecret, TokenVerifier } from '@app/common';
import { configSchema } from '../../src/config/config.schema';

const ROOT = join(__dirname, '..', '..');
const SECRET = 'a secret for these tests, long enough';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'wellness-commands-'));
});

afterEach(() => rmSync(dataDir, { recursive: true }));

interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(script: string, args: readonly string[], environment: Record<string, string> = {}): Answer {
  const env = { PATH: process.env['PATH'], DATA_DIR: dataDir, ...environment };
  const options = { cwd: ROOT, env, encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [`scripts/${script}.mjs`, ...args], options);
  return { code: status, stdout, stderr };
}

describe('npm run token', () => {
  it('prints a token, and nothing else, that the application takes', async () => {
    const args = ['--sub', 'alice', '--scope', 'health:read chat', '--expires', '1h'];
    const { code, stdout } = run('token', args, { AUTH_JWT_SECRET: SECRET });
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+\n$/) as string,
    });
    const user = await new TokenVerifier({ secret: SECRET }).verify(stdout.trim());
    expect(user).toMatchObject({ id: 'alice', scopes: ['health:read', 'chat'] });
  });

  it('signs with the development secret, which it makes where there is none', async () => {
    const { stdout } = run('token', ['--sub', 'alice']);
    expect(statSync(join(dataDir, 'dev-secret')).mode & 0o777).toBe(0o600);
    const secret = await developmentSecret(dataDir);
    await expect(new TokenVerifier({ secret }).verify(stdout.trim())).resolves.toMatchObject({ id: 'alice' });
  });

  it('fits the issuer and the audience that are configured', async () => {
    const expected = { AUTH_ISSUER: 'https://issuer.example', AUTH_AUDIENCE: 'wellness' };
    const { stdout } = run('token', ['--sub', 'alice'], { AUTH_JWT_SECRET: SECRET, ...expected });
    const settings = { secret: SECRET, issuer: expected.AUTH_ISSUER, audience: expected.AUTH_AUDIENCE };
    await expect(new TokenVerifier(settings).verify(stdout.trim())).resolves.toMatchObject({ id: 'alice' });
  });

  it('refuses to make up a secret in production', () => {
    const { code, stdout, stderr } = run('token', ['--sub', 'alice'], { NODE_ENV: 'production' });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('AUTH_JWT_SECRET');
  });

  it('does not sign what only the keys of an issuer can sign', () => {
    const { code, stderr } = run('token', ['--sub', 'alice'], { AUTH_JWKS_URL: 'https://issuer.example/keys' });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('AUTH_JWKS_URL') as string });
  });

  it.each([
    [[], '--sub is missing'],
    [['--sub', ' '], '--sub is missing'],
    [['--sub', 'a', '--scope', 'health:reed'], 'there is no health:reed; there is health:read'],
    [['--sub', 'a', '--scope', ''], '--scope is empty'],
    [['--sub', 'a', '--expires', '1y'], '1y is not a duration such as'],
    [['--sub', 'a', '--expires', '0h'], '0h is not a duration such as'],
    [['--sub', 'a', '--expires', '400d'], 'at most 366d'],
    [['--sub', 'a', '--user', 'b'], "'--user'"],
  ])('says what is wrong with %j', (args, problem) => {
    const { code, stdout, stderr } = run('token', args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(problem);
    expect(stderr).toContain('Usage: npm run');
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

describe('npm run config', () => {
  it('lists every variable with its type, default and meaning', () => {
    const { code, stdout } = run('config', []);
    expect(code).toBe(0);
    const listed = [...stdout.matchAll(/^(\w+) {2}\(.+; default .+\)\n {4}\S.+$/gm)].map(([, name]) => name);
    expect(listed).toEqual(Object.keys(configSchema.shape));
    expect(stdout).toContain('PORT  (integer 0 to 65535; default 3000)');
  });

  it('shows the values that are set, and never a secret', () => {
    const secrets = { AUTH_JWT_SECRET: SECRET, REDIS_URL: 'redis://:hunter2@localhost', LLM_API_KEY: 'sk-hunter3' };
    const { stdout, stderr } = run('config', [], { PORT: '4000', ...secrets });
    expect(stdout).toContain('default 3000, now 4000)');
    expect(stdout.match(/now set \(secret\)/g)).toHaveLength(3);
    expect(`${stdout}${stderr}`).not.toMatch(/hunter|a secret for/);
  });

  it('names every problem and ends as the application would', () => {
    const { code, stderr } = run('config', [], { PORT: 'eighty', AUTH_JWT_SECRET: 'hunter2' });
    expect(code).toBe(78);
    expect(stderr).toMatch(/2 problem\(s\)[\s\S]*PORT: [\s\S]*AUTH_JWT_SECRET: /);
    expect(stderr).not.toMatch(/eighty|hunter2/);
  });
});
