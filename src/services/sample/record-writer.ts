import { type AppleClock, attributes } from './apple-xml';
import { type Part, type SampleCorrelation } from './correlation-records';
import { type RecordGroup, type Sample } from './record-group';
import { type Instant } from './sample-calendar';
import { type LifeDay } from './sample-life';
import { sourceAttributes, type SourceId } from './sample-sources';

/** HealthKit stores a sample some seconds to minutes after its end: a lag that follows from the instant itself. */
function storedAt(end: Instant, exportedAt: Instant): Instant {
  return Math.min(end + 4 + ((Math.imul(end, 0x9e3779b1) >>> 8) % 540), exportedAt);
}

/** The first day, and one in this many, begins with a record written twice, in groups that repeat. */
const DAYS_PER_REPEAT = 29;

/**
 * Writes records as lines of XML and counts what it wrote. Nothing that ends after the export is written.
 * The part of a line that a group's records share is put together once per software version.
 */
export class RecordWriter {
  records = 0;
  repeats = 0;
  readonly types: Record<string, number> = {};

  constructor(
    private readonly clock: AppleClock,
    private readonly exportedAt: Instant,
  ) {}

  /** Returns a function that writes a day of the group. */
  days(group: RecordGroup): (life: LifeDay) => string {
    const heads = new Map<number, string>();
    return (life) => {
      const head = heads.get(life.era) ?? recordHead(group.type, group.source, group.unit, life.era);
      heads.set(life.era, head);
      let repeat = group.repeats === true && (life.first || life.day.epochDay % DAYS_PER_REPEAT === 0);
      let text = '';
      for (const sample of group.samples(life)) {
        if (sample.end > this.exportedAt) continue;
        const line = ` ${this.record(head, sample, ' ')}`;
        text += repeat ? line + line : line;
        this.count(group.type, repeat);
        repeat = false;
      }
      return text;
    };
  }

  /** A correlation with its records inside; those are counted where they stand at top level. */
  correlation(life: LifeDay, { type, source, at, parts, children = '' }: SampleCorrelation): string {
    if (at > this.exportedAt) return '';
    const head = `${attributes({ type })}${sourceAttributes(source, life.era)} creationDate="`;
    const nested = ({ type: partType, unit, value }: Part): string =>
      `  ${this.record(recordHead(partType, source, unit, life.era), { start: at, end: at, value }, '  ')}`;
    return ` <Correlation${head}${this.times({ start: at, end: at })}">\n${children}${parts.map(nested).join('')} </Correlation>\n`;
  }

  private record(head: string, sample: Sample, indent: string): string {
    const opening = `${head}${this.times(sample)}" value="${sample.value}"`;
    return sample.children === undefined ? `${opening}/>\n` : `${opening}>\n${sample.children}${indent}</Record>\n`;
  }

  private times({ start, end }: { start: Instant; end: Instant }): string {
    const endDate = this.clock.format(end);
    const startDate = start === end ? endDate : this.clock.format(start);
    return `${this.clock.format(storedAt(end, this.exportedAt))}" startDate="${startDate}" endDate="${endDate}`;
  }

  private count(type: string, repeated: boolean): void {
    const written = repeated ? 2 : 1;
    this.records += written;
    this.repeats += written - 1;
    this.types[type] = (this.types[type] ?? 0) + written;
  }
}

function recordHead(type: string, source: SourceId, unit: string | undefined, era: number): string {
  return `<Record${attributes({ type })}${sourceAttributes(source, era)}${attributes({ unit })} creationDate="`;
}
