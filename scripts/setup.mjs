import { main, say } from './setup/process.mjs';
import { prepare } from './setup/prepare.mjs';

// `npm run setup`: everything `npm start` and `npm test` do before they begin.
await main(async () => {
  await prepare({ redis: true });
  say('Ready.');
});
