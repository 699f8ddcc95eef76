import { discrete, event, type MetricType } from './metric-model';

const BEATS = { unitLabel: 'bpm' } as const;

/** The heart and the circulation. */
export const HEART_TYPES: readonly MetricType[] = [
  discrete(
    'HeartRate',
    'count/min',
    'heart rate',
    ['pulse', 'bpm', 'heartbeat', 'heart beat', 'beats per minute'],
    BEATS,
  ),
  discrete(
    'RestingHeartRate',
    'count/min',
    'resting heart rate',
    ['resting pulse', 'resting heartbeat', 'heart rate at rest', 'rhr', 'resting hr'],
    BEATS,
  ),
  discrete(
    'WalkingHeartRateAverage',
    'count/min',
    'walking heart rate',
    ['walking pulse', 'heart rate while walking', 'walking hr'],
    BEATS,
  ),
  discrete(
    'HeartRateRecoveryOneMinute',
    'count/min',
    'heart rate recovery',
    ['cardio recovery', 'one-minute heart rate recovery'],
    BEATS,
  ),
  discrete('HeartRateVariabilitySDNN', 'ms', 'heart rate variability', [
    'hrv',
    'sdnn',
    'heart rate variability sdnn',
    'pulse variability',
  ]),
  discrete('AtrialFibrillationBurden', '%', 'atrial fibrillation burden', [
    'afib burden',
    'afib',
    'afib history',
    'atrial fibrillation',
    'atrial fibrillation history',
  ]),
  discrete('PeripheralPerfusionIndex', '%', 'peripheral perfusion index', ['perfusion index']),
  // Apple estimates it now and then; as a discrete quantity that is no body measure, its average is the answer.
  discrete('VO2Max', 'mL/min·kg', 'VO2 max', ['vo2', 'cardio fitness', 'aerobic capacity', 'maximal oxygen uptake']),
  discrete('BloodPressureSystolic', 'mmHg', 'systolic blood pressure', ['systolic', 'systolic pressure']),
  discrete('BloodPressureDiastolic', 'mmHg', 'diastolic blood pressure', ['diastolic', 'diastolic pressure']),
  event('HighHeartRateEvent', 'high heart rate events', [
    'high heart rate',
    'high heart rate alerts',
    'high heart rate notifications',
  ]),
  event('LowHeartRateEvent', 'low heart rate events', [
    'low heart rate',
    'low heart rate alerts',
    'low heart rate notifications',
  ]),
  event('IrregularHeartRhythmEvent', 'irregular heart rhythm events', [
    'irregular rhythm',
    'irregular heart rhythm',
    'irregular rhythm events',
    'irregular rhythm notifications',
  ]),
  event('LowCardioFitnessEvent', 'low cardio fitness events', [
    'low cardio fitness',
    'low cardio fitness notifications',
  ]),
  event('HypertensionEvent', 'hypertension events', ['hypertension', 'hypertension notifications']),
];
