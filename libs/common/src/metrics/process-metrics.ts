import { collectDefaultMetrics, type Metric, Registry } from 'prom-client';

type DefaultMetric = Metric & { readonly name: string; readonly type: string };

let collected: Metric[] | undefined;

/**
 * What the runtime tells about the process: CPU, memory, handles, garbage collection, delay of the event loop. They are
 * the same for all applications of a process, and what measures them can't be stopped again: there is one set.
 */
export function processMetrics(): readonly Metric[] {
  if (collected === undefined) {
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    collected = (registry.getMetricsAsArray() as unknown as DefaultMetric[]).filter(keepsConventions);
  }
  return collected;
}

/** The library has gauges that are called totals, of figures that others of its gauges have by their kind. */
function keepsConventions({ name, type }: DefaultMetric): boolean {
  return type === 'counter' || !name.endsWith('_total');
}
