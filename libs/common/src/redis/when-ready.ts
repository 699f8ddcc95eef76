import type { Redis } from 'ioredis';

/** Waits until `client` can take commands, at most `limitMs`; says whether it can. */
export async function whenReady(client: Redis, limitMs: number): Promise<boolean> {
  if (client.status === 'ready') return true;
  const ready = await new Promise<boolean>((resolve) => {
    const done = (outcome: boolean): void => {
      clearTimeout(timer);
      client.off('ready', onReady);
      resolve(outcome);
    };
    const onReady = (): void => done(true);
    const timer = setTimeout(() => done(false), limitMs);
    client.once('ready', onReady);
  });
  return ready;
}
