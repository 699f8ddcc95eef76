import type { Temporal } from 'temporal-polyfill';
import type { CalendarUnit, Clock, Period } from './period';

/** What a phrase means, before it is known what it is part of. */
export interface Meaning {
  /**
   * The period, at the latest date that the phrase can mean and that is not after `anchor` (today, or the other end of
   * a range). Phrases that name their year ignore it.
   * @throws ValidationError when there is no such date.
   */
  readonly resolve: (anchor: Temporal.PlainDate) => Period;
  /** How often the phrase comes round when it does not say which one it means: "March" every year, "Friday" every week. */
  readonly recurs?: 'year' | 'week';
  /** A time of day; as the end of a range its start counts ("3pm to 5pm" ends at five). */
  readonly moment?: true;
  /** Means something only as the end of a range ("since March until now"). */
  readonly onlyAsEnd?: true;
  /** Means the unit before an earlier period of the same sentence ("the previous week"). */
  readonly previous?: CalendarUnit;
  /** Means something only after another period of the same sentence ("… and the week before"). */
  readonly onlyAfterAnother?: true;
  /** Gives way to any other period of the same sentence ("have I ever … this week"). */
  readonly vague?: true;
}

/** A phrase found in a text, at the text's own indices. */
export interface Phrase extends Meaning {
  readonly index: number;
  readonly end: number;
}

/** A way people write a period. The pattern is global and case-insensitive. */
export interface PhraseRule {
  readonly pattern: RegExp;
  /** @throws ValidationError for a phrase that is recognised and impossible (`last 0 days`). */
  readonly read: (match: RegExpExecArray, clock: Clock) => Meaning | undefined;
}

/** A meaning that does not depend on an anchor. */
export function fixed(period: Period): Meaning {
  return { resolve: () => period };
}

/** A rule's pattern: a blank stands for any white space (so it cannot be optional), and only whole words match. */
export function words(source: string): RegExp {
  return new RegExp(`(?<!\\w|\\d-)(?:${source.replaceAll(' ', '\\s{1,4}')})(?!\\w)`, 'gi');
}
