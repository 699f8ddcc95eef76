import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { onPath, run, runOrAdvise, say } from './process.mjs';

const POLICY = '/usr/sbin/policy-rc.d';
const APT = { DEBIAN_FRONTEND: 'noninteractive' };

/** Whether packages can be installed without asking anybody. */
export function canUseApt() {
  return isLike('debian|ubuntu') && process.getuid?.() === 0 && onPath('apt-get') !== undefined;
}

/** Whether this system says that it is, or is like, one of these (a pattern). */
export function isLike(names) {
  return new RegExp(`^ID(?:_LIKE)?=.*\\b(?:${names})\\b`, 'm').test(osRelease());
}

function osRelease() {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}

/**
 * Installs a package without starting the service of the same name that comes with it.
 * @throws SetupError with `advice` when that fails
 */
export async function installWithApt(name, advice) {
  say(`Installing ${name} (apt-get) …`);
  const env = { ...process.env, ...APT };
  // Package lists may be stale or partly unreachable and the installation may work all the same.
  await run('apt-get', ['update', '-qq'], { env });
  await withoutStartingServices(() =>
    runOrAdvise('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], { env }, advice),
  );
  if (existsSync('/run/systemd/system')) await run('systemctl', ['disable', '--now', name]);
  else if (onPath('update-rc.d')) await run('update-rc.d', [name, 'disable']);
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
