import type { PeriodData } from '../../tools/arguments/period-data';

const MONTHS = [
  'January', 'February', 'March', 'April', 'May', 'June',
  'July', 'August', 'September', 'October', 'November', 'December',
] as const; // prettier-ignore
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;

/** Amounts that are counted or burnt in wholes: a fraction of a step says nothing. */
const WHOLE_UNITS: ReadonlySet<string> = new Set(['steps', 'flights', 'kcal', 'strokes', 'times']);
const MINUTES_PER_HOUR = 60;
/** The label of the period that is everything held. */
const ALL_TIME = 'all time';

/** A quantity as people write it: `8,432 steps`, `71.3 bpm`, `98%`, `2 h 10 min`. */
export function quantity(value: number, unit: string): string {
  if (unit === 'min' && Math.abs(value) >= MINUTES_PER_HOUR) return hoursAndMinutes(value);
  const number = formatNumber(value, decimalsOf(value, unit));
  if (unit === '') return number;
  return unit === '%' ? `${number}%` : `${number} ${unit}`;
}

export function formatNumber(value: number, decimals: number): string {
  // Without the sign of a zero that was rounded from below.
  return value.toLocaleString('en-US', { maximumFractionDigits: decimals }).replace(/^-0$/, '0');
}

function decimalsOf(value: number, unit: string): number {
  const size = Math.abs(value);
  if (WHOLE_UNITS.has(unit) || size >= 1000) return 0;
  return size >= 1 || size === 0 ? 1 : 2;
}

function hoursAndMinutes(minutes: number): string {
  const whole = Math.round(minutes);
  const rest = whole % MINUTES_PER_HOUR;
  const hours = `${formatNumber((whole - rest) / MINUTES_PER_HOUR, 0)} h`;
  return rest === 0 ? hours : `${hours} ${rest} min`;
}

/** `15 October 2025` of a local date or date-time. */
export function longDate(iso: string): string {
  const [year = '', month = '', day = ''] = iso.slice(0, 10).split('-');
  return `${Number(day)} ${MONTHS[Number(month) - 1] ?? month} ${year}`;
}

/** `Wednesday 15 October 2025`. */
export function weekdayDate(iso: string): string {
  const weekday = WEEKDAYS[new Date(`${iso.slice(0, 10)}T00:00:00Z`).getUTCDay()] ?? '';
  return `${weekday} ${longDate(iso)}`;
}

export function clockTime(iso: string): string {
  return iso.slice(11, 16);
}

/** `13 to 19 October 2025`, as short as two dates can be told. */
export function dateRange(first: string, last: string): string {
  if (first === last) return longDate(first);
  if (first.slice(0, 7) === last.slice(0, 7)) return `${Number(first.slice(8, 10))} to ${longDate(last)}`;
  if (first.slice(0, 4) === last.slice(0, 4)) return `${longDate(first).slice(0, -5)} to ${longDate(last)}`;
  return `${longDate(first)} to ${longDate(last)}`;
}

/** A period within a sentence, with its dates: `last week (13 to 19 October 2025)`, `in September 2025`. */
export function periodPhrase({ label, first_day, last_day }: PeriodData): string {
  const dates = dateRange(first_day, last_day);
  if (label === ALL_TIME) return `in all your data (${dates})`;
  const phrase = `${prepositionFor(label)}${label}`;
  return /\d{4}/.test(label) && !label.startsWith('week of') ? phrase : `${phrase} (${dates})`;
}

function prepositionFor(label: string): string {
  if (/^(?:last|past) \d|^last (?:day|hour)$/.test(label)) return 'in the ';
  if (/^(?:\w+day )?\d{1,2} \w+ \d{4}$/.test(label)) return 'on ';
  if (label.startsWith('weekend of')) return 'on the ';
  if (/ to /.test(label)) return 'from ';
  if (label.startsWith('week of')) return 'in the ';
  if (/^(?:\d{4}|Q\d.*|[A-Z][a-z]+ \d{4}|(?:early|mid|late)\b.*)$/.test(label)) return 'in ';
  return '';
}

const PLURAL = /\b\p{L}+(?<![suia])s\b/u;

/** Whether the name of a metric is a plural: steps, flights climbed; not weight, body mass, steadiness. */
export function isPlural(noun: string): boolean {
  return PLURAL.test(noun);
}

export function wasOrWere(noun: string): string {
  return isPlural(noun) ? 'were' : 'was';
}

/** `a`, `a and b`, `a, b and c`. */
export function joined(items: readonly string[], word = 'and'): string {
  if (items.length <= 1) return items[0] ?? '';
  return `${items.slice(0, -1).join(', ')} ${word} ${items.at(-1)}`;
}
