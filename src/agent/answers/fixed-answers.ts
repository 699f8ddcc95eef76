import type { Unsupported } from '../language/reading';

export const EXAMPLES =
  'I can answer things like “how many steps did I take last week?”, “average heart rate yesterday”, ' +
  '“highest weight this year”, “which day did I walk most last month?” or “what data do you have?”.';

const TOPICS: Readonly<Record<Unsupported, string>> = {
  workouts: 'I cannot answer questions about workouts yet.',
  rings: 'I cannot answer questions about activity rings yet.',
  trend: 'I cannot judge trends yet; I can tell you the value of one period and of another.',
  forecast: 'I cannot look ahead: I only know what has been recorded.',
  reason:
    'I cannot say why something is as it is, or what it has to do with something else: I only read recorded data.',
  advice: 'I cannot give advice on health or training; a doctor can. I can tell you what your data says.',
  condition:
    'I cannot answer that yet: I do not know how to leave out, rank or count days or values by a condition, and an ' +
    'answer without it would mislead.',
  difference: 'I cannot work out a change within a period yet; I can tell you the value of one period and of another.',
  goal: 'I do not know your goals.',
  change: 'I can only read your data: I cannot add, change or delete anything here.',
};

export function unsupportedAnswer(topic: Unsupported): string {
  return `${TOPICS[topic]} ${EXAMPLES}`;
}

export const GREETING = `Hello! Ask me about your health data. ${EXAMPLES}`;
export const THANKS = 'You are welcome.';
export const HELP = `I read your recorded health data and answer with its numbers. ${EXAMPLES}`;
export const TOO_LONG = `That is more than I can read as one question. Please ask one thing in a sentence or two. ${EXAMPLES}`;

export function badPeriodAnswer(problem: string): string {
  // Advice on how to write a date is for programs; people get examples in words.
  const what = problem.replace(/:? ?write .*$/, '') || 'it is not clear which one is meant';
  return `I could not read the time in that: ${what}. Could you name it differently, such as “last week” or “September last year”?`;
}

export function unclearAnswer(subject: string, didYouMean: readonly string[]): string {
  const what = subject === '' ? 'I am not sure which metric you mean.' : `I do not know a metric called “${subject}”.`;
  const nearest = didYouMean.length === 0 ? '' : ` Did you mean ${didYouMean.join(', or ')}?`;
  return `${what}${nearest} ${EXAMPLES}`;
}

/** For what only makes sense after something that was said before. */
export const FORGETFUL =
  'I cannot look up what we said before at the moment, so please ask the whole question, or try again in a while.';

/** Without figures: the answer's own are what is checked against the tools. */
export const FROM_BEFORE = 'The data store cannot be reached at the moment, so this is what was known before.';
