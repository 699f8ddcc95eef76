import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '@app/common/testing';
import { parse } from 'yaml';
import { alertRules, HAS_PROMTOOL, ROOT, RULES } from '../support/observability';

const run = promisify(execFile);

interface Scaled {
  readonly groups: ReadonlyArray<{
    readonly name: string;
    readonly interval?: string;
    readonly rules: ReadonlyArray<{ readonly alert?: string; readonly expr: string; readonly for?: string }>;
  }>;
}

/** The configuration of the game day, written into `folder`. */
async function writeScaled(folder: string): Promise<string> {
  const code = `import { writeScaledConfiguration as write } from ${JSON.stringify(join(ROOT, 'scripts/gameday/scaled.mjs'))};
    console.log(write(${JSON.stringify(folder)}, { target: '127.0.0.1:1', by: 60 }));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', code]);
  return stdout.trim();
}

describe('the rules of the game day', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wellness-scaled-'));
  let configuration: string;

  beforeAll(async () => {
    configuration = await writeScaled(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const read = (root: string, file: string): Scaled => parse(readFileSync(join(root, file), 'utf8')) as Scaled;
  const withoutTimes = (expr: string): string => expr.replaceAll(/\[\w+\]|offset \w+/g, 'T');

  it.each(readdirSync(RULES))('are those of %s with shorter times', (file) => {
    const shape = ({ groups }: Scaled): unknown =>
      groups.map(({ name, rules }) => [name, rules.map(({ alert, expr }) => [alert, withoutTimes(expr)])]);
    expect(shape(read(join(folder, 'rules'), file))).toEqual(shape(read(RULES, file)));
  });

  it('take a minute for an hour, in windows, offsets and delays', () => {
    const [rule] = read(join(folder, 'rules'), 'errors.alerts.yml').groups.flatMap(({ rules }) =>
      rules.filter(({ alert }) => alert === 'WellnessErrorSpike'),
    );
    expect([rule?.expr.match(/\[\w+\] offset \w+/)?.[0], rule?.for]).toEqual(['[1440s] offset 10s', '2s']);
    expect(read(join(folder, 'rules'), 'slo.recording.yml').groups[1]?.interval).toBe('2s');
  });

  const withPromtool = HAS_PROMTOOL ? describe : describe.skip;

  withPromtool('(needs promtool)', () => {
    it('are rules that Prometheus takes', async () => {
      await expect(run('promtool', ['check', 'config', configuration])).resolves.toBeDefined();
    });
  });
});

describe('the page of the last game day', () => {
  const text = readFileSync(join(ROOT, 'docs/operations/gameday.md'), 'utf8');

  it('shows three faults, with all the alerts that had to fire', () => {
    expect(text.match(/^## \d\. /gm)).toHaveLength(3);
    expect(text).not.toContain('**Missing**');
  });

  it('names alerts that there are', () => {
    const known = alertRules().map(({ alert }) => alert);
    const named = [...text.matchAll(/\bWellness[A-Z]\w+/g)].map(([name]) => name);
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });
});

describe('what a demonstration starts', () => {
  interface Started {
    readonly script: ChildProcess;
    readonly pid: number;
    readonly folder: string;
  }

  async function start(...args: string[]): Promise<Started> {
    const script = spawn(process.execPath, [join(ROOT, 'test/fixtures/children.mjs'), ...args], { stdio: 'pipe' });
    const [line] = (await once(script.stdout, 'data')) as [Buffer];
    return { script, ...(JSON.parse(line.toString('utf8')) as Omit<Started, 'script'>) };
  }

  function isAlive(pid: number): boolean {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  }

  it.each([
    ['all is over', ['stop'], undefined],
    ['it fails', ['fail'], undefined],
    ['somebody presses Ctrl-C', [], 'SIGINT'],
    ['it is told to end', [], 'SIGTERM'],
    ['its terminal is closed', [], 'SIGHUP'],
  ] as const)('is gone when %s', async (_when, args, signal) => {
    const { script, pid, folder } = await start(...args);
    const ended = script.exitCode === null ? once(script, 'exit') : undefined;
    if (signal !== undefined) script.kill(signal);
    await ended;
    await eventually(() => !isAlive(pid));
    expect(existsSync(folder)).toBe(false);
  });
});

describe('promtool, for the tests of rules', () => {
  it('is left out with a word where it cannot be had', async () => {
    const { stderr } = await run(process.execPath, ['scripts/promtool.mjs'], { cwd: ROOT, env: { PATH: '/nowhere' } });
    expect(stderr).toMatch(/promtool is not here.*To have it: \S+/);
  });
});
