/** A UTC calendar month, the span of one chunk: epoch milliseconds, end exclusive. */
export interface MonthSpan {
  readonly month: string;
  readonly from: number;
  readonly to: number;
}

/** The month that holds `time`. */
export function monthSpan(time: number): MonthSpan {
  const date = new Date(time);
  return spanOf(date.getUTCFullYear(), date.getUTCMonth());
}

/** The span of `YYYYMM`. */
export function spanOfMonth(month: string): MonthSpan {
  return spanOf(Number(month.slice(0, -2)), Number(month.slice(-2)) - 1);
}

function spanOf(year: number, monthIndex: number): MonthSpan {
  const month = `${String(year).padStart(4, '0')}${String(monthIndex + 1).padStart(2, '0')}`;
  return { month, from: utc(year, monthIndex), to: utc(year, monthIndex + 1) };
}

// Date.UTC takes the years 0 to 99 for 1900 to 1999.
function utc(year: number, monthIndex: number): number {
  return new Date(0).setUTCFullYear(year, monthIndex, 1);
}
