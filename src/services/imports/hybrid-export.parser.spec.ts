import * as fc from 'fast-check';
import type { ExportParser, ExportSink } from './export-parser';
import { HybridExportParser } from './hybrid-export.parser';
import { SaxesExportParser } from './saxes-export.parser';
import { UnreadableExport } from './unreadable-export';

/** Everything a parser tells, in order; neighbouring issues of one kind are added up, as their pieces may differ. */
function told(make: (sink: ExportSink) => ExportParser, pieces: readonly string[]): unknown[] {
  const log: unknown[] = [];
  const tell =
    (name: string) =>
    (...values: unknown[]): void => {
      log.push([name, ...values.map((value) => structuredClone(value))]);
    };
  const issues = new Map<string, number>();
  const sink: ExportSink = {
    record: tell('record'),
    workout: tell('workout'),
    activitySummary: tell('activity'),
    exportDate: tell('export_date'),
    person: tell('person'),
    zoneEvidence: tell('zone'),
    skipped: tell('skipped'),
    issue: (kind, count) => void issues.set(kind, (issues.get(kind) ?? 0) + count),
  };
  try {
    const parser = make(sink);
    for (const piece of pieces) parser.write(piece);
    parser.end();
  } catch (error) {
    if (!(error instanceof UnreadableExport)) throw error;
    // What is counted as mended before a fault depends on where the pieces end.
    return [...log, ['fault', error.reason, error.byteOffset]];
  }
  return [...log, ['issues', [...issues].sort()]];
}

const DATES =
  'creationDate="2024-03-01 08:00:00 +0100" startDate="2024-03-01 08:00:00 +0100" endDate="2024-03-01 08:05:00 +0100"';
const plain = (value: string, more = ''): string =>
  `<Record type="HKQuantityTypeIdentifierHeartRate" sourceName="Anna’s Watch" unit="count/min" ${DATES} value="${value}"${more}/>`;

/** One thing in an export each: as Apple writes them, as somebody else might, and as they should not be. */
const FRAGMENTS = [
  plain('62'),
  plain('72.5', ' '),
  plain('62', ' device="&lt;&lt;HKDevice: 0x28&gt;, name:Apple Watch, model:Watch, hardware:Watch6,2&gt;"'),
  plain('62', ' sourceVersion="10.1"'),
  plain('62', ' sourceName="twice"'),
  plain('62', ' unknown="1"'),
  plain('62', ' device="a > b"'),
  plain('62', ' device="tab\there"'),
  plain('62', ' device="line\nbreak"'),
  plain('62', ' device="vertical\u000btab"'),
  plain('62', ' device="😀 watch"'),
  plain('62', ' device="&#183; &#x41; &quot;&apos;&amp;"'),
  plain('62', ' device="&custom; &"'),
  plain('62', ' device="a & b"'),
  plain('62', ' device="a < b"'),
  plain('62', ' constructor="x" __proto__="y"'),
  plain('not a number'),
  plain('62').replaceAll('"', "'"),
  plain('62').replace('/>', ' />'),
  plain('62').replace('/>', '/ >'),
  plain('62').replace('/>', '>'),
  plain('62').replace('/>', '><MetadataEntry key="HKTimeZone" value="Europe/Paris"/></Record>'),
  plain('62').replace('/>', '>\n  <MetadataEntry key="HKWasUserEntered" value="1"/>\n </Record>'),
  plain('62').replace('/>', '><MetadataEntry key="HKTimeZone" value="Europe/Paris"/>stray</Record>'),
  plain('62').replace('/>', '><MetadataEntry key="HKTimeZone" value="Europe/Paris"></MetadataEntry></Record>'),
  plain('62').replace('/>', '><MetadataEntry key="a" value="b" key="c"/></Record>'),
  plain('62').replace('/>', '><MetadataEntry key="a" odd="b"/></Record >'),
  plain('62').replace(
    '/>',
    '><HeartRateVariabilityMetadataList><InstantaneousBeatsPerMinute bpm="61" time="7:38:25,90"/></HeartRateVariabilityMetadataList></Record>',
  ),
  plain('62').replace('/>', '></Record>'),
  plain('62').replace('/>', '><!-- > --></Record>'),
  plain('62').replace('Record ', 'Record\n  '),
  plain('62').replace('Record ', 'Record  '),
  plain('62').replace('Record ', 'Records '),
  plain('62').replace(' unit', '\tunit').replace(' value', '  value'),
  plain('62').replace('=', ' = '),
  plain('62').replace('+0100" startDate', '+0100" startDate').replace('2024-03-01', '2024-02-30'),
  '<Record/>',
  '<Record />',
  '<Record type=""/>',
  '<Record type="HKCategoryTypeIdentifierSleepAnalysis" value="HKCategoryValueSleepAnalysisAsleepREM" sourceName="Ω" startDate="2024-03-01 01:00:00 +0100" endDate="2024-03-01 02:00:00 +0100"/>',
  `<Correlation type="HKCorrelationTypeIdentifierBloodPressure">${plain('120')}${plain('80')}</Correlation>`,
  '<Workout workoutActivityType="HKWorkoutActivityTypeRunning" duration="30" durationUnit="min" sourceName="Watch" startDate="2024-03-01 08:00:00 +0100" endDate="2024-03-01 08:30:00 +0100"><WorkoutStatistics type="HKQuantityTypeIdentifierDistanceWalkingRunning" sum="5" unit="km"/></Workout>',
  '<ActivitySummary dateComponents="2024-03-01" activeEnergyBurned="400" activeEnergyBurnedUnit="kcal"/>',
  '<ExportDate value="2024-03-02 10:00:00 +0100"/>',
  '<Audiogram><SensitivityPoint/></Audiogram>',
  '<!-- a comment > with <Record in it -->',
  '<![CDATA[ <Record a="b"/> ]]>',
  '<?instruction <Record a="b"/> ?>',
  'stray text',
  'stray > text',
  '&amp;',
  '&unknown;',
  '<',
  '</Record>',
  '</HealthData>',
  '<Rec',
  '\u0000',
  '\r\n',
  '\n ',
  '\t',
] as const;

const bodies = fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant(FRAGMENTS[0]) }, fc.constantFrom(...FRAGMENTS)), {
  maxLength: 8,
});

const document = (fragments: readonly string[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE HealthData [\n<!ELEMENT HealthData ANY>\n]>\n<HealthData locale="de_DE">\n${fragments.join('\n')}\n</HealthData>\n`;

function pieces(text: string, cuts: readonly number[]): string[] {
  const at = [...new Set([0, ...cuts.map((cut) => cut % (text.length + 1)), text.length])].sort((a, b) => a - b);
  return at.slice(1).map((end, i) => text.slice(at[i], end));
}

const bySaxes = (parts: readonly string[]): unknown[] => told((sink) => new SaxesExportParser(sink), parts);
const byBoth = (parts: readonly string[]): unknown[] => told((sink) => new HybridExportParser(sink), parts);

/** The same; but saxes may notice a fault one character later when it has more text before it. */
function expectSame(actual: unknown[], expected: unknown[]): void {
  const [last, wanted] = [actual.at(-1), expected.at(-1)] as [unknown[], unknown[]];
  if (last[0] === 'fault' && typeof last[2] === 'number' && typeof wanted[2] === 'number') {
    expect(Math.abs(last[2] - wanted[2])).toBeLessThanOrEqual(1);
    wanted[2] = last[2];
  }
  expect(actual).toEqual(expected);
}

describe('the fast way of reading an export', () => {
  it.each(FRAGMENTS.map((fragment, number) => ({ number, fragment })))(
    'tells what an XML parser alone would tell of $number: $fragment',
    ({ fragment }) => {
      const text = document([FRAGMENTS[0], fragment, FRAGMENTS[0]]);
      expectSame(byBoth([text]), bySaxes([text]));
    },
  );

  it('tells the same wherever the text is cut into pieces', () => {
    const text = document([FRAGMENTS[0], FRAGMENTS[2], FRAGMENTS[21], FRAGMENTS[33]]);
    const whole = bySaxes([text]);
    for (let cut = 1; cut < text.length; cut++) expect(byBoth([text.slice(0, cut), text.slice(cut)])).toEqual(whole);
  });

  it('tells the same of any mixture, cut anywhere, and cut off anywhere', () => {
    const cuts = fc.array(fc.nat(), { maxLength: 6 });
    const ending = fc.option(fc.nat(), { nil: undefined });
    fc.assert(
      fc.property(bodies, cuts, ending, (fragments, at, end) => {
        const text = document(fragments);
        const given = end === undefined ? text : text.slice(0, end % text.length);
        expectSame(byBoth(pieces(given, at)), bySaxes([given]));
      }),
      { numRuns: 1500 },
    );
  });

  it('tells the same of plain records with a character changed anywhere', () => {
    const character = fc.oneof(
      fc.constantFrom('<', '>', '"', "'", '&', '/', '=', ' ', '\n', '\u000b', '😀'),
      fc.string({ minLength: 1, maxLength: 1 }),
    );
    const text = document([FRAGMENTS[0], FRAGMENTS[2], FRAGMENTS[1]]);
    fc.assert(
      fc.property(fc.nat({ max: text.length - 1 }), character, fc.boolean(), (at, other, inserts) => {
        const given = text.slice(0, at) + other + text.slice(inserts ? at : at + 1);
        expectSame(byBoth([given]), bySaxes([given]));
      }),
      { numRuns: 1500 },
    );
  });

  it('gives up on a record that never ends where an XML parser does', () => {
    const text = `${document([]).replace('</HealthData>\n', '')}<Record type="${'x'.repeat(6 * 1024 * 1024)}`;
    const parts = pieces(
      text,
      Array.from({ length: 24 }, (_, i) => i * 262_144),
    );
    expect(byBoth(parts).at(-1)).toEqual(['fault', 'xml_token_too_long', expect.any(Number)]);
  });
});
