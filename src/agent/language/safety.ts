const EMERGENCY = [
  /\b(?:chest (?:pain|hurts)|pain in my chest|pressure in my chest|my chest (?:is|feels) tight)\b/i,
  /\b(?:can(?:no|')?t|cannot|can not|unable to|struggling to|hard to) (?:breathe|catch my breath)\b/i,
  /\b(?:having|had|have) an? (?:heart attack|stroke|seizure)\b|\bheart attack\b.*\bnow\b/i,
  /\b(?:passed out|passing out|unconscious|not breathing|stopped breathing|coughing up blood|severe bleeding)\b/i,
  /\b(?:overdosed?|took too many (?:pills|tablets))\b/i,
  /\b(?:face|mouth) (?:is )?drooping\b|\bslurred speech\b/i,
];

const SELF_HARM = [
  /\bsuicid(?:e|al)\b/i,
  /\b(?:kill|hurt|harm|cut|cutting) myself\b|\bself[- ]?harm/i,
  /\b(?:want|going|like) to die\b|\b(?:end|ending|take) my (?:own )?life\b|\bdon'?t want to (?:live|be alive)\b/i,
  /\bbetter off dead\b|\bno reason to live\b/i,
];

/** A symptom that is asked for as data ("how often did I log chest pain") is a question about records. */
const ABOUT_RECORDS = /\b(?:how often|how many times|logged?|records?|recorded|entries|list|show)\b/i;
const PRESENT = /\b(?:now|right now|i have|i'?m having|i am having|i feel|help)\b/i;

export type Danger = 'emergency' | 'self_harm';

/** Whether somebody seems to be in danger. When in doubt they are: a needless answer costs less than a missing one. */
export function dangerIn(message: string): Danger | undefined {
  const text = message.replaceAll(/[‘’]/g, "'");
  if (SELF_HARM.some((pattern) => pattern.test(text))) return 'self_harm';
  if (!EMERGENCY.some((pattern) => pattern.test(text))) return undefined;
  return ABOUT_RECORDS.test(text) && !PRESENT.test(text) ? undefined : 'emergency';
}

/** The fixed answers. They hold no numbers: emergency numbers differ by country. */
export const DANGER_ANSWERS: Readonly<Record<Danger, string>> = {
  emergency:
    'This sounds like it could be a medical emergency. Please call your local emergency number now, or have somebody ' +
    'near you do it, and follow what they say. I can only read recorded health data; I cannot assess symptoms.',
  self_harm:
    'I am sorry that you are going through this. Please reach out right now: call your local emergency number or a ' +
    'crisis line, or go to somebody you trust and stay with them. You do not have to be alone with this. I can only ' +
    'read recorded health data, and people can help you far better than I can.',
};

const DIAGNOSIS =
  /\b(?:do|did|could|might|am|would) i (?:have|be|getting|suffering|at risk)\b.*\b(?:disease|diabet\w*|cancer|hypertension|arrhythmia|afib|apn[o]?ea|an(?:a)?emi\w*|infection|covid|flu|depress\w*|sick|ill|pregnant|condition|risk)\b|\bdiagnos\w*|\bwhat(?:'s| is) wrong with me\b/i;

const JUDGEMENT =
  /\b(?:normal|healthy|unhealthy|dangerous|too (?:high|low|fast|slow|much|little)|good|bad|ok|okay|worr(?:y|ied|ying)|concern(?:ed|ing)?|alarming|safe|enough)\b/i;

/** Asks for a diagnosis, which no data answer can give. */
export function asksForDiagnosis(message: string): boolean {
  return DIAGNOSIS.test(message);
}

/** Asks to judge a value; the value can be told, the judgement can't. */
export function asksForJudgement(message: string): boolean {
  return JUDGEMENT.test(message);
}

export const NO_DIAGNOSIS =
  'I cannot make a diagnosis or assess symptoms; please ask a doctor. I can tell you what your data says, though.';
export const NO_JUDGEMENT = 'Whether that is right for you is a question for a doctor.';
