import { canUseApt, installWithApt, isLike } from './apt.mjs';
import { onPath, run, SetupError } from './process.mjs';

const MINIMUM = [6, 2];

/** Makes sure that `redis-server` is on PATH: looks for it, installs it where that needs no question, or says how. */
export async function ensureRedisServer() {
  if (!onPath('redis-server') && canUseApt()) await install();
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

// The package enables a system service; the application starts a private server instead.
async function install() {
  const advice = `apt-get could not install redis-server (see above).\n${instruction()}`;
  await installWithApt('redis-server', advice);
}

/** One line for this platform, and the way around. */
function instruction() {
  return `Install it: ${installCommand()}\nOr use a Redis you have: set REDIS_URL, for example redis://127.0.0.1:6379`;
}

function installCommand() {
  if (process.platform === 'darwin') return 'brew install redis';
  if (process.platform === 'win32')
    return 'run this project inside WSL (wsl --install), then: sudo apt install redis-server';
  if (isLike('debian|ubuntu')) return 'sudo apt-get update && sudo apt-get install -y redis-server';
  if (isLike('alpine')) return 'sudo apk add redis';
  if (isLike('arch')) return 'sudo pacman -S redis';
  if (isLike('fedora|rhel|centos')) return 'sudo dnf install -y redis || sudo dnf install -y valkey-compat-redis';
  if (isLike('suse|opensuse')) return 'sudo zypper install redis';
  return 'see https://redis.io/docs/latest/operate/oss_and_stack/install/';
}
