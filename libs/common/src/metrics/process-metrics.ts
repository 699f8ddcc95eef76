import { collectDefaultMetrics, type Metric, Registry } from 'prom-client';

let collected: Metric[] | undefined;

/**
 * What the runtime tells about the process: CPU, memory, handles, garbage collection, delay of the event loop. They are
 * the same for all applications of a process, and what measures them can't be stopped again: there is one set.
 */
export function processMetrics(): readonly Metric[] {
  if (collected === undefined) {
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    collected = registry.getMetricsAsArray() as unknown as Metric[];
  }
  return collected;
}
