import { main, runInForeground, say } from './setup/process.mjs';
import { prepare, ROOT } from './setup/prepare.mjs';

// `npm start`: prepares what is missing, then runs the application until it ends.
await main(async () => {
  const node = await prepare({ redis: !process.env.REDIS_URL });
  say('Starting …');
  return runInForeground(node, ['--max-semi-space-size=2', 'dist/src/main.js', ...process.argv.slice(2)], {
    cwd: ROOT,
    ownGroup: true,
  });
});
