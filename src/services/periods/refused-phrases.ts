import { MONTH } from './dates';
import { periodError } from './period-error';
import { words } from './phrase';

/** Days that no month has; those that some months have are refused with their month, when it is known. */
const NO_DAY = '(?:0|00|3[2-9]|[4-9]\\d)(?:st|nd|rd|th)';
const IMPOSSIBLE_DAY = words(`${MONTH} ${NO_DAY}|${NO_DAY}(?: of)? ${MONTH}`);
const ISO_LIKE = words('(?:19|20|21)\\d\\d-(?!q|w)\\d{1,2}(?:-\\d{1,2})?(?![\\dt])');
const NUMERIC = words('\\d{1,2}[/.]\\d{1,2}[/.]\\d{2,4}');
const SEASON = words(
  '(?:(?:in|last|this|during|since|over|next|past|early|late|mid)(?: the)? (?:spring|summer|autumn|fall|winter)|' +
    '(?:spring|summer|autumn|fall|winter)(?: of)? \\d{4})',
);
const SEASON_ALONE = /^\s*(?:spring|summer|autumn|fall|winter)\s*$/i;

/**
 * Refuses what is meant as a date and can't be one, or can be read in two ways, before anything shorter inside it is
 * taken for a period ("October 32nd" holds "October", "summer 2025" holds "2025").
 * @throws ValidationError
 */
export function refuseUnreadable(text: string): void {
  for (const [date] of text.matchAll(IMPOSSIBLE_DAY)) throw periodError(date, `${date} is not a date of the calendar`);
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
