import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configurationPage, variablesOf } from './docs/configuration.mjs';
import { errorTable, keyTable, metricTable, withSection } from './docs/tables.mjs';
import { loadBuilt } from './setup/load.mjs';
import { ROOT } from './setup/prepare.mjs';
import { main, say, SetupError } from './setup/process.mjs';

// docs.mjs [--check] [errors|keys|metrics|configuration …]: writes the generated parts of the docs, or checks them.
const MODULES = {
  errors: 'libs/common/src/errors/catalogue.js',
  keys: 'libs/common/src/redis/keys.js',
  metrics: 'libs/common/src/metrics/metric-catalogue.js',
  configuration: 'src/config/config.schema.js',
};

const PAGES = {
  errors: {
    file: 'docs/error-handling.md',
    render: ({ ERROR_CATALOGUE }, page) => withSection(page, 'catalogue', errorTable(ERROR_CATALOGUE)),
  },
  keys: {
    file: 'docs/architecture.md',
    render: ({ KEY_FAMILIES }, page) => withSection(page, 'keys', keyTable(KEY_FAMILIES)),
  },
  metrics: {
    file: 'docs/metrics.md',
    render: ({ METRICS }, page) => withSection(page, 'metrics', metricTable(METRICS)),
  },
  configuration: {
    file: 'docs/configuration.md',
    render: async ({ configSchema }) => {
      const { z } = await import('zod');
      return configurationPage(variablesOf(configSchema, z.toJSONSchema));
    },
  },
};

await main(async () => {
  const check = process.argv.includes('--check');
  const asked = process.argv.slice(2).filter((argument) => argument !== '--check');
  const unknown = asked.filter((name) => !(name in PAGES));
  if (unknown.length > 0) throw new SetupError(`There is no ${unknown.join(', ')}; there is ${Object.keys(PAGES)}`);
  const names = asked.length > 0 ? asked : Object.keys(PAGES);
  const app = await loadBuilt(...names.map((name) => MODULES[name]));
  if (!app) return process.exitCode;
  const stale = [];
  for (const name of names) if (!(await isUpToDate(name, app, check))) stale.push(PAGES[name].file);
  if (!check || stale.length === 0) return 0;
  throw new SetupError(`Not up to date: ${stale.join(', ')}. Run \`node scripts/docs.mjs\` and commit the result.`);
});

/** Compares a page with what it should be; without `check` it is also written. */
async function isUpToDate(name, app, check) {
  const { file, render } = PAGES[name];
  const path = join(ROOT, file);
  const page = name === 'configuration' && !check ? '' : readFileSync(path, 'utf8');
  const wanted = await formatted(await render(app, page), path);
  if (wanted === page) return true;
  if (!check) {
    writeFileSync(path, wanted);
    say(`${file} written.`);
  }
  return false;
}

async function formatted(text, filepath) {
  const prettier = await import('prettier');
  return prettier.format(text, { ...(await prettier.resolveConfig(filepath)), filepath });
}
