import { event, type MetricType } from './metric-model';

// Until iOS 17 the flow was HKCategoryValueMenstrualFlow, since iOS 18 it is HKCategoryValueVaginalBleeding.
const NO_BLEEDING = {
  valuesNotCounted: ['HKCategoryValueMenstrualFlowNone', 'HKCategoryValueVaginalBleedingNone'],
} as const;

/** Cycle tracking and reproductive health. */
export const REPRODUCTIVE_TYPES: readonly MetricType[] = [
  event('MenstrualFlow', 'menstrual flow', ['menstruation', 'menstrual period', 'menstrual bleeding'], NO_BLEEDING),
  event('IntermenstrualBleeding', 'spotting', ['intermenstrual bleeding']),
  event('BleedingDuringPregnancy', 'bleeding during pregnancy', [], NO_BLEEDING),
  event('BleedingAfterPregnancy', 'bleeding after pregnancy', ['postpartum bleeding'], NO_BLEEDING),
  event('CervicalMucusQuality', 'cervical mucus quality', ['cervical mucus']),
  event('OvulationTestResult', 'ovulation test results', ['ovulation test', 'ovulation']),
  event('PregnancyTestResult', 'pregnancy test results', ['pregnancy test']),
  event('ProgesteroneTestResult', 'progesterone test results', ['progesterone test', 'progesterone']),
  event('Contraceptive', 'contraceptive use', ['contraception', 'contraceptives', 'birth control']),
  event('Lactation', 'lactation', ['breastfeeding']),
  event('Pregnancy', 'pregnancy', ['pregnant']),
  event('SexualActivity', 'sexual activity', ['sex']),
  event('InfrequentMenstrualCycles', 'infrequent menstrual cycles', ['infrequent periods']),
  event('IrregularMenstrualCycles', 'irregular menstrual cycles', ['irregular cycles']),
  event('PersistentIntermenstrualBleeding', 'persistent intermenstrual bleeding', ['persistent spotting']),
  event('ProlongedMenstrualPeriods', 'prolonged menstrual periods', ['prolonged periods']),
];
