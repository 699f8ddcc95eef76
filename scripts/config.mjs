import { configurationText, variablesOf } from './docs/configuration.mjs';
import { loadBuilt } from './setup/load.mjs';
import { ROOT } from './setup/prepare.mjs';
import { main, runInForeground, say } from './setup/process.mjs';

// `npm run config`: every variable with its type, default, meaning and value; `-- --markdown` writes the docs' page.
await main(async () => {
  const app = await loadBuilt('src/config/config.schema.js', 'src/config/load-config.js');
  if (!app) return process.exitCode;
  if (process.argv.includes('--markdown')) {
    return runInForeground(process.execPath, ['scripts/docs.mjs', 'configuration'], { cwd: ROOT });
  }
  const { z } = await import('zod');
  process.stdout.write(`${configurationText(variablesOf(app.configSchema, z.toJSONSchema), process.env)}\n`);
  return report(app);
});

/** Says what is wrong with the values that are set, as the program would at start. */
function report({ loadConfig, ConfigurationError, EXIT_CONFIGURATION }) {
  try {
    loadConfig();
    return 0;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    say(`\n${error.message}`);
    return EXIT_CONFIGURATION;
  }
}
