import { cumulative, discrete, event, row, timed, type MetricType } from './metric-model';

const NOT_ASLEEP = ['HKCategoryValueSleepAnalysisInBed', 'HKCategoryValueSleepAnalysisAwake'] as const;

/** Breathing, blood, sleep, mind, and what fits nowhere else. */
export const VITALS_TYPES: readonly MetricType[] = [
  discrete(
    'RespiratoryRate',
    'count/min',
    'respiratory rate',
    ['respiration rate', 'breathing rate', 'breaths per minute', 'respiration'],
    { unitLabel: 'breaths/min' },
  ),
  discrete('OxygenSaturation', '%', 'blood oxygen', ['oxygen saturation', 'blood oxygen saturation', 'spo2', 'oxygen']),
  discrete('ForcedVitalCapacity', 'L', 'forced vital capacity', ['fvc']),
  discrete('ForcedExpiratoryVolume1', 'L', 'forced expiratory volume', [
    'forced expiratory volume 1',
    'forced expiratory volume in one second',
    'fev1',
  ]),
  discrete('PeakExpiratoryFlowRate', 'L/min', 'peak expiratory flow', [
    'peak expiratory flow rate',
    'peak flow',
    'pefr',
  ]),
  cumulative('InhalerUsage', 'count', 'inhaler usage', ['inhaler', 'inhaler use', 'inhaler puffs'], {
    unitLabel: 'puffs',
  }),
  discrete('AppleSleepingBreathingDisturbances', 'count', 'sleeping breathing disturbances', [
    'breathing disturbances',
  ]),
  event('SleepApneaEvent', 'sleep apnea events', ['sleep apnea', 'sleep apnoea', 'sleep apnea notifications']),
  discrete('BloodGlucose', 'mg/dL', 'blood glucose', ['blood sugar', 'glucose', 'glucose level', 'blood sugar level']),
  discrete('BloodAlcoholContent', '%', 'blood alcohol content', ['blood alcohol', 'bac']),
  cumulative('InsulinDelivery', 'IU', 'insulin delivery', ['insulin', 'insulin dose']),
  timed(
    'SleepAnalysis',
    'sleep',
    ['sleep analysis', 'sleep time', 'sleep duration', 'hours of sleep', 'slept', 'asleep', 'sleeping', 'time asleep'],
    { valuesNotCounted: NOT_ASLEEP },
  ),
  // A setting that holds until it is changed, hence the newest one; the identifier has no "TypeIdentifier".
  row('HKDataType', {
    name: 'SleepDurationGoal',
    kind: 'discrete',
    unit: 'hr',
    displayName: 'sleep goal',
    aliases: ['sleep duration goal'],
    defaultStatistic: 'latest',
  }),
  timed('MindfulSession', 'mindful minutes', [
    'mindfulness',
    'mindfulness minutes',
    'mindful session',
    'mindful time',
    'meditation',
    'meditated',
    'meditate',
  ]),
  cumulative('TimeInDaylight', 'min', 'time in daylight', ['daylight', 'time outdoors', 'time outside']),
  discrete('UVExposure', 'count', 'UV exposure', ['uv', 'uv index', 'ultraviolet exposure']),
  discrete('WaterTemperature', 'degC', 'water temperature'),
  event('HandwashingEvent', 'handwashing', ['hand washing', 'handwashing events', 'wash my hands']),
  event('ToothbrushingEvent', 'toothbrushing', ['tooth brushing', 'toothbrushing events', 'brush my teeth']),
];
