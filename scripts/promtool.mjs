import { main } from './setup/process.mjs';
import { tryPromtool } from './setup/prometheus.mjs';

// Installs promtool where that needs no question; without it the tests of rules are skipped.
await main(async () => {
  await tryPromtool();
  return 0;
});
