import type { HealthRecordsData, RecordData } from '../../tools/search-health-records/search-health-records.tool';
import { clockTime, formatNumber, periodPhrase, quantity, weekdayDate } from './wording';

/** Single records, newest first. */
export function answerRecords({ period, records, more }: HealthRecordsData): string {
  const names = [...new Set(records.map(({ name }) => name))].join(' and ');
  const count = formatNumber(records.length, 0);
  const which = more ? `The newest ${count} of your` : `Your ${count}`;
  const head = `${which} ${names} ${records.length === 1 ? 'record' : 'records'} ${periodPhrase(period)}:`;
  return [head, ...records.map(line)].join('\n');
}

function line({ name, value, unit, start, source }: RecordData): string {
  return `- ${weekdayDate(start)} at ${clockTime(start)}: ${name} ${valueText(value, unit)} (${source})`;
}

function valueText(value: RecordData['value'], unit: string | null): string {
  if (value === null) return 'recorded';
  if (typeof value === 'number') return quantity(value, unit ?? '');
  // HKCategoryValueSleepAnalysisAsleepCore → Sleep Analysis Asleep Core
  return value.replace(/^HKCategoryValue/, '').replaceAll(/(?<=[a-z\d])(?=[A-Z])/g, ' ');
}
