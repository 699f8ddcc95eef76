import { appendFileSync } from 'node:fs';
import type { FaultOutcome } from './fault-run';

/** Where `npm run faults` wants to read what happened; one JSON object a line. */
const reportFile = (globalThis as { readonly FAULT_REPORT?: string }).FAULT_REPORT;

/** What was measured under a constant load: figures by name, as they are to be read. */
export interface LoadOutcome {
  readonly load: { readonly fault: string; readonly figures: Readonly<Record<string, string>> };
}

export function report(outcome: FaultOutcome | LoadOutcome): void {
  if (reportFile !== undefined) appendFileSync(reportFile, `${JSON.stringify(outcome)}\n`);
}
