import { pipeline, type Readable } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import type { Entry, ZipFile } from 'yauzl';
import { UnreadableExport } from './unreadable-export';
import type { ZipBudget } from './zip-budget';

const STORED = 0;
const DEFLATED = 8;
const CHUNK_BYTES = 262_144;

/**
 * The unpacked bytes of an entry. The entry is read raw and inflated here: larger pieces make that several times
 * faster than yauzl's own stream. Size and checksum are verified at the end.
 * @throws UnreadableExport
 */
export async function* unpack(zip: ZipFile, entry: Entry, budget: ZipBudget): AsyncGenerator<Buffer> {
  if (entry.isEncrypted()) throw new UnreadableExport('encrypted_zip');
  if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) {
    throw new UnreadableExport('unsupported_compression');
  }
  budget.checkEntry(entry.uncompressedSize, entry.compressedSize);
  let bytes = 0;
  let checksum = 0;
  for await (const piece of await openStream(zip, entry)) {
    const chunk = piece as Buffer;
    bytes += chunk.length;
    checksum = crc32(chunk, checksum);
    budget.count(chunk.length, bytes, entry.compressedSize);
    yield chunk;
  }
  if (bytes !== entry.uncompressedSize || checksum !== entry.crc32) throw new UnreadableExport('damaged_zip', bytes);
}

async function openStream(zip: ZipFile, entry: Entry): Promise<Readable> {
  const raw = await zip.openReadStreamPromise(entry, { decodeFileData: false });
  if (entry.compressionMethod === STORED) return raw;
  const inflated = createInflateRaw({ chunkSize: CHUNK_BYTES });
  // A fault of either stream destroys both and comes out of the one that is read.
  return pipeline(raw, inflated, () => undefined);
}

export type EntryKind = 'xml' | 'clinical_document' | 'route_file' | 'ecg_file' | 'folder' | 'other_file';

/** What an entry is by the end of its name; names themselves are in the phone's language, and often garbled. */
export function entryKind(name: string): EntryKind {
  const lower = name.toLowerCase();
  if (lower.endsWith('/')) return 'folder';
  if (lower.endsWith('_cda.xml')) return 'clinical_document';
  if (lower.endsWith('.xml')) return 'xml';
  if (lower.endsWith('.gpx')) return 'route_file';
  return lower.endsWith('.csv') ? 'ecg_file' : 'other_file';
}
