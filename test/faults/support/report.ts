import { appendFileSync } from 'node:fs';
import type { FaultOutcome } from './fault-run';

/** Where `npm run faults` wants to read what happened; one JSON object a line. */
const reportFile = (globalThis as { readonly FAULT_REPORT?: string }).FAULT_REPORT;

export function report(outcome: FaultOutcome): void {
  if (reportFile !== undefined) appendFileSync(reportFile, `${JSON.stringify(outcome)}\n`);
}
