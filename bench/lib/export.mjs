import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jsonOf, say } from './bench.mjs';

const GENERATOR = fileURLToPath(new URL('generate.mjs', import.meta.url));
const DAY_MS = 86_400_000;

/** The last day of every generated export: with the same number of records, it is the same to the last byte. */
const END_DATE = '2025-11-30';
/** Offset of the zone on that day, by which the phone writes all its times. */
export const EXPORT_OFFSET = '+01:00';
const OPTIONS = { seed: 20_251_130, endDate: END_DATE, days: 0, timeZone: 'Europe/Berlin' };

/** Generates an export; resolves with its path, size, and the number of its records and workouts. */
export async function generateExport(folder, records) {
  say(`Generating an export with ${records.toLocaleString('en')} records …`);
  const path = join(folder, 'export.xml');
  const options = JSON.stringify({ ...OPTIONS, targetRecords: records });
  const facts = await jsonOf(process.execPath, [GENERATOR, path, options]);
  return { path, bytes: (await stat(path)).size, facts };
}

/** The `days` days up to the end of the export; `to` is exclusive. */
export function lastDays(days) {
  const to = Date.parse(END_DATE) + DAY_MS;
  const date = (instant) => new Date(instant).toISOString().slice(0, 10);
  return { from: date(to - days * DAY_MS), to: date(to) };
}
