import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './setup/prepare.mjs';
import { main, say, SetupError } from './setup/process.mjs';

// dashboards.mjs [--check]: writes the dashboards of Grafana from their short form in scripts/dashboards, or checks them.
const FOLDER = join('deploy', 'grafana', 'dashboards');

await main(async () => {
  const check = process.argv.includes('--check');
  const stale = [];
  for (const { file, text } of await rendered()) {
    const path = join(ROOT, file);
    if (contentOf(path) === text) continue;
    stale.push(file);
    if (check) continue;
    writeFileSync(path, text);
    say(`${file} written.`);
  }
  if (!check || stale.length === 0) return 0;
  throw new SetupError(`Not up to date: ${stale.join(', ')}. Run \`npm run docs:dashboards\` and commit the result.`);
});

async function rendered() {
  const prettier = await import('prettier');
  const { dashboardOf } = await import('./dashboards/build.mjs');
  const { DASHBOARDS } = await import('./dashboards/all.mjs');
  return Promise.all(
    DASHBOARDS.map(async (each) => {
      const file = join(FOLDER, `${each.uid}.json`);
      const options = { ...(await prettier.resolveConfig(join(ROOT, file))), filepath: file };
      return { file, text: await prettier.format(JSON.stringify(dashboardOf(each)), options) };
    }),
  );
}

function contentOf(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
