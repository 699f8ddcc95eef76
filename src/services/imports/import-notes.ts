import { metricType } from '../metrics/metric-type';
import { toCanonical } from '../metrics/units';
import type { HealthRecord } from '../records/health-record';
import type { ExportIssue } from './export-parser';

const MOST_REASONS = 100;
const OTHER = 'other';
const MOST_NAMED = 20;
/** A fraction above this can only be meant as percent. */
const LARGEST_FRACTION = 1.5;

/** Counts what an import passes over, bears or finds odd, for its progress and its warnings. */
export class ImportNotes {
  workouts = 0;
  activitySummaries = 0;
  private readonly reasons = new Map<string, number>();
  private readonly issues = new Map<ExportIssue, number>();
  private readonly percents = new Map<string, number>();
  private readonly units = new Set<string>();
  private lastMetric = '';
  private lastUnit = '';

  record({ metric, value, unit }: HealthRecord): void {
    if (typeof value === 'number' && unit !== null) this.checkUnit(metric, unit);
    if (unit === '%' && typeof value === 'number' && value > LARGEST_FRACTION) increase(this.percents, metric, 1);
  }

  /** Neighbouring records mostly agree: each pair of type and unit is worked out once. */
  private checkUnit(metric: string, unit: string): void {
    if (metric === this.lastMetric && unit === this.lastUnit) return;
    this.lastMetric = metric;
    this.lastUnit = unit;
    const { warning, incompatible } = toCanonical(0, unit, metricType(metric, unit));
    if (incompatible && warning !== undefined && this.units.size < MOST_NAMED) this.units.add(warning);
  }

  skip(reason: string, count = 1): void {
    // A file of ever new element names must not fill the memory, nor the answer.
    const known = this.reasons.has(reason) || (this.reasons.size < MOST_REASONS && reason.length <= MOST_REASONS);
    increase(this.reasons, known ? reason : OTHER, count);
  }

  issue(kind: ExportIssue, count: number): void {
    increase(this.issues, kind, count);
  }

  get skipped(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.reasons);
  }

  /** Sentences for the person who imported. `metrics` are the types the export has. */
  warnings(metrics: readonly string[]): string[] {
    const unknown = metrics.filter((metric) => !metricType(metric).known);
    const named = unknown.length > MOST_NAMED ? [...unknown.slice(0, MOST_NAMED), '…'] : unknown;
    return [
      ...(unknown.length > 0 ? [`Types that are not known are kept and averaged: ${named.join(', ')}`] : []),
      ...this.issueWarnings(),
      ...[...this.units].map((warning) => `${warning}: these records are kept, and left out of figures`),
      ...[...this.percents].map(
        ([metric, count]) =>
          `${metric}: ${count} values with unit % are above 1.5 and are read as percent, not as fractions`,
      ),
    ];
  }

  private issueWarnings(): string[] {
    const controls = this.issues.get('control_character') ?? 0;
    const entities = this.issues.get('unknown_entity') ?? 0;
    return [
      ...(controls > 0 ? [`${controls} control characters that XML forbids were read as spaces`] : []),
      ...(entities > 0 ? [`${entities} references to entities that XML does not know were left as they are`] : []),
    ];
  }
}

function increase<K>(counts: Map<K, number>, key: K, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
