import { type HealthRecord, LONGEST_RECORD_MS } from '../records/health-record';
import { activitySummaryOf } from './activity-element';
import { appleOffsetMinutes, parseAppleDate } from './apple-date';
import { parseAppleValue } from './apple-value';
import type { Attributes, ExportedPerson, ExportSink, SkipReason } from './export-parser';
import { Interner } from './interner';
import { SourceKinds } from './source-kind';
import { WorkoutElement } from './workout-element';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const TYPE = /^[A-Za-z][\w.-]{0,127}$/;
const LONGEST_TEXT = 1_024;
/** HealthKit knows about two hundred. */
const MOST_TYPES = 1_000;
const ME = 'HKCharacteristicTypeIdentifier';
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Where in the export the reader is: what the element directly under `HealthData` is. */
type Section = 'none' | 'record' | 'correlation' | 'workout' | 'other';

/**
 * Makes events of the elements of an export, told one by one. `depth` is 0 for `HealthData`. Elements that are not
 * known are counted by name and passed over with all they hold.
 */
export class ExportElements {
  private section: Section = 'none';
  private record: Mutable<HealthRecord> | null = null;
  /** 0 while no record is open. */
  private recordDepth = 0;
  private zone: string | undefined;
  private readonly workout: WorkoutElement;
  private readonly texts = new Interner();
  private readonly types = new Interner();
  private readonly units = new Interner();
  private readonly sources = new Interner();
  private readonly kinds = new SourceKinds();
  private readonly seenTypes = new Set<string>();
  private lastType = '';

  constructor(private readonly sink: ExportSink) {
    this.workout = new WorkoutElement(sink, this.texts);
  }

  open(name: string, attributes: Attributes, depth: number): void {
    if (depth === 0) return;
    if (depth === 1) return this.openSection(name, attributes);
    if (this.section === 'workout') return this.workout.open(name, attributes, depth - 1);
    if (this.section === 'correlation' && name === 'Record' && depth === 2) return this.openRecord(attributes, depth);
    if (name === 'MetadataEntry' && depth === this.recordDepth + 1) this.metadata(attributes);
  }

  close(name: string, depth: number): void {
    if (this.section === 'workout') this.workout.close(name, depth - 1);
    else if (depth === this.recordDepth) this.closeRecord();
    if (depth === 1) this.section = 'none';
  }

  private openSection(name: string, attributes: Attributes): void {
    switch (name) {
      case 'Record':
        this.section = 'record';
        return this.openRecord(attributes, 1);
      case 'Workout':
        this.section = 'workout';
        return this.workout.open(name, attributes, 0);
      case 'ActivitySummary':
        return this.activitySummary(attributes);
      case 'ExportDate':
        return this.exportDate(attributes);
      case 'Me':
        return this.sink.person(personOf(attributes));
      default:
        this.section = name === 'Correlation' ? 'correlation' : 'other';
        this.sink.skipped(name);
    }
  }

  private openRecord(attributes: Attributes, depth: number): void {
    const { type, sourceName, startDate, endDate } = attributes;
    const start = startDate === undefined ? Number.NaN : parseAppleDate(startDate);
    const end = endDate === undefined || endDate === startDate ? start : parseAppleDate(endDate);
    const fault = faultOf(attributes, start, end) ?? this.typeFault(type);
    if (fault !== undefined || type === undefined || sourceName === undefined) {
      this.sink.skipped(fault ?? 'missing_type');
      return;
    }
    const value = parseAppleValue(attributes.value);
    this.zone = undefined;
    this.recordDepth = depth;
    this.record = {
      metric: this.types.of(type),
      start,
      end,
      value: typeof value === 'string' ? this.texts.of(value) : value,
      unit: attributes.unit ? this.units.of(attributes.unit) : null,
      source: this.sources.of(sourceName),
      kind: this.kinds.of(attributes.device, sourceName),
    };
  }

  /** A file of ever new types, which no phone makes, would cost memory and every later question about its owner. */
  private typeFault(type: string | undefined): SkipReason | undefined {
    if (type === undefined || type === this.lastType) return undefined;
    if (!this.seenTypes.has(type)) {
      if (this.seenTypes.size >= MOST_TYPES) return 'too_many_types';
      this.seenTypes.add(this.types.of(type));
    }
    this.lastType = type;
    return undefined;
  }

  private metadata({ key, value }: Attributes): void {
    if (key === 'HKWasUserEntered') {
      if (value === '1' && this.record !== null) this.record.kind = 'manual';
    } else if (key === 'HKTimeZone' && value) this.zone = this.texts.of(value);
  }

  private closeRecord(): void {
    if (this.record === null) return;
    this.sink.record(this.record);
    if (this.zone !== undefined) this.sink.zoneEvidence(this.record.start, this.zone);
    this.record = null;
    this.recordDepth = 0;
  }

  private activitySummary(attributes: Attributes): void {
    this.section = 'other';
    const summary = activitySummaryOf(attributes);
    if (summary === undefined) this.sink.skipped('invalid_date');
    else this.sink.activitySummary(summary);
  }

  private exportDate({ value = '' }: Attributes): void {
    this.section = 'other';
    const instant = parseAppleDate(value);
    if (!Number.isNaN(instant)) this.sink.exportDate({ instant, offsetMinutes: appleOffsetMinutes(value) });
  }
}

function faultOf({ type, sourceName, value }: Attributes, start: number, end: number): SkipReason | undefined {
  if (type === undefined || type === '') return 'missing_type';
  if (!TYPE.test(type)) return 'invalid_type';
  if (sourceName === undefined) return 'missing_source';
  if (Number.isNaN(start) || Number.isNaN(end)) return 'invalid_date';
  if (end < start) return 'end_before_start';
  if (end - start > LONGEST_RECORD_MS) return 'implausible_duration';
  const longest = Math.max(sourceName.length, value?.length ?? 0);
  return longest > LONGEST_TEXT ? 'value_too_long' : undefined;
}

/** HealthKit writes `…NotSet` for what the person has not told. */
function personOf(attributes: Attributes): ExportedPerson {
  const told = (name: string): string | undefined => {
    const value = attributes[`${ME}${name}`];
    return value === undefined || value === '' || value.endsWith('NotSet') ? undefined : value;
  };
  const birthDate = told('DateOfBirth');
  return {
    birthDate: birthDate !== undefined && DATE.test(birthDate) ? birthDate : undefined,
    sex: told('BiologicalSex'),
    bloodType: told('BloodType'),
  };
}
