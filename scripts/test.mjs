import { main, runInForeground } from './setup/process.mjs';
import { prepare, ROOT } from './setup/prepare.mjs';

const JEST = ['--disable-warning=ExperimentalWarning', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js'];

// `npm test`: prepares what is missing, then runs the whole suite; arguments go to jest.
await main(async () => {
  const node = await prepare({ redis: true });
  return runInForeground(node, [...JEST, ...process.argv.slice(2)], { cwd: ROOT });
});
