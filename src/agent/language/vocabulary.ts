import nlp from 'compromise/two';
import { distance } from 'fastest-levenshtein';
import { METRIC_TYPES } from '../../services/metrics/metric-type';

/** Words of questions and periods; the words of the metrics come from their table. */
const QUESTION_WORDS = `
  average total maximum minimum highest lowest median latest current yesterday today tonight week weeks month months
  quarter year years days daily weekly monthly yearly hourly recent compare compared before after previous
  monday tuesday wednesday thursday friday saturday sunday january february march april june july august september
  october november december morning afternoon evening night weekday weekdays weekend readings records measurements deviation percentile
`;

const WORD = /[A-Za-z]{4,}/g;
const LETTERS = /^[a-z]{4,}$/;
/** Share of a word's letters that may be wrong. */
const LARGEST_DIFFERENCE = 0.4;

const METRIC_WORDS = wordsOf(METRIC_TYPES.flatMap(({ displayName, aliases }) => [displayName, ...aliases]));
const KNOWN: ReadonlySet<string> = new Set([...METRIC_WORDS, ...wordsOf([QUESTION_WORDS])]);

/** Words in capitals are names and abbreviations, not slips. */
const CAPITALS = /^[A-Z]+$/;

export interface Correction {
  readonly written: string;
  readonly read: string;
}

export interface CorrectedText {
  readonly text: string;
  readonly corrections: readonly Correction[];
}

/** Looking a word up costs time; nobody misspells more of a short question. */
const MOST_LOOKUPS = 20;

/**
 * Mends misspelt words of our subject ("stpes", "avrage", "septmber"). A word that English knows is left alone, and so
 * is one that could be several words: better no reading than a wrong one.
 */
export function correctSpelling(text: string): CorrectedText {
  let lookups = 0;
  const spelt = replaceWords(text, (word) => {
    if (KNOWN.has(word) || isEnglish(word) || lookups >= MOST_LOOKUPS) return undefined;
    lookups += 1;
    return nearestWord(word, KNOWN);
  });
  const timed = correctUnits(spelt.text);
  return { text: timed.text, corrections: [...spelt.corrections, ...timed.corrections] };
}

/**
 * Readings of a text in which one word that English knows is taken for a word of a metric ("hart rate"). For texts
 * that name no metric as they are: the caller judges whether a reading makes sense.
 */
export function* rereadings(text: string): Generator<CorrectedText> {
  for (const { 0: written, index } of text.matchAll(WORD)) {
    const read = KNOWN.has(written.toLowerCase()) ? undefined : nearestWord(written.toLowerCase(), METRIC_WORDS, 1);
    if (read === undefined) continue;
    const reread = `${text.slice(0, index)}${read}${text.slice(index + written.length)}`;
    yield { text: reread, corrections: [{ written, read }] };
  }
}

const AFTER_LAST = /\b((?:last|this|past|previous)\s+)([a-z]{3,6})\b/gi;
const TIME_UNITS = ['week', 'month', 'year', 'quarter'];

/** "Last weak": English words, but not after "last". */
function correctUnits(text: string): CorrectedText {
  const corrections: Correction[] = [];
  const corrected = text.replaceAll(AFTER_LAST, (whole, lead: string, written: string) => {
    const word = written.toLowerCase().replace(/s$/, '');
    const read = TIME_UNITS.includes(word) ? undefined : TIME_UNITS.find((unit) => distance(word, unit) === 1);
    if (read === undefined) return whole;
    corrections.push({ written, read });
    return `${lead}${read}`;
  });
  return { text: corrected, corrections };
}

function replaceWords(text: string, correct: (word: string) => string | undefined): CorrectedText {
  const corrections: Correction[] = [];
  const corrected = text.replaceAll(WORD, (written) => {
    const read = CAPITALS.test(written) ? undefined : correct(written.toLowerCase());
    if (read === undefined) return written;
    // A plural is no slip, and nothing to tell anybody.
    if (written.toLowerCase() !== `${read}s`) corrections.push({ written, read });
    return read;
  });
  return { text: corrected, corrections };
}

/** The one word that is nearest, and near enough; undefined when there is none, or several that are no forms of one. */
function nearestWord(word: string, words: ReadonlySet<string>, most = 3): string | undefined {
  const limit = Math.min(most, word.length >= 8 ? 3 : 2);
  const [best, second] = [...words]
    .filter((known) => Math.abs(known.length - word.length) <= limit)
    .map((known) => ({ known, edits: edits(word, known) }))
    .filter(({ edits, known }) => edits <= limit && edits / Math.max(known.length, word.length) <= LARGEST_DIFFERENCE)
    .sort((a, b) => a.edits - b.edits);
  if (best === undefined) return undefined;
  const isClear = second === undefined || second.edits > best.edits || sameStem(best.known, second.known);
  return isClear ? best.known : undefined;
}

/** Two letters that changed places are one slip; Levenshtein alone counts two. */
function edits(word: string, known: string): number {
  for (let at = 0; at + 1 < word.length; at += 1) {
    const swapped = `${word.slice(0, at)}${word[at + 1]}${word[at]}${word.slice(at + 2)}`;
    if (swapped === known) return 1;
  }
  // The first letter is hardly ever wrong.
  return distance(word, known) + (word[0] === known[0] ? 0 : 1);
}

function sameStem(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a);
}

const FREQUENT = new Set(['what', 'which', 'when', 'where', 'that', 'this', 'with', 'from', 'many', 'much', 'have', 'been',
  'than', 'then', 'them', 'they', 'there', 'their', 'does', 'about', 'into', 'over', 'each', 'same', 'please', 'show',
  'tell', 'give', 'list', 'take', 'took', 'kind', 'sort', 'least', 'most', 'more', 'less', 'hello', 'thanks', 'compared',
]); // prettier-ignore

function isEnglish(word: string): boolean {
  if (FREQUENT.has(word)) return true;
  const { lexicon } = (nlp.model() as { one: { lexicon: object } }).one;
  return Object.hasOwn(lexicon, word) || inflectionsOf(word).some((stem) => Object.hasOwn(lexicon, stem));
}

function inflectionsOf(word: string): string[] {
  const stems = [/s$/, /es$/, /ed$/, /d$/, /ing$/, /ly$/, /er$/, /est$/].filter((ending) => ending.test(word));
  return stems.flatMap((ending) => [word.replace(ending, ''), word.replace(ending, 'e')]);
}

function wordsOf(texts: readonly string[]): ReadonlySet<string> {
  return new Set(texts.flatMap((text) => text.toLowerCase().split(/[^a-z]+/)).filter((word) => LETTERS.test(word)));
}
