import type { Quantity } from '../workouts/workout';

const DECIMAL = /^[+-]?(\d*)\.?(\d*)(?:e[+-]?\d{1,3})?$/i;
/** A decimal of so many significant digits comes back from a float64 with all of them (IEEE 754, DBL_DIG). */
const SAFE_DIGITS = 15;
const SMALLEST_EXACT = 2.3e-308;

/**
 * A record's value as it is kept: a number when no digit of it is lost that way (`72`, `72.0`, `47.8478`), else the
 * text as given (categories, more digits than a float64 holds), and null when there is none.
 */
export function parseAppleValue(text: string | undefined): number | string | null {
  if (text === undefined) return null;
  const trimmed = text.trim();
  if (trimmed === '') return null;
  const value = Number(trimmed);
  if (!Number.isFinite(value)) return trimmed;
  return String(value) === trimmed || significantDigits(trimmed) <= SAFE_DIGITS ? value + 0 : trimmed;
}

/** Infinite for what is no decimal, such as `0x10`, and where a float64 is too small to hold all digits. */
function significantDigits(text: string): number {
  const match = DECIMAL.exec(text);
  if (match === null) return Number.POSITIVE_INFINITY;
  const digits = `${match[1] ?? ''}${match[2] ?? ''}`.replace(/^0+/, '').replace(/0+$/, '');
  const tooSmall = digits !== '' && Math.abs(Number(text)) < SMALLEST_EXACT;
  return tooSmall ? Number.POSITIVE_INFINITY : digits.length;
}

/** A figure with its unit; null when there is no figure. */
export function quantityOf(text: string | undefined, unit: string | null | undefined): Quantity | null {
  const value = parseAppleValue(text);
  return value === null ? null : { value, unit: unit ?? null };
}
