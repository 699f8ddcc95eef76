import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOrAdvise, say } from './process.mjs';

const SOURCES = ['src', 'libs', 'nest-cli.json', 'package-lock.json', 'tsconfig.build.json', 'tsconfig.json', '.swcrc'];
const ADVICE = 'The build failed (see above).';

/** Builds `dist` when the sources differ from those it was built from. Run it under the setup lock. */
export async function ensureBuilt(root, node) {
  const wanted = stampOf(root);
  const stamp = join(root, 'dist', '.build-stamp');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('Building …');
  // Built aside and moved into place: an application that is running from `dist` never sees half of it.
  const aside = join(root, '.dist-next');
  const project = join(root, '.setup', 'tsconfig.json');
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(join(root, '.setup'), { recursive: true });
  writeFileSync(project, '{ "extends": "../tsconfig.build.json", "compilerOptions": { "outDir": "../.dist-next" } }\n');
  const nest = join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  await runOrAdvise(node, [nest, 'build', '-p', '.setup/tsconfig.json'], { cwd: root }, ADVICE);
  writeFileSync(join(aside, '.build-stamp'), wanted);
  swap(aside, join(root, 'dist'));
}

function swap(fresh, target) {
  const old = `${fresh}-old`;
  rmSync(old, { recursive: true, force: true });
  if (existsSync(target)) renameSync(target, old);
  renameSync(fresh, target);
  rmSync(old, { recursive: true, force: true });
}

function stampOf(root) {
  const hash = createHash('sha256');
  for (const path of SOURCES.flatMap((name) => filesUnder(root, name))) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  }
  return hash.digest('hex');
}

/** Files that end up in the build, in a stable order. */
function filesUnder(root, path) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  let entries;
  try {
    entries = readdirSync(full, { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOTDIR') return [path];
    throw error;
  }
  return entries
    .filter((entry) => !entry.name.endsWith('.spec.ts'))
    .map((entry) => entry.name)
    .sort()
    .flatMap((name) => filesUnder(root, `${path}/${name}`));
}
