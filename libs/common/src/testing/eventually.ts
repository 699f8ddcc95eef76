import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 25;

/** Waits until `check` says yes. @throws when it has not within `limitMs` */
export async function eventually(check: () => Promise<boolean> | boolean, limitMs = 20_000): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error('It did not come true in time');
    await sleep(POLL_MS);
  }
}
