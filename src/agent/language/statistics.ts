import nlp from 'compromise/two';
import type { AskedStatistic, Grouping } from './interpretation';

type Sentence = ReturnType<typeof nlp>;

const RECORD_WORDS = '(reading|readings|record|records|measurement|measurements|sample|samples|entry|entries|values)';

/**
 * What people say for a statistic, in compromise's match syntax. "How many" stands for a total only when nothing more
 * precise is said ("how many steps on average").
 */
const PRECISE: ReadonlyArray<{ readonly statistic: AskedStatistic; readonly said: readonly string[] }> = [
  { statistic: 'p95', said: ['95th percentile', '95 percentile', 'ninety fifth percentile', 'p95'] },
  { statistic: 'stddev', said: ['standard deviation', '(stddev|stdev|spread|scatter|vary|varied|varies)'] },
  { statistic: 'median', said: ['median'] },
  {
    statistic: 'avg',
    said: ['(average|averages|averaged|averaging|mean|avg|typical|typically|usual|usually|normally)'],
  },
  {
    statistic: 'max',
    said: [
      '(highest|max|maximum|maximal|most|peak|best|top|greatest|biggest|largest|longest|furthest|farthest|fastest|heaviest|record)',
    ],
  },
  { statistic: 'min', said: ['(lowest|min|minimum|minimal|least|fewest|smallest|shortest|slowest|lightest|worst)'] },
  { statistic: 'latest', said: ['(latest|newest|current|currently)', 'most recent', '(right now|nowadays)', 'last'] },
  {
    statistic: 'count',
    said: [`how many * ${RECORD_WORDS}`, `number of * ${RECORD_WORDS}`, 'how (often|frequently)', 'how many times'],
  },
];

const TOTAL = ['(total|totals|totalled|sum|altogether|overall)', 'how (many|much|far|long)', 'number of', 'in all'];

const ADVERBS: Readonly<Record<string, Grouping>> = {
  hourly: 'hour',
  daily: 'day',
  nightly: 'day',
  weekly: 'week',
  monthly: 'month',
  yearly: 'year',
  annually: 'year',
  annual: 'year',
};

const UNIT = '(hour|day|night|week|month|year)';
const EACH = `(each|every|by) single? ${UNIT}`;
const PER = `(per|a|an|one|single|any) ${UNIT}`;
const WHICH = `(which|what) ${UNIT}`;
const BEST = `(best|worst|highest|lowest|top|busiest|laziest) ${UNIT}`;

/** What is asked of the metrics, once metrics and periods are taken out of the sentence. */
export interface AskedShape {
  readonly statistics: readonly AskedStatistic[];
  readonly grouping?: Grouping;
  readonly which: boolean;
  readonly listing: boolean;
  readonly records?: number;
}

const MOST_RECORDS = 50;
const DEFAULT_RECORDS = 10;

/** Reads the statistics, the parts and the form a question asks for; all of them may be missing. */
export function readShape(text: string): AskedShape {
  const sentence = nlp(text);
  const records = readRecords(sentence, text);
  const statistics = records === undefined ? readStatistics(sentence) : [];
  // "When did I last weigh myself" asks for no day among others: the latest value tells its moment.
  const isMoment = statistics.length === 1 && statistics[0] === 'latest';
  const which = sentence.has(WHICH) || sentence.has(BEST) || (sentence.has('when') && !isMoment);
  const grouping = readGrouping(sentence);
  return {
    statistics,
    ...(grouping !== undefined && { grouping }),
    which,
    listing:
      sentence.has(EACH) || sentence.has('(breakdown|break down|day by day|week by week|month by month|chart|table)'),
    ...(records !== undefined && { records }),
  };
}

function readStatistics(sentence: Sentence): AskedStatistic[] {
  // "Most recent" is no maximum, and "how many readings" no total.
  const precise = PRECISE.filter(({ said }) => said.some((match) => sentence.has(match))).map(
    ({ statistic }) => statistic,
  );
  const found = sentence.has('most recent') ? precise.filter((statistic) => statistic !== 'max') : precise;
  if (found.includes('count')) return ['count'];
  if (found.length > 0) return found;
  return TOTAL.some((match) => sentence.has(match)) ? ['sum'] : [];
}

function readGrouping(sentence: Sentence): Grouping | undefined {
  const adverb = Object.keys(ADVERBS).find((word) => sentence.has(word));
  if (adverb !== undefined) return ADVERBS[adverb];
  for (const pattern of [WHICH, BEST, EACH, PER, `${UNIT} by ${UNIT}`]) {
    const found = sentence.match(pattern).match(UNIT).first();
    if (found.found) return unitOf(found.text('normal'));
  }
  return undefined;
}

function unitOf(word: string): Grouping {
  if (word === 'hour' || word === 'week' || word === 'month' || word === 'year') return word;
  return 'day';
}

/** "Show my last five weight readings": single records, not a statistic of them. */
function readRecords(sentence: Sentence, text: string): number | undefined {
  if (!sentence.has(RECORD_WORDS) || sentence.has('how many') || sentence.has('number of')) return undefined;
  const asks =
    sentence.has('(show|list|give|display|print|see|get|what|which)') || sentence.has(`last .? ${RECORD_WORDS}`);
  if (!asks || sentence.has('(average|mean|median|highest|lowest|max|maximum|min|minimum|total)')) return undefined;
  const number = /\b(\d{1,3})\b/.exec(text)?.[1] ?? wordNumber(text);
  if (number !== undefined) return Math.min(Math.max(Number(number), 1), MOST_RECORDS);
  return sentence.has('(reading|record|measurement|sample|entry)') && !/\b\w+s\b$/.test(text) ? 1 : DEFAULT_RECORDS;
}

const NUMBER_WORDS = ['two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

function wordNumber(text: string): string | undefined {
  const at = NUMBER_WORDS.findIndex((word) => new RegExp(`\\b${word}\\b`, 'i').test(text));
  return at === -1 ? undefined : String(at + 2);
}
