import { type Span } from './sample-calendar';
import { type LifeDay } from './sample-life';
import { type SourceId } from './sample-sources';
import { type SampleUnits } from './sample-units';

/** What a record says apart from its type, source and unit, which its group says. */
export interface Sample extends Span {
  readonly value: string | number;
  /** Child elements, as whole lines of XML. */
  readonly children?: string;
}

/** The records of one type from one source: an export holds them together, in order of time. */
export interface RecordGroup {
  readonly type: string;
  readonly source: SourceId;
  readonly unit?: string;
  /** Whether some of its records are written twice, as happens in real exports. */
  readonly repeats?: boolean;
  /** The day's samples, in order of time; made again whenever asked, always the same. */
  samples(life: LifeDay): Sample[];
}

/** What the makers of records need to know besides the day. */
export interface SampleContext {
  readonly seed: number;
  readonly timeZone: string;
  readonly units: SampleUnits;
}

/** The groups of a quantity that the phone and the watch both record, in the order of an export. */
export function bothDevices(
  type: string,
  unit: string,
  by: Record<'phone' | 'watch', RecordGroup['samples']>,
): RecordGroup[] {
  const common = { type: `HKQuantityTypeIdentifier${type}`, unit };
  return [
    { ...common, source: 'phone', samples: by.phone },
    { ...common, source: 'watch', samples: by.watch },
  ];
}
