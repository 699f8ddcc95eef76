import { setTimeout as sleep } from 'node:timers/promises';
import { InfrastructureError } from '@app/common/core';

const PAUSES_MS = [100, 400, 1_500] as const;

/**
 * Bears a hiccup of Redis. Only for work that can be done twice: a call that timed out may have been applied.
 * @throws InfrastructureError when it fails for longer
 */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (const pause of PAUSES_MS) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof InfrastructureError)) throw error;
      await sleep(pause);
    }
  }
  return work();
}
