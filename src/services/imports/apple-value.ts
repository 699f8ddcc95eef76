import type { Quantity } from '../workouts/workout';

/**
 * A record's value as it is kept: a number when its digits come back unchanged (`72`, `47.8478`), else the text as
 * given (categories, `72.0`, more digits than a float64 holds), and null when there is none.
 */
export function parseAppleValue(text: string | undefined): number | string | null {
  if (text === undefined) return null;
  const trimmed = text.trim();
  if (trimmed === '') return null;
  const value = Number(trimmed);
  return Number.isFinite(value) && String(value) === trimmed ? value : trimmed;
}

/** A figure with its unit; null when there is no figure. */
export function quantityOf(text: string | undefined, unit: string | null | undefined): Quantity | null {
  const value = parseAppleValue(text);
  return value === null ? null : { value, unit: unit ?? null };
}
