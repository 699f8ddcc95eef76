import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { onPath, run, runOrAdvise, say, SetupError } from './process.mjs';

const MINIMUM = [6, 2];
const POLICY = '/usr/sbin/policy-rc.d';
const APT = { DEBIAN_FRONTEND: 'noninteractive' };

/** Makes sure that `redis-server` is on PATH: looks for it, installs it where that needs no question, or says how. */
export async function ensureRedisServer() {
  if (!onPath('redis-server') && canUseApt()) await installWithApt();
  const found = onPath('redis-server');
  if (!found) throw new SetupError(`redis-server is needed and was not found.\n${instruction()}`);
  await requireVersion(found);
}

async function requireVersion(server) {
  const { output } = await run(server, ['--version']);
  const [text, major, minor] = /v=(\d+)\.(\d+)[.\d]*/.exec(output) ?? [];
  if (text === undefined) throw new SetupError(`${server} does not run: ${output.trim()}\n${instruction()}`);
  if (Number(major) > MINIMUM[0] || (Number(major) === MINIMUM[0] && Number(minor) >= MINIMUM[1])) return;
  throw new SetupError(`redis-server ${MINIMUM.join('.')} or newer is needed; ${server} is ${text.slice(2)}.`);
}

function canUseApt() {
  return isDebianLike() && process.getuid?.() === 0 && onPath('apt-get') !== undefined;
}

function isDebianLike() {
  return /^ID(?:_LIKE)?=.*\b(?:debian|ubuntu)\b/m.test(osRelease());
}

function osRelease() {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}

async function installWithApt() {
  say('Installing redis-server (apt-get) …');
  const env = { ...process.env, ...APT };
  const advice = `apt-get could not install redis-server (see above).\n${instruction()}`;
  // Package lists may be stale or partly unreachable and the installation may work all the same.
  await run('apt-get', ['update', '-qq'], { env });
  await withoutStartingServices(() =>
    runOrAdvise('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'redis-server'], { env }, advice),
  );
  // The package enables a system service; the application starts a private server instead.
  if (existsSync('/run/systemd/system')) await run('systemctl', ['disable', '--now', 'redis-server']);
  else if (onPath('update-rc.d')) await run('update-rc.d', ['redis-server', 'disable']);
}

/** Debian asks policy-rc.d whether a package may start its service; 101 forbids it. */
async function withoutStartingServices(work) {
  if (existsSync(POLICY)) return work();
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n');
  chmodSync(POLICY, 0o755);
  try {
    return await work();
  } finally {
    rmSync(POLICY, { force: true });
  }
}

/** One line for this platform, and the way around. */
function instruction() {
  return `Install it: ${installCommand()}\nOr use a Redis you have: set REDIS_URL, for example redis://127.0.0.1:6379`;
}

function installCommand() {
  if (process.platform === 'darwin') return 'brew install redis';
  if (process.platform === 'win32')
    return 'run this project inside WSL (wsl --install), then: sudo apt install redis-server';
  const release = osRelease();
  const is = (name) => new RegExp(`^ID(?:_LIKE)?=.*\\b${name}\\b`, 'm').test(release);
  if (isDebianLike()) return 'sudo apt-get update && sudo apt-get install -y redis-server';
  if (is('alpine')) return 'sudo apk add redis';
  if (is('arch')) return 'sudo pacman -S redis';
  if (is('fedora') || is('rhel') || is('centos'))
    return 'sudo dnf install -y redis || sudo dnf install -y valkey-compat-redis';
  if (is('suse') || is('opensuse')) return 'sudo zypper install redis';
  return 'see https://redis.io/docs/latest/operate/oss_and_stack/install/';
}
