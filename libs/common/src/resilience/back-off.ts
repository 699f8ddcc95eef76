import { fullJitterGenerator } from 'cockatiel';
import type { RetryOptions } from './policy-definition';

/** How long to wait before retry number `retry` (from 1): anything up to base × 2^(retry−1), and never above the cap. */
export function backOffMs({ baseMs, capMs }: RetryOptions, retry: number): number {
  const options = { initialDelay: baseMs, maxDelay: capMs, exponent: 2, generator: fullJitterGenerator };
  return fullJitterGenerator(retry - 1, options)[0];
}
