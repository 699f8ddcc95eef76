import { monitorEventLoopDelay } from 'node:perf_hooks';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const RESOLUTION_MS = 10;
const NANOSECONDS_PER_MS = 1e6;
const COLLECT_EVERY_MS = 10_000;

/** Reads how the process does. Costs a few microseconds a sample, and nothing a request. */
export class LoadSampler {
  private histogram: ReturnType<typeof monitorEventLoopDelay> | undefined;
  private delayMs = 0;
  private collectedAt = Number.NEGATIVE_INFINITY;

  start(): void {
    this.histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    this.histogram.enable();
  }

  stop(): void {
    this.histogram?.disable();
    this.histogram = undefined;
  }

  /** How much later than asked the event loop came round, on average since the last call. */
  eventLoopDelayMs(): number {
    const mean = this.histogram?.mean ?? Number.NaN;
    this.histogram?.reset();
    // No round since the last look says nothing new.
    if (!Number.isNaN(mean)) this.delayMs = Math.max(0, mean / NANOSECONDS_PER_MS - RESOLUTION_MS);
    return this.delayMs;
  }

  /**
   * Share of the heap's limit in use, in percent. Beyond `limit` garbage is collected first, at most every ten seconds:
   * much of a nearly full heap is garbage, and while requests are turned away nothing else would make V8 collect it.
   */
  heapPercent(limit: number): number {
    const used = heapPercent();
    if (limit === 0 || used <= limit || performance.now() - this.collectedAt < COLLECT_EVERY_MS) return used;
    collectGarbage();
    this.collectedAt = performance.now();
    return heapPercent();
  }
}

function heapPercent(): number {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  return (used / limit) * 100;
}

/** V8's own collector, which Node gives out on request only. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  collect();
}
