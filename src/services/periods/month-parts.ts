import type { Temporal } from 'temporal-polyfill';
import { monthStart } from './calendar-phrases';
import { latestDate, MONTH, monthNumber, readYear, YEAR } from './dates';
import { type Clock, monthName, type Period, type PeriodStep, wholeDays } from './period';
import { periodError } from './period-error';
import { fixed, type Meaning, type PhraseRule, words } from './phrase';
import { COUNT, readCount, readUnit } from './rolling';

type Third = 0 | 1 | 2;

const OF_YEAR = `(?:(?: of| in|,)? (?<year>${YEAR})(?![-/:]?\\d))?`;
const EARLY =
  '(?:(?<early>early(?: in)?|(?:the )?(?:beginning|start) of)|(?<mid>mid|middle|(?:the )?middle of)|(?<late>late(?: in)?|(?:the )?end of))(?: |-)';
const NTH = ['first', 'second', 'third', 'fourth'];
const MONTH_PART: PeriodStep = { unit: 'month', count: 1, part: true };
const YEAR_PART: PeriodStep = { unit: 'year', count: 1, part: true };
/** First and last day (0: the last of the month) of the thirds of a month. */
const THIRDS = [
  [1, 10],
  [11, 20],
  [21, 0],
] as const;
const THIRD_NAMES = ['early', 'mid', 'late'];

/**
 * Parts of months and years. Early, mid and late are the 1st to 10th, 11th to 20th and 21st to the end of a month, and
 * January to April, May to August and September to December of a year. The first, second, third and fourth week of a
 * month are its days 1–7, 8–14, 15–21 and 22–28, its last week the last seven days.
 */
export const PART_RULES: readonly PhraseRule[] = [
  { pattern: words(`${EARLY}(?<month>${MONTH})${OF_YEAR}`), read: readThirdOfMonth },
  { pattern: words(`${EARLY}(?<which>this|last) month`), read: readThirdOfRecentMonth },
  { pattern: words(`${EARLY}(?<year>${YEAR})`), read: readThirdOfYear },
  {
    pattern: words(`(?:the )?(?<nth>${NTH.join('|')}|last) week (?:of|in) (?<month>${MONTH})${OF_YEAR}`),
    read: readWeek,
  },
  {
    pattern: words(
      `(?:the )?(?<nth>first|last)(?: (?<count>${COUNT}))? (?<unit>day|week)s? (?:of|in) (?<month>${MONTH})${OF_YEAR}`,
    ),
    read: readEnds,
  },
  { pattern: words(`(?:the )?(?<half>first|second) half of (?<month>${MONTH})${OF_YEAR}`), read: readHalfOfMonth },
  {
    pattern: words(`(?:the )?(?<half>first|second|last) half of (?<year>${YEAR})|h(?<h>[12]) (?<y>${YEAR})`),
    read: readHalfOfYear,
  },
];

function thirdOf(groups: Record<string, string | undefined> | undefined): Third {
  if (groups?.['early'] !== undefined) return 0;
  return groups?.['mid'] === undefined ? 2 : 1;
}

/** Days `first` to `last` of a month whose year may be missing. */
function daysOfMonth(
  match: RegExpExecArray,
  clock: Clock,
  label: string,
  pick: (days: number) => readonly [number, number],
): Meaning {
  const text = match[0];
  const month = monthNumber(match.groups?.['month'] ?? '');
  const { start, recurs } = monthStart(month, readYear(match.groups?.['year'], clock.today), text);
  const resolve = (anchor: Temporal.PlainDate): Period => {
    const [day] = pick(start(anchor).daysInMonth);
    const firstOfMonth = recurs ? latestDate(month, day, anchor, text).with({ day: 1 }) : start(anchor);
    return daysOf(clock, firstOfMonth, label, pick);
  };
  return { resolve, ...(recurs && { recurs }) };
}

function daysOf(
  clock: Clock,
  month: Temporal.PlainDate,
  label: string,
  pick: (days: number) => readonly [number, number],
): Period {
  const [first, last] = pick(month.daysInMonth);
  const name = `${label} ${monthName(month.month)} ${month.year}`;
  return wholeDays(
    clock.timeZone,
    month.with({ day: first }),
    month.with({ day: last }).add({ days: 1 }),
    name,
    MONTH_PART,
  );
}

function third(index: Third): (days: number) => readonly [number, number] {
  const [first, last] = THIRDS[index];
  return (days) => [first, last === 0 ? days : last];
}

function readThirdOfMonth(match: RegExpExecArray, clock: Clock): Meaning {
  const index = thirdOf(match.groups);
  return daysOfMonth(match, clock, THIRD_NAMES[index] ?? '', third(index));
}

function readThirdOfRecentMonth({ groups }: RegExpExecArray, clock: Clock): Meaning {
  const index = thirdOf(groups);
  const month = clock.today.with({ day: 1 }).subtract({ months: groups?.['which']?.toLowerCase() === 'last' ? 1 : 0 });
  return fixed(daysOf(clock, month, THIRD_NAMES[index] ?? '', third(index)));
}

function readThirdOfYear({ groups }: RegExpExecArray, clock: Clock): Meaning {
  const index = thirdOf(groups);
  return fixed(monthsOf(clock, groups?.['year'], THIRD_NAMES[index] ?? '', index * 4 + 1, 4));
}

function readHalfOfYear({ groups }: RegExpExecArray, clock: Clock): Meaning {
  const second = groups?.['h'] === undefined ? groups?.['half']?.toLowerCase() !== 'first' : groups['h'] === '2';
  const label = `${second ? 'second' : 'first'} half of`;
  return fixed(monthsOf(clock, groups?.['year'] ?? groups?.['y'], label, second ? 7 : 1, 6));
}

function monthsOf(clock: Clock, yearText: string | undefined, label: string, month: number, months: number): Period {
  const year = readYear(yearText, clock.today) ?? clock.today.year;
  const first = clock.today.with({ year, month, day: 1 });
  return wholeDays(clock.timeZone, first, first.add({ months }), `${label} ${year}`, YEAR_PART);
}

function readHalfOfMonth(match: RegExpExecArray, clock: Clock): Meaning {
  const half = match.groups?.['half']?.toLowerCase() ?? '';
  return daysOfMonth(match, clock, `${half} half of`, (days) => (half === 'first' ? [1, 15] : [16, days]));
}

function readWeek(match: RegExpExecArray, clock: Clock): Meaning {
  const name = match.groups?.['nth']?.toLowerCase() ?? '';
  const index = NTH.indexOf(name);
  return daysOfMonth(match, clock, `${name} week of`, (days) =>
    index < 0 ? [days - 6, days] : [index * 7 + 1, index * 7 + 7],
  );
}

function readEnds(match: RegExpExecArray, clock: Clock): Meaning {
  const { nth, unit, count } = match.groups ?? {};
  const length = readCount(count ?? '1', 'day') * (readUnit(unit ?? '') === 'week' ? 7 : 1);
  if (length > 28) throw periodError(match[0], 'at most 28 days at the start or end of a month are read');
  const isFirst = nth?.toLowerCase() === 'first';
  const label = `${isFirst ? 'first' : 'last'} ${length === 1 ? 'day' : `${length} days`} of`;
  return daysOfMonth(match, clock, label, (days) => (isFirst ? [1, length] : [days - length + 1, days]));
}
