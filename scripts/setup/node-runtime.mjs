import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run, SetupError } from './process.mjs';

const MINIMUM = [22, 15];

/** Path of a Node that can run the application: the pinned one of node_modules, or else the user's own. */
export async function findNode(root) {
  const pinned = join(root, 'node_modules', '.bin', 'node');
  if (existsSync(pinned)) {
    if (await isGoodEnough(pinned)) return pinned;
    // It is made for glibc. Where it cannot run, it must not stand in the way of npm scripts either.
    rmSync(pinned);
  }
  const own = [process.execPath, process.env.npm_node_execpath].filter(Boolean);
  for (const candidate of own) if (await isGoodEnough(candidate)) return candidate;
  throw new SetupError(
    `The application needs Node.js ${MINIMUM.join('.')} or newer, and this is ${process.version} on ` +
      `${process.platform} (${process.arch}).\nInstall Node.js 24 (https://nodejs.org/en/download, or for example ` +
      `\`nvm install 24\` or \`brew install node\`), then try again.`,
  );
}

async function isGoodEnough(node) {
  const { code, output } = await run(node, ['--version']);
  const [, major, minor] = /^v(\d+)\.(\d+)\./.exec(output) ?? [];
  if (code !== 0 || major === undefined) return false;
  return Number(major) > MINIMUM[0] || (Number(major) === MINIMUM[0] && Number(minor) >= MINIMUM[1]);
}
