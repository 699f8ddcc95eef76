import { categoryValueName } from './category-value';
import { METRIC_TYPES } from './metric-table';

describe('categoryValueName', () => {
  it.each([
    ['HKCategoryValueSleepAnalysisAsleepCore', 'AsleepCore'],
    ['HKCategoryValueSleepAnalysisInBed', 'InBed'],
    ['HKCategoryValueSleepAnalysisAsleep', 'Asleep'],
    ['HKCategoryValueAppleStandHourStood', 'Stood'],
    ['HKCategoryValueHeadphoneAudioExposureEventSevenDayLimit', 'SevenDayLimit'],
    ['HKCategoryValueEnvironmentalAudioExposureEventMomentaryLimit', 'MomentaryLimit'],
    ['HKCategoryValueSeverityNotPresent', 'NotPresent'],
    ['HKCategoryValueNotApplicable', 'NotApplicable'],
    ['HKCategoryValueFromTheFutureBlue', 'FromTheFutureBlue'],
    ['HKCategoryValueSeverity', 'Severity'],
    ['HKCategoryValue', 'HKCategoryValue'],
    ['2', '2'],
    ['', ''],
  ])('reads %j as %j', (value, name) => {
    expect(categoryValueName(value)).toBe(name);
  });

  it('knows the family of every value the table leaves out of a count', () => {
    const values = METRIC_TYPES.flatMap(({ valuesNotCounted = [] }) => valuesNotCounted);
    expect(new Set(values.map(categoryValueName))).toEqual(
      new Set(['Idle', 'InBed', 'Awake', 'NotPresent', 'NoChange', 'None']),
    );
  });
});
