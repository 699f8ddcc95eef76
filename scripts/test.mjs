import { JEST, LOAD_TEST, WITHOUT_LOAD_TEST } from './setup/jest.mjs';
import { prepare, ROOT } from './setup/prepare.mjs';
import { main, runInForeground } from './setup/process.mjs';

const OUTPUT = '--outputFile=';

// `npm test`: prepares what is missing, then runs the whole suite; arguments go to jest. Without a choice of tests there
// are two runs, of which the second, if there is an output file, has one that ends with `.load`.
await main(async () => {
  const node = await prepare({ redis: true });
  const args = process.argv.slice(2);
  const jest = (...all) => runInForeground(node, [...JEST, ...all], { cwd: ROOT });
  if (args.some((arg) => !arg.startsWith('-'))) return jest(...args);
  const rest = await jest(...args, WITHOUT_LOAD_TEST);
  if (rest > 1) return rest;
  return (await jest(...args.map((arg) => (arg.startsWith(OUTPUT) ? `${arg}.load` : arg)), LOAD_TEST)) || rest;
});
