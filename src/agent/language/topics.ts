import nlp from 'compromise/two';
import type { Unsupported } from './reading';

const TOPICS: ReadonlyArray<readonly [Unsupported, RegExp]> = [
  ['workouts', /\bwork-?outs?\b(?! (?:minutes|time))|\btraining sessions?\b/i],
  ['rings', /\b(?:activity|exercise|stand|move) rings?\b|\bclose my rings?\b/i],
  ['forecast', /\b(?:predict|forecast|will i|am i going to)\b/i],
  ['reason', /^\s*why\b|\b(?:correlat\w*|because of|caus(?:e|es|ed|ing)|affects?|influences?|linked to|related to)\b/i],
  ['advice', /\bshould i\b|\badvice\b|\brecommend|\btips?\b|\bhow (?:can|do|could) i (?:improve|lose|gain|lower|increase|reduce|raise|get)\b/i],
  ['trend', /\btrend\w*\b|\b(?:in|de)creas(?:e|ed|ing)\b|\bgo(?:ing|ne)? (?:up|down)\b|\bimprov\w+|\bgetting (?:better|worse|higher|lower|fitter)\b|\bprogress\b/i],
  ['goal', /\bgoals?\b(?<!sleep goal)|\btargets?\b/i],
  ['change', /^\s*(?:please |can you |could you )?(?:add|log|delete|erase|remove|import|upload|update|change|remind)\b/i],
]; // prettier-ignore

/** What a question asks beyond data, if it does. */
export function unsupportedTopic(text: string): Unsupported | undefined {
  return TOPICS.find(([, pattern]) => pattern.test(text))?.[0];
}

const INVENTORY =
  /\b(?:what|which) (?:\w+ )?(?:data|metrics?|types?|records|information)\b.*\b(?:have|hold|know|available|there|stored|got)\b|\b(?:list|show)(?: me)? (?:all )?(?:my |the |available )*(?:data|metrics)\b|\bwhat do you (?:know|have) (?:about|on|of) me\b/i;
const HELP =
  /^\W*help\W*$|\bwhat (?:can|could|do) (?:you|i) (?:do|ask|answer|know|help)\b|\bhow (?:does this|do you) work\b|\bwho are you\b|\bhelp me\b/i;
const GREETING = /^\W*(?:hi|hello|hey|good (?:morning|afternoon|evening)|greetings)\b(?:\s+(?:there|you|again))?\W*$/i;
const THANKS = /^\W*(?:thanks?(?: you)?|thx|cheers|great|perfect|ok(?:ay)?|bye|goodbye)\b[\w\s]{0,20}\W*$/i;

/** A message that is about this service rather than about data. */
export function smallTalk(text: string): 'greeting' | 'thanks' | 'help' | 'inventory' | undefined {
  if (INVENTORY.test(text)) return 'inventory';
  if (HELP.test(text)) return 'help';
  if (GREETING.test(text)) return 'greeting';
  return THANKS.test(text) ? 'thanks' : undefined;
}

const RESTRICTIONS: readonly RegExp[] = [
  /\b(?:during|while|when i(?:'m| am| was)?)\s+(?!is\b)[a-z][\w ]{2,30}/i,
  /\b(?:before|after) (?:breakfast|lunch|dinner|bed|work|waking|sleep|exercise|running|eating)\b/i,
  /\b(?:at night|at work|at home|at rest|in the (?:mornings?|afternoons?|evenings?))\b/i,
  /\b(?:on )?(?:weekdays|weekends|mondays|tuesdays|wednesdays|thursdays|fridays|saturdays|sundays)\b/i,
  /\b(?:from|with|by|on) my (?:apple |smart )?(?:watch|i?phone|scale|ring|band)\b/i,
];

/** Parts of a question that narrow it in ways that cannot be followed; silence about them would be a wrong answer. */
export function restrictionsIn(text: string): string[] {
  return RESTRICTIONS.flatMap((pattern) => pattern.exec(text)?.[0].trim() ?? []);
}

const FOLLOW_UP = /^\W*(?:and|also|what about|how about|same|the same|what of|but|ok(?:ay)?,? and|now|then)\b/i;

/** Whether a message leans on the turn before by its wording. */
export function leansOnEarlier(text: string): boolean {
  return FOLLOW_UP.test(text) || /\b(?:that|it|those|the same)\b\W*$/i.test(text);
}

const NO_SUBJECT =
  '(#Pronoun|#Determiner|#Preposition|#Conjunction|#QuestionWord|#Auxiliary|#Copula|#Modal|#Adverb|#Value|#Negative|#Date|#Expression)';
const VAGUE = new Set(
  (
    'did do does have had has show tell give get list me my i was is are be many much average total highest lowest ' +
    'most least max maximum min minimum mean median latest current last best day days week month year data level levels ' +
    'value values number rate please what which how about compare compared more less than per each every and or the a an ' +
    'take took make made want know see can could you it that this same reading readings record records recent ever all'
  ).split(' '),
);

/** The words that may have been meant as a metric: what is left when all that is understood is taken away. */
export function subjectOf(rest: string): string {
  const nouns = nlp(rest).not(NO_SUBJECT).terms().out('array') as string[];
  const words = nouns.map((word) => word.replaceAll(/[^\p{L}\p{N}-]/gu, '')).filter(Boolean);
  return words.some((word) => !VAGUE.has(word.toLowerCase())) ? trimVague(words).join(' ') : '';
}

function trimVague(words: readonly string[]): string[] {
  const first = words.findIndex((word) => !VAGUE.has(word.toLowerCase()));
  return words.slice(first).slice(0, 4);
}
