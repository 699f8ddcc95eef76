import { MONTH, monthNumber } from './dates';
import { periodError } from './period-error';
import { words } from './phrase';

const DAY = '(?<day>\\d{1,2})(?<ordinal>st|nd|rd|th)?';
const OF_YEAR = '(?:,? (?<year>\\d{4}))?';
const MONTH_DAY = words(`(?<month>${MONTH}) ${DAY}(?!:|\\s?[ap]\\.?m)${OF_YEAR}`);
const DAY_MONTH = words(`${DAY}(?: of)? (?<month>${MONTH})${OF_YEAR}`);
const ISO_LIKE = words('(?:19|20|21)\\d\\d-(?!q|w)\\d{1,2}(?:-\\d{1,2})?(?![\\dt])');
const NUMERIC = words('\\d{1,2}[/.]\\d{1,2}[/.]\\d{2,4}');
const SEASON = words(
  '(?:(?:in|last|this|during|since|over|next|past|early|late|mid)(?: the)? (?:spring|summer|autumn|fall|winter)|' +
    '(?:spring|summer|autumn|fall|winter)(?: of)? \\d{4})',
);
const SEASON_ALONE = /^\s*(?:spring|summer|autumn|fall|winter)\s*$/i;

/**
 * Refuses what is meant as a date and can't be one, or can be read in two ways, before anything shorter inside it is
 * taken for a period ("February 30" holds "February", "summer 2025" holds "2025").
 * @throws ValidationError
 */
export function refuseUnreadable(text: string): void {
  for (const match of [...text.matchAll(MONTH_DAY), ...text.matchAll(DAY_MONTH)]) refuseImpossibleDay(match);
  for (const [date] of text.matchAll(ISO_LIKE)) {
    if (!/^\d{4}-\d\d(?:-\d\d)?$/.test(date))
      throw periodError(date, 'write dates as 2025-09-30 and months as 2025-09');
  }
  for (const [date] of text.matchAll(NUMERIC))
    throw periodError(date, 'the order of day and month is unclear: write 2025-09-30');
  const season = text.match(SEASON)?.[0] ?? SEASON_ALONE.exec(text)?.[0];
  if (season !== undefined) {
    throw periodError(season.trim(), 'seasons differ between the hemispheres: name the months, "June to August 2025"');
  }
}

function refuseImpossibleDay({ 0: text, groups }: RegExpMatchArray): void {
  const day = Number(groups?.['day']);
  // 2024 stands for any year when none is named: 29 February is a date then.
  const days = new Date(
    Date.UTC(Number(groups?.['year'] ?? 2024), monthNumber(groups?.['month'] ?? ''), 0),
  ).getUTCDate();
  if (day >= 1 && day <= days) return;
  // A number that no month has as a day ("in March 45 minutes") is a date only where it is written like one.
  if (day > 31 && groups?.['ordinal'] === undefined) return;
  throw periodError(text, `${text} is not a date of the calendar`);
}
