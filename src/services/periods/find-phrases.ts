import { CALENDAR_RULES } from './calendar-phrases';
import { findDates } from './chrono-dates';
import { PART_RULES } from './month-parts';
import type { Clock } from './period';
import type { Phrase, PhraseRule } from './phrase';
import { RELATIVE_RULES } from './relative-phrases';
import { WEEK_RULES } from './week-phrases';

const RULES: readonly PhraseRule[] = [...RELATIVE_RULES, ...WEEK_RULES, ...CALENDAR_RULES, ...PART_RULES];

/** Words before which a period is none: "a minute per day", "every Monday". */
const NOT_A_PERIOD_AFTER = /\b(?:every|each|per|which|what|any|a|an)\s+$/i;
/** "My most recent weight"; in "which day did I walk most last week" the "most" belongs to "walk". */
const MOST_BEFORE = /\bmost\s+$/i;
const RECENT = /^recent/i;
const MONTH_LIKE_WORD = /^(?:may|march|mar)$/i;
const BEFORE_MONTH =
  /\b(?:in|of|during|for|since|from|to|until|till|through|between|and|vs\.?|versus|than|with|before|after)\s+$/i;
const DAY_LIKE_WORD = /^(?:sun|sat|wed|mon)$/i;
const BEFORE_DAY = /\b(?:on|since|from|until|till|between|and|before|after)\s+$/i;

/** Blanks where people and query strings put other things; every index stays what it was. */
export function normalise(text: string): string {
  return text
    .replaceAll(/[_\u00A0\u2007\u2009\u202F]/g, ' ')
    .replaceAll(/[\u2010-\u2015]/g, '-')
    .replaceAll('\u2019', "'");
}

/**
 * The phrases for periods in a (normalised) text, in its order: where they overlap, the longest wins.
 * @throws ValidationError for a phrase that is recognised and impossible.
 */
export function findPhrases(text: string, clock: Clock): Phrase[] {
  const candidates = [...findByRules(text, clock), ...findDates(text, clock)];
  candidates.sort((a, b) => b.end - b.index - (a.end - a.index) || a.index - b.index);
  const taken: Phrase[] = [];
  for (const candidate of candidates) {
    if (taken.every((phrase) => candidate.end <= phrase.index || candidate.index >= phrase.end)) taken.push(candidate);
  }
  return taken.sort((a, b) => a.index - b.index);
}

/** Whether a phrase is used as a period in a sentence, and is not the verb "may" or "every Monday". */
export function isUsedAsPeriod(phrase: Phrase, text: string): boolean {
  const words = text.slice(phrase.index, phrase.end);
  const before = text.slice(0, phrase.index);
  if (NOT_A_PERIOD_AFTER.test(before)) return false;
  if (RECENT.test(words) && MOST_BEFORE.test(before)) return false;
  if (MONTH_LIKE_WORD.test(words)) return BEFORE_MONTH.test(before);
  if (DAY_LIKE_WORD.test(words)) return BEFORE_DAY.test(before);
  return true;
}

function findByRules(text: string, clock: Clock): Phrase[] {
  return RULES.flatMap((rule) =>
    [...text.matchAll(rule.pattern)].flatMap((match) => {
      const meaning = rule.read(match, clock);
      return meaning === undefined ? [] : [{ ...meaning, index: match.index, end: match.index + match[0].length }];
    }),
  );
}
