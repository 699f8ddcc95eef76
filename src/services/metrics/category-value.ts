const PREFIX = 'HKCategoryValue';

/** HealthKit's families of category values; longer names stand before those they begin with. */
const FAMILIES = [
  'SleepAnalysis',
  'AppleStandHour',
  'AppetiteChanges',
  'AppleWalkingSteadinessEvent',
  'CervicalMucusQuality',
  'Contraceptive',
  'EnvironmentalAudioExposureEvent',
  'HeadphoneAudioExposureEvent',
  'AudioExposureEvent',
  'LowCardioFitnessEvent',
  'MenstrualFlow',
  'OvulationTestResult',
  'PregnancyTestResult',
  'ProgesteroneTestResult',
  'Presence',
  'Severity',
  'VaginalBleeding',
] as const;

/**
 * A category value without its prefix and family: `HKCategoryValueSleepAnalysisAsleepCore` → `AsleepCore`,
 * `HKCategoryValueNotApplicable` → `NotApplicable`. For display; storage keeps the exact spelling. Anything that is no
 * HealthKit category value comes back as it is.
 */
export function categoryValueName(value: string): string {
  if (!value.startsWith(PREFIX)) return value;
  const rest = value.slice(PREFIX.length);
  const family = FAMILIES.find((name) => rest.startsWith(name) && rest.length > name.length);
  return (family === undefined ? rest : rest.slice(family.length)) || value;
}
