import { blankOut } from './blank-out';
import { unitsIn } from './conditions';
import { restrictionsIn } from './topics';

const COUNTED =
  '(?:seconds?|minutes?|hours?|days?|nights?|weeks?|fortnights?|weekends?|months?|quarters?|years?|decades?)';
const NUMBER = '(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|several|couple of|few)';

/** Names of days and stretches of time that are read nowhere: they move from year to year, or from person to person. */
const NAMED =
  /\b(?:christmas|xmas|boxing day|easter|thanksgiving|hallowe'?en|new year'?s?(?: (?:eve|day))?|valentine'?s?(?: day)?|ramadan|eid|hanukkah|passover|diwali|lent|black friday|(?:\w+ )?birthday|anniversary|holidays?|vacations?|fortnights?|decades?|century|semesters?|trimesters?|(?:mother|father)'?s'? day|(?:labou?r|memorial|independence) day)\b/i;
/** Words of dates and times that were left over when every period was taken out. */
const LEFT_OVER: readonly RegExp[] = [
  /\b\d{1,2}(?:st|nd|rd|th)\b(?! percentile)/i,
  /(?<![\d/])\d{1,2}\/\d{1,2}(?![\d/])/,
  /\bat \d{1,2}\b|\b\d{1,2}:\d\d\b|\b\d{1,2} ?[ap]\.?m\b|\b\d{1,2} ?o.?clock\b|\b(?:noon|midnight|midday)\b/i,
  new RegExp(String.raw`\b(?:\d+|${NUMBER}) ${COUNTED}\b|\b(?:week|day|month|quarter) \d+\b`, 'i'),
  /(?:\S+ ){0,2}\bago\b/i,
  /\b(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|april|june|july|august|september|october|november|december)\b/i,
  /\b(?:since|until|till|before|after) (?:i|we|my) \w+(?: \w+)?/i,
  // The rest of a range whose start was read: "from 10am to lunch".
  /\s{3,}(?:to|until|till|through) (?!(?:compare|see|know|find|check|be)\b)\w+|\bfrom \w+ (?:to|until|till|through)(?=\s{3,})/i,
  /\b(?:last|past|previous|next|coming) (?:spring|summer|autumn|fall|winter|term|season|trip|time)\b/i,
  /(?<![\w.,%-])\d+(?![\w%]|[.,-]\d)/,
];

/** What follows a preposition without being a time: "on average", "in a day", "in total". */
const NO_TIME = String.raw`(?:averages?|total|all|general|sum|short|detail|mean|median|each|every|any|a|an|one|single|the|my|our|your|me|i|it|this|that|these|those|them|which|what|how|when|who|most|least|once|rest|last|first|present|moment|record|foot|terms|comparison|addition|contrast|fact|days?|weeks?|months?|years?|hours?|nights?|and|or|to|of|in|on|at|compared|versus|vs|by|per|with|was|were|is|are|did|do|does|have|has|had)\b`;
const AFTER_PREPOSITION = new RegExp(
  String.raw`\b(?:on|in|at|during|since|until|till|before|after) (?:(?:the|my|our|a|an|this|that) )?(?!${NO_TIME})[\p{L}\d]\S*(?: \S+)?`,
  'iu',
);

/**
 * The words that may have been meant as a time and were read as none: an answer about another time would be wrong.
 * @param message as it was written
 * @param rest the message without its periods and metrics
 * @param numbers whether a number has been understood as something else ("my last 5 readings")
 */
export function unreadTime(message: string, rest: string, numbers: boolean): string | undefined {
  const named = NAMED.exec(message)?.[0];
  if (named !== undefined) return named;
  const text = withoutUnderstood(rest);
  const patterns = numbers ? LEFT_OVER.slice(0, -1) : LEFT_OVER;
  const found = [...patterns, AFTER_PREPOSITION].map((pattern) => pattern.exec(text)?.[0]);
  return found.find((words) => words !== undefined)?.replace(/[\s?!.,;:]+$/, '');
}

/** Without what is told of elsewhere: restrictions that cannot be followed, units, percentiles. */
function withoutUnderstood(rest: string): string {
  const restrictions = restrictionsIn(rest).map((text) => ({ text, index: rest.indexOf(text) }));
  const percentiles = [...rest.matchAll(/\b(?:the )?(?:95(?:th)?|ninety[- ]fifth) percentile\b|\bp95\b/gi)];
  const said = percentiles.map(({ 0: text, index }) => ({ text, index }));
  return blankOut(rest, [...restrictions, ...unitsIn(rest), ...said]);
}
