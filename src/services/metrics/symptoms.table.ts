import { event, type MetricType } from './metric-model';

/** Symptoms people log. */
export const SYMPTOM_TYPES: readonly MetricType[] = [
  symptom('AbdominalCramps', 'abdominal cramps', ['stomach cramps']),
  symptom('Acne', 'acne', ['pimples']),
  event('AppetiteChanges', 'appetite changes', ['appetite'], {
    valuesNotCounted: ['HKCategoryValueAppetiteChangesNoChange'],
  }),
  symptom('BladderIncontinence', 'bladder incontinence', ['incontinence']),
  symptom('Bloating', 'bloating', ['bloated']),
  symptom('BreastPain', 'breast pain'),
  symptom('ChestTightnessOrPain', 'chest tightness or pain', ['chest tightness', 'chest pain']),
  symptom('Chills', 'chills'),
  symptom('Constipation', 'constipation', ['constipated']),
  symptom('Coughing', 'coughing', ['cough', 'coughed']),
  symptom('Diarrhea', 'diarrhea', ['diarrhoea']),
  symptom('Dizziness', 'dizziness', ['dizzy']),
  symptom('DrySkin', 'dry skin'),
  symptom('Fainting', 'fainting', ['fainted', 'faint']),
  symptom('Fatigue', 'fatigue', ['tiredness']),
  symptom('Fever', 'fever'),
  symptom('GeneralizedBodyAche', 'body ache', ['generalized body ache', 'body and muscle ache', 'muscle ache']),
  symptom('HairLoss', 'hair loss'),
  symptom('Headache', 'headache', ['head ache', 'migraine']),
  symptom('Heartburn', 'heartburn', ['acid reflux']),
  symptom('HotFlashes', 'hot flashes', ['hot flushes']),
  symptom('LossOfSmell', 'loss of smell'),
  symptom('LossOfTaste', 'loss of taste'),
  symptom('LowerBackPain', 'lower back pain', ['back pain', 'low back pain', 'backache']),
  symptom('MemoryLapse', 'memory lapse', ['forgetfulness']),
  presence('MoodChanges', 'mood changes', ['mood', 'mood swings']),
  symptom('Nausea', 'nausea', ['nauseous']),
  symptom('NightSweats', 'night sweats'),
  symptom('PelvicPain', 'pelvic pain'),
  symptom('RapidPoundingOrFlutteringHeartbeat', 'rapid, pounding or fluttering heartbeat', [
    'fluttering heartbeat',
    'pounding heartbeat',
    'rapid heartbeat',
    'heart palpitations',
    'palpitations',
  ]),
  symptom('RunnyNose', 'runny nose'),
  symptom('ShortnessOfBreath', 'shortness of breath', ['breathlessness', 'short of breath']),
  symptom('SinusCongestion', 'sinus congestion', ['congestion', 'stuffy nose']),
  symptom('SkippedHeartbeat', 'skipped heartbeat', ['skipped heart beat']),
  presence('SleepChanges', 'sleep changes'),
  symptom('SoreThroat', 'sore throat'),
  symptom('VaginalDryness', 'vaginal dryness'),
  symptom('Vomiting', 'vomiting', ['vomit', 'vomited']),
  symptom('Wheezing', 'wheezing', ['wheeze']),
];

function symptom(name: string, displayName: string, aliases: readonly string[] = []): MetricType {
  return event(name, displayName, aliases, { valuesNotCounted: ['HKCategoryValueSeverityNotPresent'] });
}

function presence(name: string, displayName: string, aliases: readonly string[] = []): MetricType {
  return event(name, displayName, aliases, { valuesNotCounted: ['HKCategoryValuePresenceNotPresent'] });
}
