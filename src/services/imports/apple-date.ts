const ZERO = 48;
const DAY_MS = 86_400_000;
const FIRST_YEAR = 1900;
const LAST_YEAR = 2200;

// Neighbouring records nearly always share their day: the last one is kept.
let cachedDayKey = -1;
let cachedDayMs = 0;

/**
 * `YYYY-MM-DD HH:MM:SS ±HHMM` as Apple writes it, in epoch milliseconds; `NaN` when the text is anything else, names
 * a day that does not exist, or lies outside 1900–2200 (HealthKit's "distant past" and "distant future").
 */
export function parseAppleDate(text: string): number {
  if (!hasAppleShape(text)) return Number.NaN;
  const hours = two(text, 11);
  const minutes = two(text, 14);
  const seconds = two(text, 17);
  const offset = appleOffsetMinutes(text);
  // `!(… <= …)` also refuses NaN.
  if (!(hours <= 23 && minutes <= 59 && seconds <= 59) || Number.isNaN(offset)) return Number.NaN;
  return dayMs(text) + (hours * 3600 + (minutes - offset) * 60 + seconds) * 1000;
}

/** The `±HHMM` at the end of an Apple date, in minutes east of Greenwich; `NaN` when it is not one. */
export function appleOffsetMinutes(text: string): number {
  const sign = text.charCodeAt(20) === 45 ? -1 : 1;
  const hours = two(text, 21);
  const minutes = two(text, 23);
  return hours <= 18 && minutes <= 59 ? sign * (hours * 60 + minutes) : Number.NaN;
}

function hasAppleShape(text: string): boolean {
  if (text.length !== 25) return false;
  const sign = text.charCodeAt(20);
  return (
    text.charCodeAt(4) === 45 &&
    text.charCodeAt(7) === 45 &&
    text.charCodeAt(10) === 32 &&
    text.charCodeAt(13) === 58 &&
    text.charCodeAt(16) === 58 &&
    text.charCodeAt(19) === 32 &&
    (sign === 43 || sign === 45)
  );
}

function dayMs(text: string): number {
  const year = two(text, 0) * 100 + two(text, 2);
  const month = two(text, 5);
  const day = two(text, 8);
  const key = (year * 100 + month) * 100 + day;
  if (key === cachedDayKey) return cachedDayMs;
  if (!(year >= FIRST_YEAR && year <= LAST_YEAR)) return Number.NaN;
  const ms = Date.UTC(year, month - 1, day);
  const date = new Date(ms);
  // 30 February rolls over to March: such a day does not exist.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return Number.NaN;
  cachedDayKey = key;
  cachedDayMs = Math.floor(ms / DAY_MS) * DAY_MS;
  return cachedDayMs;
}

function two(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO;
  const ones = text.charCodeAt(at + 1) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}
