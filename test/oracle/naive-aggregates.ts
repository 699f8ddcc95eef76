import { Temporal } from 'temporal-polyfill';

/*
 * What the aggregates must be, computed the slow way from the definitions, sharing nothing with the product: a list of
 * records in, every elementary stretch of time looked at one by one.
 */

export interface NaiveRecord {
  readonly start: number;
  readonly end: number;
  readonly value: number;
  readonly source: string;
  /** 0 manual, 1 watch, 2 phone, 3 app. */
  readonly kind: number;
}

export interface NaiveBucket {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly sum: number;
  readonly avg: number | null;
  readonly min: number | null;
  readonly max: number | null;
}

export type NaiveSize = 'none' | 'hour' | 'day' | 'week' | 'month' | 'year';

/** Buckets found by asking of every quarter of an hour which hour, day, week … it belongs to. */
export function naiveBoundaries(from: number, to: number, size: NaiveSize, zone: string): number[] {
  const boundaries = [from];
  let label = bucketLabel(from, size, zone);
  const quarter = 15 * 60_000;
  for (let time = (Math.floor(from / quarter) + 1) * quarter; time < to; time += quarter) {
    const next = bucketLabel(time, size, zone);
    if (next !== label) boundaries.push(time);
    label = next;
  }
  return [...boundaries, to];
}

function bucketLabel(time: number, size: NaiveSize, zone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(zone);
  switch (size) {
    case 'none':
      return '';
    case 'hour':
      return `${local.toPlainDate().toString()} ${local.hour} ${local.offset}`;
    case 'day':
      return local.toPlainDate().toString();
    case 'week':
      return `${local.yearOfWeek} ${local.weekOfYear}`;
    case 'month':
      return `${local.year} ${local.month}`;
    case 'year':
      return `${local.year}`;
  }
}

/** Leaves out records that say the same: same source, times and value. */
export function distinctRecords(records: readonly NaiveRecord[]): NaiveRecord[] {
  const held = new Map<string, NaiveRecord>();
  for (const record of records) {
    const id = JSON.stringify([record.start, record.end, record.value, record.source]);
    const known = held.get(id);
    if (known === undefined || record.kind < known.kind) held.set(id, record);
  }
  return [...held.values()];
}

export function naiveAggregate(
  given: readonly NaiveRecord[],
  boundaries: readonly number[],
  mode: 'merged' | 'all' | 'discrete',
): NaiveBucket[] {
  const records = distinctRecords(given);
  const ranks = naiveRanks(records);
  const shares = records.map((record) =>
    mode === 'merged' ? visibleParts(record, records, ranks) : [[record.start, record.end] as const],
  );
  return boundaries.slice(1).map((to, i) => {
    const from = boundaries[i] as number;
    const starting = records.filter((r, k) => r.start >= from && r.start < to && (shares[k]?.length ?? 0) > 0);
    const values = starting.map(({ value }) => value);
    const sum = records.reduce((total, record, k) => {
      if (mode === 'discrete') return total + (record.start >= from && record.start < to ? record.value : 0);
      return total + (shares[k] ?? []).reduce((part, share) => part + shareWithin(record, share, from, to), 0);
    }, 0);
    const avg = values.length === 0 ? null : values.reduce((a, b) => a + b, 0) / values.length;
    const min = values.length === 0 ? null : Math.min(...values);
    const max = values.length === 0 ? null : Math.max(...values);
    return { from, to, count: values.length, sum, avg, min, max };
  });
}

function shareWithin(record: NaiveRecord, [a, b]: readonly [number, number], from: number, to: number): number {
  if (record.start === record.end) return a >= from && a < to ? record.value : 0;
  const overlap = Math.max(0, Math.min(b, to) - Math.max(a, from));
  return (record.value * overlap) / (record.end - record.start);
}

/** Better kind first, then more covered seconds (counted per UTC month of the start), then name. */
function naiveRanks(records: readonly NaiveRecord[]): Map<string, number> {
  const groups = new Map<string, NaiveRecord[]>();
  for (const record of records) {
    const id = `${record.kind} ${record.source}`;
    groups.set(id, [...(groups.get(id) ?? []), record]);
  }
  const order = [...groups].sort(([, a], [, b]) => {
    const [first, second] = [a[0] as NaiveRecord, b[0] as NaiveRecord];
    return first.kind - second.kind || covered(b) - covered(a) || (first.source < second.source ? -1 : 1);
  });
  return new Map(order.map(([id], rank) => [id, rank]));
}

function covered(records: readonly NaiveRecord[]): number {
  const months = new Map<string, NaiveRecord[]>();
  for (const record of records) {
    const month = new Date(record.start).toISOString().slice(0, 7);
    months.set(month, [...(months.get(month) ?? []), record]);
  }
  let total = 0;
  for (const ofMonth of months.values()) {
    const edges = [...new Set(ofMonth.flatMap(({ start, end }) => [start, end]))].sort((a, b) => a - b);
    edges.forEach((edge, i) => {
      const next = edges[i + 1];
      if (next !== undefined && ofMonth.some(({ start, end }) => start <= edge && end >= next)) total += next - edge;
    });
  }
  return total;
}

/** The stretches of a record during which no better source has a record. */
function visibleParts(
  record: NaiveRecord,
  records: readonly NaiveRecord[],
  ranks: ReadonlyMap<string, number>,
): (readonly [number, number])[] {
  const rank = ranks.get(`${record.kind} ${record.source}`) as number;
  const better = records.filter((other) => (ranks.get(`${other.kind} ${other.source}`) as number) < rank);
  const isCovered = (time: number): boolean => better.some(({ start, end }) => start <= time && time < end);
  if (record.start === record.end) return isCovered(record.start) ? [] : [[record.start, record.end]];
  const edges = [record.start, record.end, ...better.flatMap(({ start, end }) => [start, end])]
    .filter((edge) => edge >= record.start && edge <= record.end)
    .sort((a, b) => a - b);
  return edges
    .slice(1)
    .map((edge, i) => [edges[i] as number, edge] as const)
    .filter(([a, b]) => b > a && !isCovered(a));
}
