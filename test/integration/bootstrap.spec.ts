import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ROOT = join(__dirname, '..', '..');

/** A clone of the project as far as the set-up is concerned, on a machine that has what `bin` holds and nothing else. */
let clone: string;
let bin: string;
let running: ChildProcess[];

const NPM = `#!/bin/sh
echo "npm $*" >> calls
/bin/mkdir -p node_modules/@nestjs/cli/bin node_modules/jest/bin node_modules/.bin
/bin/cp stubs/nest.js node_modules/@nestjs/cli/bin/nest.js
/bin/cp stubs/jest.js node_modules/jest/bin/jest.js
/bin/sleep 0.3
`;

const NEST = `
const fs = require('node:fs');
fs.appendFileSync('calls', 'build\\n');
const source = fs.readFileSync('src/main.ts', 'utf8');
if (source.includes('SYNTAX')) { console.error('it does not compile'); process.exit(1); }
fs.mkdirSync('.dist-next/src', { recursive: true });
fs.writeFileSync('.dist-next/src/main.js', source);
`;

const REDIS = '#!/bin/sh\necho "Redis server v=7.0.15 sha=0"\n';

beforeEach(async () => {
  clone = await mkdtemp(join(tmpdir(), 'wellness-clone-'));
  bin = join(clone, 'bin');
  running = [];
  for (const folder of ['bin', 'src', 'libs', 'stubs']) await mkdir(join(clone, folder));
  await cp(join(ROOT, 'scripts'), join(clone, 'scripts'), { recursive: true });
  await writeFile(join(clone, 'package-lock.json'), '{}');
  await writeFile(join(clone, 'src', 'main.ts'), 'console.log("up"); process.exitCode = 7;');
  await writeFile(join(clone, 'stubs', 'nest.js'), NEST);
  await writeFile(join(clone, 'stubs', 'jest.js'), 'console.log(JSON.stringify(process.argv.slice(2)));');
  await symlink(process.execPath, join(bin, 'node'));
  await executable('npm', NPM);
  await executable('redis-server', REDIS);
});

afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  await rm(clone, { recursive: true, force: true });
});

async function executable(name: string, text: string, folder = bin): Promise<void> {
  await writeFile(join(folder, name), text);
  await chmod(join(folder, name), 0o755);
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function script(name: string, args: readonly string[] = [], more: NodeJS.ProcessEnv = {}): ChildProcess {
  const child = spawn(process.execPath, [`scripts/${name}.mjs`, ...args], {
    cwd: clone,
    env: { PATH: bin, HOME: clone, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  return child;
}

async function ended(child: ChildProcess): Promise<Ended> {
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...output };
}

const start = (more?: NodeJS.ProcessEnv): Promise<Ended> => ended(script('start', [], more));
const calls = (): string[] =>
  existsSync(join(clone, 'calls')) ? readFileSync(join(clone, 'calls'), 'utf8').trim().split('\n') : [];

describe('npm start', () => {
  it('installs, builds and runs the application, and ends as it ends', async () => {
    const { code, stdout, stderr } = await start();
    expect({ code, stdout }).toEqual({ code: 7, stdout: 'up\n' });
    expect(stderr.trim().split('\n')).toEqual([expect.stringMatching(/^Installing/), 'Building …', 'Starting …']);
    expect(calls()).toEqual([expect.stringMatching(/^npm ci .*--include=dev/), 'build']);
  });

  it('does nothing twice', async () => {
    await start();
    const { code, stderr } = await start();
    expect({ code, stderr }).toEqual({ code: 7, stderr: 'Starting …\n' });
    expect(calls()).toHaveLength(2);
  });

  it('builds again when a source has changed, and keeps nothing of the build before', async () => {
    await start();
    await writeFile(join(clone, 'dist', 'removed.js'), '');
    await writeFile(join(clone, 'src', 'main.ts'), 'console.log("changed")');
    expect(await start()).toMatchObject({ code: 0, stdout: 'changed\n' });
    expect(calls().filter((call) => call === 'build')).toHaveLength(2);
    expect(existsSync(join(clone, 'dist', 'removed.js'))).toBe(false);
  });

  it('installs again when the lock file has changed', async () => {
    await start();
    await writeFile(join(clone, 'package-lock.json'), '{ "changed": true }');
    await start();
    expect(calls().filter((call) => call.startsWith('npm ci'))).toHaveLength(2);
  });

  it('installs again after an installation that was interrupted', async () => {
    await mkdir(join(clone, 'node_modules'));
    await start();
    expect(calls()[0]).toMatch(/^npm ci/);
  });

  it("shows npm's words and says what to do when the installation fails", async () => {
    await executable('npm', '#!/bin/sh\necho "ENOTFOUND registry" >&2\nexit 1\n');
    const { code, stderr } = await start();
    expect(code).toBe(1);
    expect(stderr).toMatch(/ENOTFOUND registry\n\nnpm could not install .* try again/);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('leaves the last good build in place when a build fails', async () => {
    await start();
    await writeFile(join(clone, 'src', 'main.ts'), 'SYNTAX');
    const { code, stderr } = await start();
    expect(code).toBe(1);
    expect(stderr).toContain('it does not compile');
    expect(readFileSync(join(clone, 'dist', 'src', 'main.js'), 'utf8')).toContain('"up"');
  });

  it('takes turns with another run in the same folder, so that everything is done once', async () => {
    const all = await Promise.all([start(), start(), start()]);
    expect(all.map(({ code, stdout }) => `${code} ${stdout}`)).toEqual(['7 up\n', '7 up\n', '7 up\n']);
    expect(calls()).toHaveLength(2);
  });

  it('is not held up by a lock whose holder has died', async () => {
    await mkdir(join(clone, '.setup'));
    const dead = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
    await once(dead, 'exit');
    const { hostname } = await import('node:os');
    await writeFile(join(clone, '.setup', 'lock'), `${dead.pid} ${hostname()}`);
    expect(await start()).toMatchObject({ code: 7 });
    expect(existsSync(join(clone, '.setup', 'lock'))).toBe(false);
  });

  it('works where the pinned Node cannot run, and takes it out of the way', async () => {
    await start();
    await executable('node', '#!/bin/sh\nexit 127\n', join(clone, 'node_modules', '.bin'));
    expect(await start()).toMatchObject({ code: 7, stdout: 'up\n' });
    expect(existsSync(join(clone, 'node_modules', '.bin', 'node'))).toBe(false);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('passes %s on, once, however often it comes at a time', async (signal) => {
    const source = `
      let seen = 0;
      process.on('${signal}', () => { seen += 1; setTimeout(() => { console.log('seen', seen); process.exit(3); }, 300); });
      setInterval(() => undefined, 1000);
      console.log('up');`;
    await writeFile(join(clone, 'src', 'main.ts'), source);
    const child = script('start');
    const end = ended(child);
    await new Promise<void>((resolve) => child.stdout?.once('data', () => resolve()));
    child.kill(signal);
    await sleep(50);
    child.kill(signal);
    expect(await end).toMatchObject({ code: 3, stdout: 'up\nseen 1\n' });
  });
});

describe('redis-server', () => {
  const APT = `#!/bin/sh
echo "apt-get $*" >> calls
[ "$1" = install ] && printf '${REDIS.replaceAll('\n', '\\n')}' > bin/redis-server && /bin/chmod +x bin/redis-server
exit 0
`;

  beforeEach(() => rm(join(bin, 'redis-server')));

  it('is asked for, with the command that installs it, where it cannot be installed', async () => {
    const { code, stderr } = await start();
    expect(code).toBe(1);
    expect(stderr).toMatch(/redis-server is needed and was not found\.\nInstall it: .+\nOr use .* REDIS_URL/);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('is not needed with a Redis of the user', async () => {
    expect(await start({ REDIS_URL: 'redis://127.0.0.1:6379' })).toMatchObject({ code: 7 });
  });

  it('is needed for the tests even so', async () => {
    const { code, stderr } = await ended(script('test', [], { REDIS_URL: 'redis://127.0.0.1:6379' }));
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('redis-server is needed') as string });
  });

  it('is installed by root on Debian, without its service, and by nobody else', async () => {
    await executable('apt-get', APT);
    const isDebian = existsSync('/etc/os-release') && /debian|ubuntu/.test(readFileSync('/etc/os-release', 'utf8'));
    const mayInstall = isDebian && process.getuid?.() === 0;
    const policyBefore = existsSync('/usr/sbin/policy-rc.d');
    expect(await start()).toMatchObject({ code: mayInstall ? 7 : 1 });
    const installs = calls().filter((call) => call.startsWith('apt-get install'));
    expect(installs).toEqual(mayInstall ? [expect.stringContaining('--no-install-recommends redis-server')] : []);
    expect(existsSync('/usr/sbin/policy-rc.d')).toBe(policyBefore);
  });

  it('is refused when it is too old', async () => {
    await executable('redis-server', REDIS.replace('7.0.15', '6.0.16'));
    const { code, stderr } = await start();
    expect(code).toBe(1);
    expect(stderr).toContain('redis-server 6.2 or newer is needed');
  });
});

describe('npm test', () => {
  it('prepares, then hands its arguments to jest', async () => {
    const { code, stdout } = await ended(script('test', ['src/a', '-t', 'a name']));
    expect({ code, stdout }).toEqual({ code: 0, stdout: '["src/a","-t","a name"]\n' });
  });

  it('fails when jest fails', async () => {
    await writeFile(join(clone, 'stubs', 'jest.js'), 'process.exit(1)');
    expect(await ended(script('test'))).toMatchObject({ code: 1 });
  });
});

describe('the closing line', () => {
  async function closingLine(summary: object | undefined, code: number): Promise<string> {
    const file = join(clone, 'summary.json');
    await writeFile(file, summary === undefined ? '' : JSON.stringify(summary));
    const child = execFile(process.execPath, [join(ROOT, '.ci', 'closing-line.mjs'), file, String(code)]);
    return (await ended(child)).stdout;
  }

  const counts = { numPassedTests: 12, numFailedTests: 0, numRuntimeErrorTestSuites: 0, numPendingTests: 0 };

  it('counts the tests', async () => {
    expect(await closingLine({ ...counts, numTodoTests: 0 }, 0)).toBe('12 passed, 0 failed\n');
  });

  it('names tests that were skipped, and files that could not be loaded', async () => {
    const summary = { ...counts, numFailedTests: 1, numRuntimeErrorTestSuites: 2, numPendingTests: 3, numTodoTests: 1 };
    expect(await closingLine(summary, 1)).toBe('12 passed, 3 failed, 4 skipped\n');
  });

  it('never says that nothing failed when something did', async () => {
    expect(await closingLine(undefined, 1)).toBe('0 passed, 1 failed\n');
    expect(await closingLine({ ...counts, numTodoTests: 0 }, 2)).toBe('12 passed, 1 failed\n');
  });
});
