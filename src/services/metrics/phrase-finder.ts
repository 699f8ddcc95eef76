export interface Phrase<T> {
  readonly text: string;
  readonly value: T;
}

export interface PhraseMatch<T> {
  readonly value: T;
  /** As it stands in the text. */
  readonly text: string;
  readonly index: number;
}

interface Token {
  readonly folded: string;
  readonly start: number;
  readonly end: number;
}

interface Candidate<T> {
  readonly values: readonly T[];
  readonly start: number;
  readonly end: number;
}

interface Entry<T> {
  readonly words: readonly string[];
  readonly values: T[];
}

const WORD = /[\p{L}\p{N}\p{M}]+/gu;

/**
 * A finder of known phrases in running text. Case, punctuation between words, compatibility forms (`SpO₂`) and
 * singular or plural make no difference. Of matches that overlap the longest wins; a phrase given for several values
 * yields one match for each, at the same place.
 */
export function phraseFinder<T>(phrases: Iterable<Phrase<T>>): (text: string) => Array<PhraseMatch<T>> {
  const byFirstWord = indexPhrases(phrases);
  return (text) => {
    const tokens = tokenize(text);
    const candidates = tokens.flatMap((token, at) =>
      (byFirstWord.get(token.folded) ?? [])
        .filter(({ words }) => words.every((word, offset) => tokens[at + offset]?.folded === word))
        .map(({ words, values }) => ({
          values,
          start: token.start,
          end: tokens[at + words.length - 1]?.end ?? token.end,
        })),
    );
    return withoutOverlaps(candidates).flatMap(({ values, start, end }) =>
      values.map((value) => ({ value, text: text.slice(start, end), index: start })),
    );
  };
}

/** The phrase as the finder compares it: two phrases with the same key can't be told apart in text. */
export function phraseKey(phrase: string): string {
  return tokenize(phrase)
    .map(({ folded }) => folded)
    .join(' ');
}

function indexPhrases<T>(phrases: Iterable<Phrase<T>>): ReadonlyMap<string, Array<Entry<T>>> {
  const byKey = new Map<string, Entry<T>>();
  for (const { text, value } of phrases) {
    const words = tokenize(text).map(({ folded }) => folded);
    const key = words.join(' ');
    const entry = byKey.get(key);
    if (entry === undefined) byKey.set(key, { words, values: [value] });
    else if (!entry.values.includes(value)) entry.values.push(value);
  }
  const byFirstWord = new Map<string, Array<Entry<T>>>();
  for (const entry of byKey.values()) {
    const first = entry.words[0] ?? '';
    byFirstWord.set(first, [...(byFirstWord.get(first) ?? []), entry]);
  }
  return byFirstWord;
}

function withoutOverlaps<T>(candidates: ReadonlyArray<Candidate<T>>): Array<Candidate<T>> {
  const longestFirst = candidates.toSorted((a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start);
  const chosen: Array<Candidate<T>> = [];
  for (const candidate of longestFirst) {
    if (chosen.every(({ start, end }) => candidate.end <= start || candidate.start >= end)) chosen.push(candidate);
  }
  return chosen.sort((a, b) => a.start - b.start);
}

function tokenize(text: string): Token[] {
  return Array.from(text.matchAll(WORD), ({ 0: word, index }) => ({
    folded: singular(word.normalize('NFKC').toLowerCase()),
    start: index,
    end: index + word.length,
  }));
}

/**
 * One form for singular and plural. Both sides of every comparison go through it, so it has to be consistent, not
 * right: "calorie" and "calories" both become "calory".
 */
function singular(word: string): string {
  if (word.length < 4) return word;
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word.endsWith('ie')) return `${word.slice(0, -2)}y`;
  if (/(?:s|x|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return /[^siu]s$/.test(word) ? word.slice(0, -1) : word;
}
