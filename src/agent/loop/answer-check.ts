import type { ToolCall } from '../responder/responder';

/** How the numbers of an answer stand up to what the tools said. */
export interface Validation {
  /** Numbers that were looked up. */
  readonly checked: number;
  /** Those that no tool said, as they stand in the answer. */
  readonly unmatched: readonly string[];
}

/** A number that stands for itself: not part of a name (`VO2`, `B12`) or of a longer number. */
const NUMBER =
  /(?<![\p{L}\d.,_-])-?\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d\p{L}])|(?<![\p{L}\d.,_])-?\d+(?:\.\d+)?(?!\p{L}|\d)/gu;
const DIGITS = /\d+(?:\.\d+)?/g;
const MINUTES_PER_HOUR = 60;

/**
 * Looks every number of an answer up in the results of the turn's tools, at the precision it is written with. Dates,
 * times and labels of the results count too, and so do what the user wrote, and hours and minutes of a result's minutes.
 */
export function checkAnswer(answer: string, calls: readonly ToolCall[], message: string): Validation {
  const numbers = answer.match(NUMBER) ?? [];
  if (numbers.length === 0) return { checked: 0, unmatched: [] };
  const known = new Set<number>();
  for (const { result } of calls) collect(result.success ? result.data : result.details, known);
  collect(message, known);
  const values = [...known];
  return { checked: numbers.length, unmatched: [...new Set(numbers.filter((number) => !isKnown(number, values)))] };
}

function isKnown(written: string, values: readonly number[]): boolean {
  const number = Number(written.replaceAll(',', ''));
  const decimals = written.split('.')[1]?.length ?? 0;
  // Half a unit of the last digit, and a hair for what floating point makes of it.
  const tolerance = 0.5 * 10 ** -decimals * (1 + 1e-9);
  return values.some((value) => Math.abs(value - number) <= tolerance || isPartOfMinutes(value, number));
}

/** `430` minutes may be written as `7 h 10 min`. */
function isPartOfMinutes(value: number, number: number): boolean {
  const minutes = Math.round(value);
  return (
    minutes >= MINUTES_PER_HOUR &&
    (number === Math.floor(minutes / MINUTES_PER_HOUR) || number === minutes % MINUTES_PER_HOUR)
  );
}

function collect(value: unknown, known: Set<number>): void {
  if (typeof value === 'number') known.add(value);
  else if (typeof value === 'string') for (const digits of value.match(DIGITS) ?? []) known.add(Number(digits));
  else if (Array.isArray(value)) {
    // How many there are is something a list says, too.
    known.add(value.length);
    for (const each of value) collect(each, known);
  } else if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) collect(each, known);
}
