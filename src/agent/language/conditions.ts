import type { Unsupported } from './reading';

const AMOUNT = String.raw`(?:\d|an? (?:hundred|thousand|million)|(?:two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty) (?:hundred|thousand))`;
const DAY_NAME = '(?:mon|tues|wednes|thurs|fri|satur|sun)day';
const SUPERLATIVE = '(?:most|highest|lowest|best|worst|least|fewest|largest|biggest|greatest|smallest|longest|fastest)';
const COUNTED = '(?:days?|nights?|weeks?|months?|times?|hours?|readings?|records?)';

/** What a question may ask of its parts that is computed nowhere: an answer without it would be one to another question. */
const CONDITIONS: readonly RegExp[] = [
  new RegExp(String.raw`\b(?:above|over|below|under|beyond|exceed\w*|at least|at most|(?:more|less|fewer|greater|higher|lower|better) than)\s+(?:or equal to\s+)?${AMOUNT}(?![\d.,]*\s+(?:days?|nights?|weeks?|months?|years?)\b)`, 'i'),
  new RegExp(String.raw`\b(?:hit|reach(?:ed)?|surpass(?:ed)?|exceed(?:ed)?|beat|broke|pass(?:ed)?)\s+(?:my |the |a )?${AMOUNT}`, 'i'),
  new RegExp(String.raw`\b(?:percentage|percent|share|proportion|fraction) of (?:\w+ ){0,2}${COUNTED}\b`, 'i'),
  new RegExp(String.raw`\b(?:every|each|all(?: the)?) (?:other |second )?(?:${DAY_NAME}s?|weekdays?|weekends?|mornings?|afternoons?|evenings?)\b|\bevery (?:other|second|third) \w+`, 'i'),
  new RegExp(String.raw`\b(?:second|third|fourth|fifth|2nd|3rd|4th|5th|next)(?: |-)${SUPERLATIVE}\b`, 'i'),
  new RegExp(String.raw`\b(?:top|bottom|best|worst|highest|lowest) (?:\d+|two|three|four|five|six|seven|eight|nine|ten)\b`, 'i'),
  new RegExp(String.raw`\b(?:two|three|four|five|six|seven|eight|nine|ten|\d{1,2}) ${SUPERLATIVE}\b`, 'i'),
  /\b(?:excluding|except(?: for)?|excepting|without|apart from|other than|ignoring|leaving out|not counting|rather than|instead of)\b/i,
  /\bnot\b.{1,60}\bbut\b/i,
  /\bhow many (?:days|nights|weeks|months)\b/i,
  /\bdays? of (?:the |a )?week\b|\bweekday\b/i,
  /\b(?:first|earliest|oldest)\b(?!,)/i,
  /(?<![\d.,/])(?:\d{1,3}(?:,\d{3})+|(?!(?:19|20|21)\d\d\b)\d{3,}|\d+(?:\.\d+)?k)\b(?![./]\d)/i,
]; // prettier-ignore

const CHANGE = /\b(?:chang(?:e|es|ed)|los[es]|lost|loss|gain(?:s|ed)?)\b/i;

/** What a question about data asks beyond the statistics there are, once its metrics and periods are taken out. */
export function unsupportedCondition(rest: string, periods: number): Unsupported | undefined {
  if (CONDITIONS.some((pattern) => pattern.test(rest))) return 'condition';
  return periods < 2 && CHANGE.test(rest) ? 'difference' : undefined;
}

const UNIT =
  /\b(?:in|as) (?:pounds?|lbs?|kilos?|kilograms?|kgs?|grams?|stones?|miles?|km|kilomet(?:er|re)s?|met(?:er|re)s?|yards?|feet|foot|inch(?:es)?|cm|centimet(?:er|re)s?|(?:degrees )?(?:fahrenheit|celsius)|kilojoules?|kj|joules?|k?cal(?:ories)?|seconds?|minutes?|hours?|bpm|percent|mmhg|lit(?:er|re)s?)\b/gi;

/** The units a question names ("in pounds"): values come in those of the profile. */
export function unitsIn(rest: string): Array<{ readonly text: string; readonly index: number }> {
  return [...rest.matchAll(UNIT)].map(({ 0: text, index }) => ({ text, index }));
}
