import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configSchema } from '../../src/config/config.schema';

const ROOT = join(__dirname, '..', '..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const variables = Object.keys(configSchema.shape);

/** Lines of a block of YAML, by the path of keys that leads to it; enough for files of our own. */
function block(text: string, path: readonly string[]): string[] {
  return path.reduce((lines: string[], key) => {
    const start = lines.findIndex((line) => line.trimEnd() === `${key}:`);
    if (start < 0) throw new Error(`There is no ${path.join('.')}`);
    const body = lines.slice(start + 1).filter((line) => line.trim() !== '' && !line.trim().startsWith('#'));
    const end = body.findIndex((line) => !line.startsWith('  '));
    return body.slice(0, end < 0 ? undefined : end).map((line) => line.slice(2));
  }, text.split('\n'));
}

describe('docker-compose.yml', () => {
  const environment = block(read('docker-compose.yml'), ['services', 'app', 'environment']);

  it('sets only variables that the configuration knows', () => {
    const names = environment.map((line) => line.split(':')[0]);
    expect(names).toContain('REDIS_URL');
    expect(variables).toEqual(expect.arrayContaining(names));
  });

  it('starts with a configuration that is valid in production, and insists on a secret', () => {
    const substituted = environment.map((line) => {
      const [, name = '', value = ''] = /^(\w+): '?(.*?)'?$/.exec(line) ?? [];
      return [name, value.replace(/^\$\{\w+:-(.*)\}$/, '$1').replace(/^\$\{\w+:\?.*\}$/, 'x'.repeat(32))] as const;
    });
    const given = Object.fromEntries(substituted.filter(([, value]) => value !== ''));
    expect(configSchema.safeParse({ ...given, NODE_ENV: 'production' }).error).toBeUndefined();
    expect(environment.join('\n')).toMatch(/^AUTH_JWT_SECRET: \$\{AUTH_JWT_SECRET:\?.+\}$/m);
  });
});

describe('Dockerfile', () => {
  const lines = read('Dockerfile').replaceAll('\\\n', ' ').split('\n');
  const copied = lines
    .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
    .flatMap((line) => line.split(/\s+/).slice(1, -1));

  it('copies only what exists and what .dockerignore lets through', () => {
    const allowed = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    expect(copied.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    expect([...copied].sort()).toEqual([...allowed].sort());
  });

  it('copies everything the build reads', () => {
    expect(copied).toEqual(expect.arrayContaining(['src', 'libs', 'nest-cli.json', 'tsconfig.json', '.swcrc']));
    expect(copied).toEqual(expect.arrayContaining(['tsconfig.build.json', 'package-lock.json', '.npmrc']));
  });

  it('sets only variables that the configuration knows', () => {
    const names = lines
      .filter((line) => line.startsWith('ENV '))
      .flatMap((line) => [...line.matchAll(/(\w+)=/g)].map(([, name]) => name));
    expect(names).toContain('DATA_DIR');
    expect(variables).toEqual(expect.arrayContaining(names));
  });

  it('runs what the build makes, as an ordinary user', () => {
    expect(existsSync(join(ROOT, 'src/main.ts'))).toBe(true);
    expect(lines).toContain('CMD ["node", "--max-semi-space-size=2", "dist/src/main.js"]');
    expect(lines.indexOf('USER node')).toBeLessThan(lines.findIndex((line) => line.startsWith('CMD ')));
  });
});
