import { createRequire } from 'node:module';
import { join } from 'node:path';
import { prepare, ROOT } from './prepare.mjs';
import { runInForeground } from './process.mjs';

/**
 * Modules of the application as they are built, for scripts that show or use what it knows. Prepares what is missing.
 * The Node of a first run may be too old for them: then `undefined`, after the script has run again under one that is
 * not, with its exit code in `process.exitCode`.
 */
export async function loadBuilt(...modules) {
  const node = await prepare({ redis: false });
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 15)) {
    process.exitCode = await runInForeground(node, process.argv.slice(1), {});
    return undefined;
  }
  const require = createRequire(import.meta.url);
  return Object.assign({}, ...modules.map((name) => require(join(ROOT, 'dist', name))));
}
