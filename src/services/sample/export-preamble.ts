/**
 * What stands before the data: the document type as Apple writes it, reduced to the elements a sample has.
 * `!` marks required attributes.
 */
const ELEMENTS: readonly (readonly [name: string, content: string, attributes: string])[] = [
  ['HealthData', '(ExportDate,Me,(Record|Correlation|Workout|ActivitySummary)*)', 'locale!'],
  ['ExportDate', 'EMPTY', 'value!'],
  [
    'Me',
    'EMPTY',
    'HKCharacteristicTypeIdentifierDateOfBirth! HKCharacteristicTypeIdentifierBiologicalSex! HKCharacteristicTypeIdentifierBloodType! HKCharacteristicTypeIdentifierFitzpatrickSkinType! HKCharacteristicTypeIdentifierCardioFitnessMedicationsUse!',
  ],
  [
    'Record',
    '((MetadataEntry|HeartRateVariabilityMetadataList)*)',
    'type! unit value sourceName! sourceVersion device creationDate startDate! endDate!',
  ],
  [
    'Correlation',
    '((MetadataEntry|Record)*)',
    'type! sourceName! sourceVersion device creationDate startDate! endDate!',
  ],
  [
    'Workout',
    '((MetadataEntry|WorkoutEvent|WorkoutRoute|WorkoutStatistics)*)',
    'workoutActivityType! duration durationUnit totalDistance totalDistanceUnit totalEnergyBurned totalEnergyBurnedUnit sourceName! sourceVersion device creationDate startDate! endDate!',
  ],
  ['WorkoutEvent', '((MetadataEntry)*)', 'type! date! duration durationUnit'],
  ['WorkoutStatistics', 'EMPTY', 'type! startDate! endDate! average minimum maximum sum unit'],
  [
    'WorkoutRoute',
    '((MetadataEntry|FileReference)*)',
    'sourceName! sourceVersion device creationDate startDate! endDate!',
  ],
  ['FileReference', 'EMPTY', 'path!'],
  [
    'ActivitySummary',
    'EMPTY',
    'dateComponents activeEnergyBurned activeEnergyBurnedGoal activeEnergyBurnedUnit appleMoveTime appleMoveTimeGoal appleExerciseTime appleExerciseTimeGoal appleStandHours appleStandHoursGoal',
  ],
  ['MetadataEntry', 'EMPTY', 'key! value!'],
  ['HeartRateVariabilityMetadataList', '(InstantaneousBeatsPerMinute*)', ''],
  ['InstantaneousBeatsPerMinute', 'EMPTY', 'bpm! time!'],
];

/** The XML declaration and the document type. */
export function documentType(): string {
  const declarations = ELEMENTS.map(([name, content, list]) => {
    const element = `<!ELEMENT ${name} ${content}>\n`;
    return list === '' ? element : `${element}<!ATTLIST ${name}\n${attributeList(list)}>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE HealthData [\n<!-- HealthKit Export Version: 13 -->\n${declarations.join('')}]>\n`;
}

function attributeList(list: string): string {
  const names = list.split(' ');
  const width = Math.max(...names.map((name) => name.length));
  return names
    .map((name) => `  ${name.replace('!', '').padEnd(width)} CDATA ${name.endsWith('!') ? '#REQUIRED' : '#IMPLIED'}\n`)
    .join('');
}

/** The other document of an export: a clinical summary, which is not data for an import. */
export const CLINICAL_DOCUMENT = `<?xml version="1.0"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
 <realmCode code="US"/>
 <typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
 <title>Health Data Export</title>
</ClinicalDocument>
`;
