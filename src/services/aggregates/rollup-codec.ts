import { ByteReader, ByteWriter } from '../records/bytes';
import { pack, unpack } from '../records/chunk-codec';
import { SOURCE_KINDS, sourceKey } from '../records/health-record';
import type { MonthRollup, Series } from './rollup';
import type { RankedSource } from './source-rank';
import { Tally } from './tally';

/*
 * Layout, version 1, packed like a chunk:
 *   signature | number of series | per source: kind, name, series | 1 and the merged series, or 0
 *   series: number of slots, slots as deltas, counts, totals, 1 or (0 and the sums) where sums are not the totals,
 *           minima and maxima of the slots with more than one sample (with one, both are the total)
 */

/** Packs a rollup together with the signature of what it was made from. */
export function encodeRollup(signature: string, rollup: MonthRollup): Buffer {
  const writer = new ByteWriter();
  writer.string(signature);
  writer.varint(rollup.sources.length);
  for (const { source, series } of rollup.sources) {
    writer.byte(SOURCE_KINDS.indexOf(source.kind));
    writer.string(source.name);
    writeSeries(writer, series);
  }
  writer.byte(rollup.merged === null ? 0 : 1);
  if (rollup.merged !== null) writeSeries(writer, rollup.merged);
  return pack(writer.finish());
}

/** The rollup, if it was made from what `signature` says; undefined when it is stale. */
export function decodeRollup(bytes: Buffer, signature: string): MonthRollup | undefined {
  const reader = new ByteReader(unpack(bytes));
  if (reader.string() !== signature) return undefined;
  const sources = Array.from({ length: reader.varint() }, () => ({
    source: readSource(reader),
    series: readSeries(reader),
  }));
  const merged = reader.byte() === 1 ? readSeries(reader) : null;
  return { sources, merged };
}

function readSource(reader: ByteReader): RankedSource {
  const kind = SOURCE_KINDS[reader.byte()];
  if (kind === undefined) throw new RangeError('A source of an unknown kind');
  const name = reader.string();
  return { kind, name, key: sourceKey(name) };
}

function writeSeries(writer: ByteWriter, { slots, tally }: Series): void {
  writer.varint(slots.length);
  let previous = 0;
  for (const slot of slots) {
    writer.varint(slot - previous);
    previous = slot;
  }
  for (const count of tally.count) writer.varint(count);
  writer.numbers(tally.total);
  const sumsAreTotals = tally.sum.every((sum, i) => sum === tally.total[i]);
  writer.byte(sumsAreTotals ? 1 : 0);
  if (!sumsAreTotals) writer.numbers(tally.sum);
  writer.numbers(tally.min.filter((_, i) => (tally.count[i] as number) > 1));
  writer.numbers(tally.max.filter((_, i) => (tally.count[i] as number) > 1));
}

function readSeries(reader: ByteReader): Series {
  const length = reader.varint();
  const slots = new Int32Array(length);
  let slot = 0;
  for (let i = 0; i < length; i++) slots[i] = slot += reader.varint();
  const tally = new Tally(length);
  let several = 0;
  for (let i = 0; i < length; i++) several += (tally.count[i] = reader.varint()) > 1 ? 1 : 0;
  tally.total.set(reader.numbers(length));
  tally.sum.set(reader.byte() === 1 ? tally.total : reader.numbers(length));
  readExtremes(tally, reader.numbers(several), reader.numbers(several));
  return { slots, tally };
}

function readExtremes(tally: Tally, minima: Float64Array, maxima: Float64Array): void {
  let next = 0;
  for (let i = 0; i < tally.length; i++) {
    const count = tally.count[i] as number;
    if (count === 0) continue;
    tally.min[i] = count > 1 ? (minima[next] as number) : (tally.total[i] as number);
    tally.max[i] = count > 1 ? (maxima[next++] as number) : (tally.total[i] as number);
  }
}
