import { compareKinds, type HealthRecord, type SourceKind, sourceKey } from './health-record';

export interface ChunkSource {
  readonly name: string;
  readonly key: string;
  readonly kind: SourceKind;
}

/**
 * The records of one metric that start in one UTC month, as columns, sorted and free of duplicates.
 * Times are epoch milliseconds. `values` is NaN where `texts` points into `textTable`.
 */
export interface Chunk {
  readonly length: number;
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  readonly values: Float64Array;
  /** Index into `textTable`, -1 where the value is a number. */
  readonly texts: Int32Array;
  readonly textTable: readonly (string | null)[];
  readonly sources: Uint32Array;
  readonly sourceTable: readonly ChunkSource[];
  readonly units: Uint32Array;
  readonly unitTable: readonly (string | null)[];
}

export function chunkValue(chunk: Chunk, row: number): number | string | null {
  const text = chunk.texts[row] as number;
  return text < 0 ? (chunk.values[row] as number) : (chunk.textTable[text] ?? null);
}

export function chunkRecord(chunk: Chunk, row: number, metric: string): HealthRecord {
  const source = chunk.sourceTable[chunk.sources[row] as number] as ChunkSource;
  return {
    metric,
    start: chunk.starts[row] as number,
    end: chunk.ends[row] as number,
    value: chunkValue(chunk, row),
    unit: chunk.unitTable[chunk.units[row] as number] ?? null,
    source: source.name,
    kind: source.kind,
  };
}

/** A value's number and its text, in the order in which identities are compared. */
function compareValues(a: number | string | null, b: number | string | null): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'number') return -1;
  if (typeof b === 'number') return 1;
  return compareTexts(a, b);
}

function compareTexts(a: string | null, b: string | null): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  return a < b ? -1 : 1;
}

/** Orders rows by identity: start, end, value, source, unit. Zero: the same record. */
function compareRows(a: Chunk, i: number, b: Chunk, j: number): number {
  return (
    (a.starts[i] as number) - (b.starts[j] as number) ||
    (a.ends[i] as number) - (b.ends[j] as number) ||
    compareValues(chunkValue(a, i), chunkValue(b, j)) ||
    compareTexts(sourceOf(a, i).key, sourceOf(b, j).key) ||
    compareTexts(a.unitTable[a.units[i] as number] ?? null, b.unitTable[b.units[j] as number] ?? null)
  );
}

function sourceOf(chunk: Chunk, row: number): ChunkSource {
  return chunk.sourceTable[chunk.sources[row] as number] as ChunkSource;
}

function compareRecords(a: HealthRecord, b: HealthRecord): number {
  return (
    a.start - b.start ||
    a.end - b.end ||
    compareValues(a.value, b.value) ||
    compareTexts(sourceKey(a.source), sourceKey(b.source)) ||
    compareTexts(a.unit, b.unit)
  );
}

/** What the same record is called when two statements of it differ: the better kind, and the first name by code unit. */
function agreedSource(a: ChunkSource, b: ChunkSource): ChunkSource {
  const kind = compareKinds(a.kind, b.kind) <= 0 ? a.kind : b.kind;
  const name = a.name <= b.name ? a.name : b.name;
  return kind === a.kind && name === a.name ? a : { name, key: a.key, kind };
}

/** Collects rows of at most `capacity` into columns, with its own tables. */
class ChunkBuilder {
  private length = 0;
  private readonly starts: Float64Array;
  private readonly ends: Float64Array;
  private readonly values: Float64Array;
  private readonly texts: Int32Array;
  private readonly sources: Uint32Array;
  private readonly units: Uint32Array;
  private readonly textTable = new Table<string | null>((text) => text);
  private readonly sourceTable = new Table<ChunkSource>((source) => `${source.kind} ${source.name}`);
  private readonly unitTable = new Table<string | null>((unit) => unit);

  constructor(capacity: number) {
    this.starts = new Float64Array(capacity);
    this.ends = new Float64Array(capacity);
    this.values = new Float64Array(capacity);
    this.texts = new Int32Array(capacity);
    this.sources = new Uint32Array(capacity);
    this.units = new Uint32Array(capacity);
  }

  push(record: Omit<HealthRecord, 'metric' | 'source' | 'kind'>, source: ChunkSource): void {
    const row = this.length++;
    this.starts[row] = record.start;
    this.ends[row] = record.end;
    const numeric = typeof record.value === 'number';
    this.values[row] = numeric ? record.value : Number.NaN;
    this.texts[row] = numeric ? -1 : this.textTable.indexOf(record.value);
    this.sources[row] = this.sourceTable.indexOf(source);
    this.units[row] = this.unitTable.indexOf(record.unit);
  }

  copy(chunk: Chunk, row: number, source: ChunkSource = sourceOf(chunk, row)): void {
    this.push(
      {
        start: chunk.starts[row] as number,
        end: chunk.ends[row] as number,
        value: chunkValue(chunk, row),
        unit: chunk.unitTable[chunk.units[row] as number] ?? null,
      },
      source,
    );
  }

  finish(): Chunk {
    const { length } = this;
    return {
      length,
      starts: this.starts.subarray(0, length),
      ends: this.ends.subarray(0, length),
      values: this.values.subarray(0, length),
      texts: this.texts.subarray(0, length),
      textTable: this.textTable.entries,
      sources: this.sources.subarray(0, length),
      sourceTable: this.sourceTable.entries,
      units: this.units.subarray(0, length),
      unitTable: this.unitTable.entries,
    };
  }
}

/** Distinct entries, numbered in the order they came. */
class Table<T> {
  readonly entries: T[] = [];
  private readonly indexes = new Map<string | null, number>();
  private lastEntry: T | undefined;
  private lastIndex = -1;

  constructor(private readonly keyOf: (entry: T) => string | null) {}

  indexOf(entry: T): number {
    if (this.lastIndex >= 0 && entry === this.lastEntry) return this.lastIndex;
    const key = this.keyOf(entry);
    let index = this.indexes.get(key);
    if (index === undefined) {
      index = this.entries.push(entry) - 1;
      this.indexes.set(key, index);
    }
    this.lastEntry = entry;
    this.lastIndex = index;
    return index;
  }
}

export const EMPTY_CHUNK: Chunk = new ChunkBuilder(0).finish();

/** The records, sorted and without duplicates. */
export function chunkOf(records: HealthRecord[]): Chunk {
  const sorted = records.toSorted(compareRecords);
  const builder = new ChunkBuilder(sorted.length);
  const sources = new Map<string, ChunkSource>();
  let i = 0;
  while (i < sorted.length) {
    const record = sorted[i] as HealthRecord;
    let source = internSource(sources, record);
    for (i++; i < sorted.length && compareRecords(record, sorted[i] as HealthRecord) === 0; i++) {
      source = agreedSource(source, internSource(sources, sorted[i] as HealthRecord));
    }
    builder.push(record, source);
  }
  return builder.finish();
}

function internSource(sources: Map<string, ChunkSource>, record: HealthRecord): ChunkSource {
  const id = record.kind + record.source;
  let source = sources.get(id);
  if (source === undefined) {
    source = { name: record.source, key: sourceKey(record.source), kind: record.kind };
    sources.set(id, source);
  }
  return source;
}

export interface MergedChunk {
  readonly chunk: Chunk;
  /** Rows of the second chunk that the first did not have. */
  readonly added: number;
  /** Whether the result says anything the first chunk did not. */
  readonly changed: boolean;
}

/** The union of two chunks by identity. Neither order nor repetition of merges changes the result. */
export function mergeChunks(a: Chunk, b: Chunk): MergedChunk {
  const builder = new ChunkBuilder(a.length + b.length);
  let added = 0;
  let changed = false;
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const order = i >= a.length ? 1 : j >= b.length ? -1 : compareRows(a, i, b, j);
    if (order < 0) {
      builder.copy(a, i++);
    } else if (order > 0) {
      builder.copy(b, j++);
      added++;
    } else {
      const held = sourceOf(a, i);
      const agreed = agreedSource(held, sourceOf(b, j++));
      changed ||= agreed !== held;
      builder.copy(a, i++, agreed);
    }
  }
  return { chunk: builder.finish(), added, changed: changed || added > 0 };
}
