import * as fc from 'fast-check';
import {
  BLOOD_PRESSURE,
  BROKEN_DTD,
  ENERGY_RINGS,
  ENTITY_BOMB,
  exportXml,
  NEW_WORKOUT,
  OLD_WORKOUT,
  recordXml,
  TIME_RINGS,
} from '../../../test/fixtures/health-export';
import { readExport as read } from '../../../test/fixtures/read-export';

const readXml = (xml: string): ReturnType<typeof read> => read(Buffer.from(xml));

describe('reading an export', () => {
  it('gives records with exact values, instants and kinds of source', () => {
    const { log, fault } = readXml(
      exportXml(
        recordXml({ value: '47.8478' }) +
          recordXml({
            type: 'HKQuantityTypeIdentifierBodyMass',
            value: '72.0',
            unit: 'kg',
            metadata: { HKWasUserEntered: '1' },
          }) +
          recordXml({
            source: 'iPhone &amp; Co',
            device: '&lt;&lt;HKDevice: 0x1&gt;, name:iPhone, model:iPhone, hardware:iPhone12,1&gt;',
          }),
      ),
    );
    expect(fault).toBeUndefined();
    const at = Date.parse('2024-03-01T07:00:00Z');
    expect(log.named('record')).toEqual([
      {
        metric: 'HKQuantityTypeIdentifierHeartRate',
        start: at,
        end: at,
        value: 47.8478,
        unit: 'count/min',
        source: 'Anna’s Watch',
        kind: 'watch',
      },
      {
        metric: 'HKQuantityTypeIdentifierBodyMass',
        start: at,
        end: at,
        value: 72,
        unit: 'kg',
        source: 'Anna’s Watch',
        kind: 'manual',
      },
      {
        metric: 'HKQuantityTypeIdentifierHeartRate',
        start: at,
        end: at,
        value: 62,
        unit: 'count/min',
        source: 'iPhone & Co',
        kind: 'phone',
      },
    ]);
  });

  it('gives the date of the export, the person, and zones with the start of their record', () => {
    const { log } = readXml(exportXml(recordXml({ metadata: { HKTimeZone: 'Europe/Paris' } })));
    expect(log.named('exportDate')).toEqual([{ instant: Date.parse('2024-06-01T08:00:00Z'), offsetMinutes: 120 }]);
    expect(log.named('person')).toEqual([
      { birthDate: '1988-04-12', sex: 'HKBiologicalSexFemale', bloodType: undefined },
    ]);
    expect(log.named('zone')).toEqual([[Date.parse('2024-03-01T07:00:00Z'), 'Europe/Paris']]);
  });

  it('takes a workout from its own statistics, never from those of its legs', () => {
    const { log } = readXml(exportXml(NEW_WORKOUT));
    expect(log.named('workout')).toEqual([
      {
        type: 'HKWorkoutActivityTypeRunning',
        source: 'Anna’s Watch',
        start: Date.parse('2024-03-02T07:00:00Z'),
        end: Date.parse('2024-03-02T07:35:00Z'),
        duration: { value: 30.5, unit: 'min' },
        statistics: [
          { metric: 'HKQuantityTypeIdentifierActiveEnergyBurned', unit: 'kcal', sum: 310.25 },
          { metric: 'HKQuantityTypeIdentifierHeartRate', unit: 'count/min', average: 151, minimum: 98, maximum: 176 },
        ],
        events: [{ type: 'HKWorkoutEventTypePause', at: Date.parse('2024-03-02T07:10:00Z') }],
        routes: ['/workout-routes/route_1.gpx'],
        locations: 0,
        metadata: { HKIndoorWorkout: '0', HKTimeZone: 'Europe/Paris' },
      },
    ]);
    expect(log.named('zone')).toEqual([[Date.parse('2024-03-02T07:00:00Z'), 'Europe/Paris']]);
  });

  it('falls back to the totals of older workouts, with the distance the activity has', () => {
    const { log } = readXml(exportXml(OLD_WORKOUT));
    expect(log.named('workout')).toEqual([
      expect.objectContaining({
        statistics: [
          { metric: 'HKQuantityTypeIdentifierDistanceCycling', unit: 'km', sum: 21.4 },
          { metric: 'HKQuantityTypeIdentifierActiveEnergyBurned', unit: 'kJ', sum: 2100 },
        ],
      }),
    ]);
  });

  it('reads rings of both kinds with their units', () => {
    const { log } = readXml(exportXml(ENERGY_RINGS + TIME_RINGS));
    expect(log.named('activity')).toEqual([
      expect.objectContaining({
        date: '2024-03-01',
        energy: { value: { value: 512.3, unit: 'kcal' }, goal: { value: 600, unit: 'kcal' } },
      }),
      expect.objectContaining({
        date: '2024-03-02',
        moveTime: { value: { value: 77, unit: 'min' }, goal: { value: 90, unit: 'min' } },
      }),
    ]);
  });

  it('gives the records inside a Correlation like any other, and names what it does not keep', () => {
    const { log } = readXml(
      exportXml(`${BLOOD_PRESSURE}<Audiogram type="x"><SensitivityPoint/></Audiogram>${recordXml()}`),
    );
    expect(log.named('record').map((record) => (record as { value: unknown }).value)).toEqual([121, 79, 62]);
    expect(log.named('skipped')).toEqual(['Correlation', 'Audiogram']);
  });

  it('takes no more than a thousand types, and goes on with those it has', () => {
    const types = Array.from({ length: 1_003 }, (_, i) => recordXml({ type: `HKQuantityTypeIdentifierNo${i}` }));
    const { log } = readXml(exportXml([...types, types[0]].join('')));
    expect(log.named('record')).toHaveLength(1_001);
    expect(log.named('skipped')).toEqual(['too_many_types', 'too_many_types', 'too_many_types']);
  });

  it('passes over the beats of a heart rate variability record', () => {
    const beats =
      '<HeartRateVariabilityMetadataList><InstantaneousBeatsPerMinute bpm="61" time="00:20:37,80"/></HeartRateVariabilityMetadataList>';
    const { log } = readXml(exportXml(recordXml({ metadata: { a: 'b' } }).replace(' </Record>', `${beats} </Record>`)));
    expect(log.events.filter(([name]) => name === 'record' || name === 'skipped')).toHaveLength(1);
  });

  it.each([
    ['missing_type', { type: '' }],
    ['invalid_type', { type: 'a key:with}' }],
    ['invalid_date', { start: '2024-02-30 08:00:00 +0100' }],
    ['invalid_date', { start: '0001-01-01 00:00:00 +0000' }],
    ['implausible_duration', { start: '2020-03-01 08:00:00 +0100', end: '2024-03-01 08:00:00 +0100' }],
    ['end_before_start', { start: '2024-03-01 08:00:00 +0100', end: '2024-03-01 07:59:59 +0100' }],
    ['value_too_long', { value: 'x'.repeat(2_000) }],
  ])('skips a record with %s and goes on', (reason, record) => {
    const { log, fault } = readXml(exportXml(recordXml(record) + recordXml()));
    expect(fault).toBeUndefined();
    expect(log.named('skipped')).toEqual([reason]);
    expect(log.named('record')).toHaveLength(1);
  });
});

describe('bearing the faults that real exports have', () => {
  it('reads past a DTD that is malformed', () => {
    expect(readXml(exportXml(recordXml(), { dtd: BROKEN_DTD })).log.named('record')).toHaveLength(1);
  });

  it('never expands an entity of the file, and leaves references to it as they are', () => {
    const { log, fault } = readXml(exportXml(recordXml({ source: '&c;&lt;' }), { dtd: ENTITY_BOMB }));
    expect(fault).toBeUndefined();
    expect(log.named('record')).toEqual([expect.objectContaining({ source: '&c;<' })]);
    expect(log.named('issue')).toEqual([['unknown_entity', 1]]);
  });

  it('reads control characters as spaces, and counts them', () => {
    const { log, fault } = readXml(exportXml(recordXml({ source: 'Zepp\u000bLife\u0001' })));
    expect(fault).toBeUndefined();
    expect(log.named('record')).toEqual([expect.objectContaining({ source: 'Zepp Life ' })]);
    expect(log.named('issue')).toEqual([['control_character', 2]]);
  });

  it('takes a byte order mark', () => {
    expect(readXml(`\ufeff${exportXml(recordXml())}`).log.named('record')).toHaveLength(1);
  });
});

describe('refusing what is damaged', () => {
  const two = exportXml(recordXml() + recordXml());

  it.each([
    ['a mismatched tag', two.replace('</HealthData>', '</HealthDatum>'), 'xml_malformed'],
    ['a bare ampersand', exportXml(recordXml() + recordXml({ source: 'a & b;' })), 'xml_malformed'],
    ['a < in a value', exportXml(recordXml() + recordXml({ source: 'a<b' })), 'xml_malformed'],
    ['text after the end', `${two}</x>`, 'xml_malformed'],
    ['a file cut in a tag', two.slice(0, two.lastIndexOf('<Record') + 60), 'xml_truncated'],
    ['a file cut between tags', two.slice(0, two.lastIndexOf(' <Record')), 'xml_truncated'],
    ['a file cut in its DTD', two.slice(0, 100), 'xml_truncated'],
    ['another kind of XML', '<?xml version="1.0"?><ClinicalDocument/>', 'no_health_data'],
    [
      'a declared encoding that is not UTF-8',
      exportXml('', { declaration: '<?xml version="1.0" encoding="ISO-8859-1"?>' }),
      'wrong_encoding',
    ],
    ['elements nested beyond measure', exportXml('<a>'.repeat(100)), 'xml_too_deep'],
    ['a tag without an end', exportXml(`<Record type="${'x'.repeat(5_000_000)}`), 'xml_token_too_long'],
  ])('says so of %s', (_name, xml, reason) => {
    expect(read(Buffer.from(xml), [65_536]).fault?.details).toMatchObject({ reason });
  });

  it('gives all records before the damage, and the byte where it is', () => {
    const xml = two.replace('</HealthData>', '</é>');
    const { log, fault } = readXml(xml);
    expect(log.named('record')).toHaveLength(2);
    const offset = fault?.details.byte_offset as number;
    const damage = Buffer.from(xml).indexOf('</é>');
    expect(offset).toBeGreaterThan(damage);
    expect(offset).toBeLessThanOrEqual(damage + Buffer.byteLength('</é>'));
  });

  it.each([
    ['with a space after it', '& B', recordXml({ source: 'A & B' })],
    ['before the end of a value', '&"', recordXml({ source: 'B &' })],
    ['before a name without an end', '&bb', recordXml({ source: `&${'b'.repeat(100)};` })],
    ['in text', '& B', 'A & B'],
  ])('finds a bare ampersand where it stands, however much follows: %s', (_name, bare, damaged) => {
    const bytes = Buffer.from(exportXml(recordXml() + damaged + recordXml().repeat(500)));
    for (const length of [1, 7, 4_096, bytes.length]) {
      const { log, fault } = read(bytes, [length]);
      expect(log.named('record')).toHaveLength(1);
      expect(fault?.details).toMatchObject({ reason: 'xml_malformed', byte_offset: bytes.indexOf(bare) + 1 });
    }
  });

  it('leaves ampersands alone where they mean nothing', () => {
    const { log, fault } = readXml(exportXml(`<!-- a & b &--><![CDATA[&]]><?a & b &?>${recordXml()}`));
    expect(fault).toBeUndefined();
    expect(log.named('record')).toHaveLength(1);
  });

  it('calls a file cut in a reference cut', () => {
    const cut = two.replace('sourceName="', 'sourceName="&am').split('&am')[0];
    expect(readXml(`${cut}&am`).fault?.details).toMatchObject({ reason: 'xml_truncated' });
  });

  it('gives all records before bytes that are no UTF-8, and where those are', () => {
    const bytes = Buffer.concat([
      Buffer.from(two.slice(0, -14)),
      Buffer.from([0x41, 0xff, 0xfe]),
      Buffer.from('</HealthData>'),
    ]);
    const { log, fault } = read(bytes);
    expect(log.named('record')).toHaveLength(2);
    expect(fault?.details).toMatchObject({
      reason: 'wrong_encoding',
      byte_offset: Buffer.byteLength(two.slice(0, -14)) + 1,
    });
  });

  it.each([
    ['little-endian with a mark', Buffer.from(`\ufeff${two}`, 'utf16le')],
    ['little-endian without one', Buffer.from(two, 'utf16le')],
    ['big-endian with a mark', Buffer.from(`\ufeff${two}`, 'utf16le').swap16()],
  ])('calls UTF-16 a wrong encoding: %s', (_name, bytes) => {
    expect(read(bytes, [1024]).fault?.details).toMatchObject({ reason: 'wrong_encoding' });
  });
});

describe('pieces of any size', () => {
  const xml = exportXml(
    recordXml({ source: '导出 😀’s\u00a0Watch', value: '1.5' }) +
      BLOOD_PRESSURE +
      NEW_WORKOUT +
      ENERGY_RINGS +
      recordXml({ source: '&c;&#233;' }),
    { dtd: ENTITY_BOMB },
  );
  const bytes = Buffer.from(xml);
  const whole = read(bytes).log.events;

  it('gives the same events wherever the file is cut in two', () => {
    expect(whole.filter(([name]) => name === 'record')).toHaveLength(4);
    // As text: deep equality of some thousand lists would take most of the time.
    const expected = JSON.stringify(whole);
    const differing = [...bytes.keys()]
      .slice(1)
      .filter((at) => JSON.stringify(read(bytes, [at, bytes.length]).log.events) !== expected);
    expect(differing).toEqual([]);
  });

  it('gives the same events in pieces of any lengths, down to single bytes', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 40 });
    fc.assert(fc.property(lengths, (pieces) => expect(read(bytes, pieces).log.events).toEqual(whole)));
  });

  it('finds the same damage wherever the pieces end', () => {
    const cut = fc.integer({ min: 1, max: bytes.length - 15 });
    fc.assert(
      fc.property(cut, fc.integer({ min: 1, max: 400 }), (length, piece) => {
        const once = read(bytes.subarray(0, length));
        const inPieces = read(bytes.subarray(0, length), [piece]);
        expect(inPieces.fault?.details).toEqual(once.fault?.details);
        expect(inPieces.log.events).toEqual(once.log.events);
        expect(once.fault).toBeDefined();
      }),
    );
  });
});
