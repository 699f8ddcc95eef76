import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { ByteReader, ByteWriter } from './bytes';
import { type Chunk, type ChunkSource } from './chunk';
import { SOURCE_KINDS, sourceKey } from './health-record';

/*
 * Layout, version 1 (all integers are varints):
 *
 *   'W' version compression | payload, compressed as a whole where that makes it smaller
 *
 *   payload: row count, time unit in ms (1000, or 1 where some time has milliseconds),
 *            units, sources (kind, name), texts,
 *            starts as deltas, durations, values (see ByteWriter.numbers), texts, sources, units
 *
 * A column whose rows are all alike is one byte long.
 */
const MAGIC = 0x57;
const VERSION = 1;
const PLAIN = 0;
const ZSTD = 1;
const COMPRESS_FROM = 128;
const ZSTD_OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** Packs a chunk; equal chunks give equal bytes. */
export function encodeChunk(chunk: Chunk): Buffer {
  const writer = new ByteWriter(chunk.length * 8 + 256);
  const timeUnit = chunk.starts.every(isWholeSecond) && chunk.ends.every(isWholeSecond) ? 1000 : 1;
  writer.varint(chunk.length);
  writer.varint(timeUnit);
  writeTables(writer, chunk);
  let previous = 0;
  for (const start of chunk.starts) {
    writer.zigzag((start - previous) / timeUnit);
    previous = start;
  }
  for (let row = 0; row < chunk.length; row++) {
    writer.varint(((chunk.ends[row] as number) - (chunk.starts[row] as number)) / timeUnit);
  }
  writeIndexes(writer, chunk.texts, 1);
  writer.numbers(chunk.texts.some((text) => text >= 0) ? numericOnly(chunk) : chunk.values);
  writeIndexes(writer, chunk.sources, 0);
  writeIndexes(writer, chunk.units, 0);
  return pack(writer.finish());
}

/** @throws RangeError when the bytes are not a chunk this version can read */
export function decodeChunk(bytes: Buffer): Chunk {
  const reader = new ByteReader(unpack(bytes));
  const length = reader.varint();
  const timeUnit = reader.varint();
  const { unitTable, sourceTable, textTable } = readTables(reader);
  const starts = new Float64Array(length);
  const ends = new Float64Array(length);
  let start = 0;
  for (let row = 0; row < length; row++) starts[row] = start += reader.zigzag() * timeUnit;
  for (let row = 0; row < length; row++) ends[row] = (starts[row] as number) + reader.varint() * timeUnit;
  const texts = Int32Array.from(readIndexes(reader, length), (index) => index - 1);
  const values = reader.numbers(length);
  if (textTable.length > 0) texts.forEach((text, row) => text >= 0 && (values[row] = Number.NaN));
  const sources = readIndexes(reader, length);
  const units = readIndexes(reader, length);
  return { length, starts, ends, values, texts, textTable, sources, sourceTable, units, unitTable };
}

/** Compresses where that helps, behind a header that says so. Rollups are packed the same way. */
export function pack(payload: Buffer): Buffer {
  const compressed = payload.length >= COMPRESS_FROM ? zstdCompressSync(payload, ZSTD_OPTIONS) : payload;
  const smaller = compressed.length < payload.length;
  return Buffer.concat([Buffer.of(MAGIC, VERSION, smaller ? ZSTD : PLAIN), smaller ? compressed : payload]);
}

/** @throws RangeError when the header is not one of ours */
export function unpack(bytes: Buffer): Buffer {
  const [magic, version, compression] = bytes;
  if (magic !== MAGIC || version !== VERSION || (compression !== PLAIN && compression !== ZSTD)) {
    throw new RangeError('Not packed health data of a version this release can read');
  }
  const payload = bytes.subarray(3);
  return compression === ZSTD ? zstdDecompressSync(payload) : payload;
}

function writeTables(writer: ByteWriter, chunk: Chunk): void {
  writer.varint(chunk.unitTable.length);
  for (const unit of chunk.unitTable) writeNullable(writer, unit);
  writer.varint(chunk.sourceTable.length);
  for (const { kind, name } of chunk.sourceTable) {
    writer.byte(SOURCE_KINDS.indexOf(kind));
    writer.string(name);
  }
  writer.varint(chunk.textTable.length);
  for (const text of chunk.textTable) writeNullable(writer, text);
}

function readTables(reader: ByteReader): Pick<Chunk, 'unitTable' | 'sourceTable' | 'textTable'> {
  const unitTable = readList(reader, readNullable);
  const sourceTable = readList(reader, readSource);
  const textTable = readList(reader, readNullable);
  return { unitTable, sourceTable, textTable };
}

function readList<T>(reader: ByteReader, read: (reader: ByteReader) => T): T[] {
  return Array.from({ length: reader.varint() }, () => read(reader));
}

function readSource(reader: ByteReader): ChunkSource {
  const kind = SOURCE_KINDS[reader.byte()];
  if (kind === undefined) throw new RangeError('A source of an unknown kind');
  const name = reader.string();
  return { name, key: sourceKey(name), kind };
}

function writeNullable(writer: ByteWriter, text: string | null): void {
  writer.byte(text === null ? 0 : 1);
  if (text !== null) writer.string(text);
}

function readNullable(reader: ByteReader): string | null {
  return reader.byte() === 0 ? null : reader.string();
}

function isWholeSecond(time: number): boolean {
  return time % 1000 === 0;
}

function numericOnly(chunk: Chunk): Float64Array {
  return chunk.values.map((value, row) => ((chunk.texts[row] as number) >= 0 ? 0 : value));
}

function writeIndexes(writer: ByteWriter, indexes: ArrayLike<number>, shift: number): void {
  const first = indexes[0] ?? 0;
  const uniform = Array.prototype.every.call(indexes, (index) => index === first);
  writer.byte(uniform ? 1 : 0);
  if (uniform) writer.varint(first + shift);
  else for (let row = 0; row < indexes.length; row++) writer.varint((indexes[row] as number) + shift);
}

function readIndexes(reader: ByteReader, length: number): Uint32Array {
  const indexes = new Uint32Array(length);
  if (reader.byte() === 1) return indexes.fill(reader.varint());
  for (let row = 0; row < length; row++) indexes[row] = reader.varint();
  return indexes;
}
